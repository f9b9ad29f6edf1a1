"""Bank accounts: proposed by one person, in force once another has confirmed them.

Account fraud is the oldest trick against whoever pays many partners, so a change takes effect only when two people
stand behind it, and the account in force stays until then.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from partners.models import AccountSettings, BankAccount
from partners.models.accounts import MOST_HOURS
from partners.policies.partners import visible
from partners.selectors.accounts import cool_off_hours
from partners.states.accounts import ACCOUNT_TRANSITIONS, AccountStatus
from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import known_currency
from prm.outbox.services import emit
from prm.sealing import seal
from prm.workflow.services import transition, transition_check

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
        bank_code=_plain(bank_code), bank_name=bank_name.strip(), proposed_by_id=actor.person_id,
        proposed_by_label=actor.label[:254],
    )  # fmt: skip
    _fill(account, _plain(number).upper())
    for earlier in _locked_of(account, AccountStatus.PROPOSED):
        _decide(earlier, "reject", actor, "partners.account.withdrawn", str(_("A newer account was entered.")))
    account.save(force_insert=True)
    facts = {"holder": account.holder, "number": f"•••• {account.last4}", "bank": account.bank_name}
    record(actor, "partners.account.proposed", account, facts)
    emit("partners.account.proposed", _payload(account))
    return account


@transaction.atomic
def account_confirm(*, actor: Actor, account_id: UUID) -> BankAccount:
    """The account takes effect at once, or after the cool-off where a partner's account in force is replaced.

    Emits `partners.account.confirmed`, or `partners.account.cooling`. Raises `Forbidden` for whoever proposed it and
    for programs, `StateError` when it does not wait any more, `Conflict` while another change is on its way.
    """
    account = _locked(actor, account_id)
    if actor.is_person(account.proposed_by_id):
        raise Forbidden(_("You entered this account; somebody else has to confirm it."), code="same_person")
    transition_check(account, "confirm", table=ACCOUNT_TRANSITIONS)
    # What cools off before what is in force, as where it takes effect: in one order, or the two would deadlock.
    if list(_locked_of(account, AccountStatus.COOLING)):
        raise Conflict(_("Another change of this account is on its way. Stop it first."), code="cooling")
    present = list(_locked_of(account, AccountStatus.ACTIVE))
    hours = cool_off_hours()
    if present and account.partner_id is not None and hours:
        account.effective_from = clock.now() + dt.timedelta(hours=hours)
        account.save(update_fields=["effective_from"])
        _decide(account, "cool", actor, "partners.account.cooling")
        emit("partners.account.cooling", _payload(account))
        return account
    for earlier in present:
        transition(earlier, "replace", table=ACCOUNT_TRANSITIONS, actor=actor, action="partners.account.replaced")
    _decide(account, "confirm", actor, "partners.account.confirmed")
    emit("partners.account.confirmed", _payload(account))
    return account


@transaction.atomic
def account_stop(*, actor: Actor, account_id: UUID, reason: str) -> BankAccount:
    """During the cool-off: the change does not happen, the account in force stays. Emits `partners.account.stopped`.

    The partner's own people and the vendor's may. Raises `Invalid` without a reason, `StateError` when it is too late.
    """
    found = BankAccount.objects.filter(pk=account_id).first()
    if found is None:
        raise NotFound
    _require_stop(actor, found.partner_id)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    account = BankAccount.objects.select_for_update().get(pk=account_id)
    transition(
        account, "stop", table=ACCOUNT_TRANSITIONS, actor=actor, action="partners.account.stopped",
        reason=reason.strip(),
    )  # fmt: skip
    emit("partners.account.stopped", _payload(account))
    return account


@transaction.atomic
def accounts_take_effect(*, actor: Actor) -> int:
    """Put into force what nobody has stopped in time. Emits `partners.account.confirmed` for each. Returns how many."""
    rows = BankAccount.objects.select_for_update(skip_locked=True)
    due = list(rows.filter(status=AccountStatus.COOLING, effective_from__lte=clock.now()).order_by("pk"))
    for account in due:
        for earlier in _locked_of(account, AccountStatus.ACTIVE):
            transition(earlier, "replace", table=ACCOUNT_TRANSITIONS, actor=actor, action="partners.account.replaced")
        transition(account, "take_effect", table=ACCOUNT_TRANSITIONS, actor=actor, action="partners.account.in_force")
        emit("partners.account.confirmed", _payload(account))
    return len(due)


@transaction.atomic
def cool_off_set(*, actor: Actor, hours: int) -> AccountSettings:
    """For confirmations from now on; what cools off already keeps its time. Raises `Invalid`."""
    actor.require(Right.SETTINGS_EDIT)
    if not 0 <= hours <= MOST_HOURS:
        raise Invalid(fields={"hours": [_("From 0 to %(most)s hours.") % {"most": MOST_HOURS}]})
    settings, made = AccountSettings.objects.select_for_update().get_or_create(defaults={"cool_off_hours": hours})
    if made or settings.cool_off_hours != hours:
        before = None if made else settings.cool_off_hours
        settings.cool_off_hours = hours
        settings.save(update_fields=["cool_off_hours"])
        record(actor, "partners.account.cool_off_set", None, {"hours": hours, "before": before})
    return settings


@transaction.atomic
def account_reject(*, actor: Actor, account_id: UUID, reason: str) -> BankAccount:
    """The account never takes effect. Raises `StateError` when it does not wait any more."""
    account = _locked(actor, account_id)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    _decide(account, "reject", actor, "partners.account.rejected", reason.strip())
    return account


def _require_stop(actor: Actor, partner_id: UUID | None) -> None:
    if actor.is_partner:
        if partner_id != actor.partner_id:
            raise NotFound
        actor.require(Right.OWN_ACCOUNT_EDIT)
    else:
        actor.require(Right.ACCOUNTS_EDIT)


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
    account.decided_by_id, account.decided_by_label = actor.person_id, actor.label[:254]
    account.decided_at = clock.now()
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


def _payload(account: BankAccount) -> dict[str, str]:
    return {"account_id": str(account.pk), "partner_id": str(account.partner_id or "")}
