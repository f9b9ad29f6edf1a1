"""A change of a bank account is told to everybody who could stop it: the oldest fraud is the one nobody hears of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partners.models import BankAccount
from partners.notices import accounts as notices
from partners.states.accounts import AccountStatus
from prm.db.scope import require_tenant
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.outbox.registry import subscribe
from prm.workflow.models import Transition

Payload = dict[str, Any]


@subscribe("partners.account.proposed")
def account_proposed(payload: Payload) -> None:
    account = BankAccount.objects.select_related("partner").get(pk=UUID(payload["account_id"]))
    data = {
        "owner": account.partner.name if account.partner else require_tenant().name,
        "number": f"•••• {account.last4}",
        "holder": account.holder,
        "currency": account.currency,
        "who": account.proposed_by_label,
    }
    others = [one for one in users_with(Right.ACCOUNTS_CONFIRM) if one.pk != account.proposed_by_id]
    notify(notices.TO_CONFIRM, to=others, data=data, once=str(account.pk))
    if account.partner_id is not None:
        notify(notices.ENTERED, to=_own(account), data=data, once=str(account.pk), partner_id=account.partner_id)


@subscribe("partners.account.cooling")
def account_cooling(payload: Payload) -> None:
    account, data = _account(payload)
    if account.status == AccountStatus.COOLING:
        once = str(account.pk)
        notify(notices.COOLING, to=_own(account), data=data, once=once, partner_id=account.partner_id)
        notify(notices.COOLING_VENDOR, to=users_with(Right.ACCOUNTS_CONFIRM), data=data, once=once)


@subscribe("partners.account.confirmed")
def account_in_force(payload: Payload) -> None:
    account, data = _account(payload)
    if account.partner_id is not None:
        notify(notices.IN_FORCE, to=_own(account), data=data, once=str(account.pk), partner_id=account.partner_id)


@subscribe("partners.account.stopped")
def account_stopped(payload: Payload) -> None:
    account, data = _account(payload)
    stop = Transition.objects.filter(target_id=str(account.pk), verb="stop").order_by("-at")[0]
    data |= {"reason": stop.reason}
    notify(notices.STOPPED, to=_own(account), data=data, once=str(account.pk), partner_id=account.partner_id)
    notify(notices.STOPPED_VENDOR, to=users_with(Right.ACCOUNTS_CONFIRM), data=data, once=str(account.pk))


def _own(account: BankAccount) -> list[User]:
    people = [
        *users_with(Right.OWN_ACCOUNT_EDIT, partner_id=account.partner_id),
        *users_with(Right.OWN_TEAM_MANAGE, partner_id=account.partner_id),
    ]
    return list({user.pk: user for user in people}.values())


def _account(payload: Payload) -> tuple[BankAccount, dict[str, Any]]:
    """With the one that is paid to at the moment, unless it is this one."""
    account = BankAccount.objects.select_related("partner").get(pk=UUID(payload["account_id"]))
    same = BankAccount.objects.filter(partner=account.partner, currency=account.currency)
    present = same.filter(status=AccountStatus.ACTIVE).exclude(pk=account.pk).first()
    effective = account.effective_from.isoformat() if account.effective_from else ""
    data = {
        "partner": account.partner.name if account.partner else "", "holder": account.holder, "new": str(account),
        "old": str(present or "—"), "effective_at": effective, "account_id": str(account.pk),
    }  # fmt: skip
    return account, data
