"""Bank accounts: proposed by one person, in force once another has confirmed them.

Account fraud is the oldest trick against whoever pays many partners, so a change takes effect only when two people
stand behind it, and the account in force stays until then.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from partners.models import BankAccount
from partners.policies.partners import visible
from partners.states.accounts import ACCOUNT_TRANSITIONS, AccountStatus
from prm import clock
from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import known_currency
from prm.outbox.services import emit
from prm.sealing import seal
from prm.workflow.services import transition

NUMBER_LENGTHS = range(4, 35)


@transaction.atomic
def account_propose(
    *,
    actor: Actor,
    partner_id: UUID | None,
    currency: str,
    holder: str,
    number: str,
    bic: str = "",
    bank_code: str = "",
    bank_name: str = "",
) -> BankAccount:
    """An account for the partner, or the vendor's own without one. It replaces an earlier proposal that still waits.

    Emits `partners.account.proposed`. Raises `Invalid` with `fields`, `NotFound` for an unknown partner.
    """
    _require_edit(actor, partner_id)
    account = BankAccount(
        partner_id=partner_id, currency=currency.strip().upper(), holder=holder.strip(), bic=_plain(bic).upper(),
        bank_code=_plain(bank_code), bank_name=bank_name.strip(), proposed_by_id=actor.id,
        proposed_by_label=actor.label[:254],
    )  # fmt: skip
    _fill(account, _plain(number).upper())
    for earlier in _locked_of(account, AccountStatus.PROPOSED):
        _decide(earlier, "reject", actor, "partners.account.withdrawn", str(_("A newer account was entered.")))
    account.save(force_insert=True)
    facts = {"holder": account.holder, "number": f"•••• {account.last4}", "bank": account.bank_name}
    record(actor, "partners.account.proposed", account, facts)
    emit("partners.account.proposed", {"account_id": str(account.pk), "partner_id": _text(partner_id)})
    return account


@transaction.atomic
def account_confirm(*, actor: Actor, account_id: UUID) -> BankAccount:
    """The account takes effect and replaces the one in force. Emits `partners.account.confirmed`.

    Raises `Forbidden` for whoever proposed it and for programs, `StateError` when it does not wait any more.
    """
    account = _locked(actor, account_id)
    if actor.id == account.proposed_by_id:
        raise Forbidden(_("You entered this account; somebody else has to confirm it."), code="same_person")
    for earlier in _locked_of(account, AccountStatus.ACTIVE):
        transition(earlier, "replace", table=ACCOUNT_TRANSITIONS, actor=actor, action="partners.account.replaced")
    _decide(account, "confirm", actor, "partners.account.confirmed")
    emit("partners.account.confirmed", {"account_id": str(account.pk), "partner_id": _text(account.partner_id)})
    return account


@transaction.atomic
def account_reject(*, actor: Actor, account_id: UUID, reason: str) -> BankAccount:
    """The account never takes effect. Raises `StateError` when it does not wait any more."""
    account = _locked(actor, account_id)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    _decide(account, "reject", actor, "partners.account.rejected", reason.strip())
    return account


def _require_edit(actor: Actor, partner_id: UUID | None) -> None:
    if actor.is_partner:
        actor.require(Right.OWN_ACCOUNT_EDIT)
        if partner_id is None:
            raise NotFound
    else:
        actor.require(Right.ACCOUNTS_EDIT)
    if partner_id is None:
        actor.require(Right.SETTLEMENTS_EDIT)
    elif not visible(actor).filter(pk=partner_id).exists():
        raise NotFound


def _locked(actor: Actor, account_id: UUID) -> BankAccount:
    actor.require(Right.ACCOUNTS_CONFIRM)
    if actor.kind != "user":
        raise Forbidden(_("A person confirms accounts, not a program."))
    account = BankAccount.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotFound
    return account


def _locked_of(account: BankAccount, status: AccountStatus) -> QuerySet[BankAccount]:
    """The account of the same owner and currency in this state."""
    owner = {"partner_id": account.partner_id} if account.partner_id else {"partner__isnull": True}
    rows: QuerySet[BankAccount] = BankAccount.objects.select_for_update()
    return rows.filter(currency=account.currency, status=status, **owner)


def _decide(account: BankAccount, verb: str, actor: Actor, action: str, reason: str = "") -> None:
    account.decided_by_id, account.decided_by_label, account.decided_at = actor.id, actor.label[:254], clock.now()
    transition(account, verb, table=ACCOUNT_TRANSITIONS, actor=actor, action=action, reason=reason)
    account.save(update_fields=["decided_by_id", "decided_by_label", "decided_at"])


def _fill(account: BankAccount, number: str) -> None:
    """The number sealed, what an IBAN tells about its bank, or `Invalid`."""
    faults: dict[str, list[str]] = {}
    if not known_currency(account.currency):
        faults["currency"] = [_("Give a currency code such as CNY.")]
    if not account.holder:
        faults["holder"] = [_("Give the name that the bank knows.")]
    account.is_iban = number[:2].isalpha()
    if account.is_iban:
        faults |= _read_iban(account, number)
    elif len(number) not in NUMBER_LENGTHS or not number.isascii() or not number.isalnum():
        faults["number"] = [_("An IBAN, or an account number of 4 to 34 letters and digits.")]
    elif not (account.bic or account.bank_code):
        faults["bank_code"] = [_("Without an IBAN, give the BIC or the bank code (CNAPS).")]
    faults |= _check_bank(account)
    if faults:
        raise Invalid(fields=faults)
    account.number_sealed, account.last4 = seal(number), number[-4:]


def _read_iban(account: BankAccount, number: str) -> dict[str, list[str]]:
    try:
        iban = IBAN(number)
    except SchwiftyException:
        return {"number": [_("This is no valid IBAN: its check digits or its length are wrong.")]}
    account.bic = account.bic or str(iban.bic or "")
    account.bank_name = account.bank_name or (iban.bank_name or "")[:140]
    return {}


def _check_bank(account: BankAccount) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    limits = {"holder": 140, "bank_code": 35, "bank_name": 140}
    for name, limit in limits.items():
        if len(getattr(account, name)) > limit:
            faults[name] = [_("At most %(count)s characters.") % {"count": limit}]
    try:
        BIC(account.bic) if account.bic else None
    except SchwiftyException:
        faults["bic"] = [_("This is no valid BIC.")]
    return faults


def _plain(text: str) -> str:
    return "".join(text.split())


def _text(partner_id: UUID | None) -> str:
    return str(partner_id or "")
