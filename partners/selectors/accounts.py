"""Reading bank accounts: the vendor's people see all, a partner's people their own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from partners.models import AccountSettings, BankAccount
from partners.states.accounts import AccountStatus
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right


def account_list(actor: Actor, *, partner_id: UUID | None = None, status: str = "") -> QuerySet[BankAccount]:
    """Accounts the actor may see, newest first: the vendor's people all, a partner's people their own."""
    rows: QuerySet[BankAccount] = BankAccount.objects.select_related("partner").order_by("-created_at", "-id")
    if actor.is_partner:
        actor.require(Right.OWN_ACCOUNT_EDIT)
        if partner_id not in (None, actor.partner_id):
            raise NotFound
        rows = rows.filter(partner__in=[actor.partner_id])
    else:
        actor.require(Right.ACCOUNTS_EDIT)
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    return rows.filter(status=status) if status else rows


def account_get(actor: Actor, account_id: UUID) -> BankAccount:
    """Raises `NotFound`."""
    found = account_list(actor).filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def accounts_in_force(
    partner_ids: set[UUID | None], currencies: set[str]
) -> dict[tuple[UUID | None, str], BankAccount]:
    """(partner, currency) → the account that is paid to; the vendor's own under None."""
    active = BankAccount.objects.filter(status=AccountStatus.ACTIVE, currency__in=currencies)
    return {(one.partner_id, one.currency): one for one in active if one.partner_id in partner_ids}


def cool_off_hours() -> int:
    """How long a confirmed change of a partner's account waits."""
    found = AccountSettings.objects.values_list("cool_off_hours", flat=True).first()
    return int(AccountSettings._meta.get_field("cool_off_hours").default) if found is None else found
