"""A bank account was entered or confirmed: its owner's people and those who confirm hear of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partners.models import BankAccount
from partners.notices.accounts import CONFIRMED, ENTERED, TO_CONFIRM
from prm.db.scope import require_tenant
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify
from prm.outbox.registry import subscribe


@subscribe("partners.account.proposed")
def account_proposed(payload: dict[str, Any]) -> None:
    account = _account(payload)
    others = [one for one in users_with(Right.ACCOUNTS_CONFIRM) if one.pk != account.proposed_by_id]
    notify(TO_CONFIRM, to=others, data=_data(account), once=str(account.pk))
    _tell_owner(ENTERED, account)


@subscribe("partners.account.confirmed")
def account_confirmed(payload: dict[str, Any]) -> None:
    _tell_owner(CONFIRMED, _account(payload))


def _tell_owner(kind: NoticeKind, account: BankAccount) -> None:
    """The vendor's own account has no partner; those who confirm it know of it."""
    if account.partner_id is None:
        return
    people = users_with(Right.OWN_ACCOUNT_EDIT, partner_id=account.partner_id)
    notify(kind, to=people, data=_data(account), once=str(account.pk), partner_id=account.partner_id)


def _account(payload: dict[str, Any]) -> BankAccount:
    return BankAccount.objects.select_related("partner").get(pk=UUID(payload["account_id"]))


def _data(account: BankAccount) -> dict[str, str]:
    return {
        "owner": account.partner.name if account.partner else require_tenant().name,
        "number": f"•••• {account.last4}",
        "holder": account.holder,
        "currency": account.currency,
        "who": account.proposed_by_label,
    }
