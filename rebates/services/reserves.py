"""The claw-back reserve of a partner that leaves: out of its last open period, back once returns can't come any more.

Two adjustments of one cause, as with a minimum payout that is carried: together they are nothing, so the engine's word
stays what it was, and what returns really take is netted in the statement in which the rest is paid (ADR 13).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from partners.metrics import Window, values
from partners.models import Exit
from partners.states.exits import ExitStatus
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.services import Posting, post
from prm.money import round_money
from prm.outbox.services import emit
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.locks import hold
from rebates.models import Accrual, Adjustment, ExitReserve, ProgramVersion
from rebates.services.adjustments import EXIT_RESERVE

CAUSE = EXIT_RESERVE
WINDOW_DAYS = 90
"""How long after its last day goods of a partner usually come back."""
HISTORY = dt.timedelta(days=365)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reserve:
    """What one version would hold back; `available` is what its open period still has."""

    version: ProgramVersion
    currency: str
    basis: Decimal
    return_rate: Decimal
    needed: Decimal
    available: Decimal
    booked: Period
    release: Period

    @property
    def amount(self) -> Decimal:
        return max(ZERO, min(self.needed, self.available))

    @property
    def missing(self) -> Decimal:
        return self.needed - self.amount


def reserve_plan(partner_id: UUID, last_day: dt.date, window_days: int = WINDOW_DAYS) -> list[Reserve]:
    """Version by version what experience says will come back of what was earned in the window before the last day.

    The rate is that of the last year's sales and returns; without sales there is none, and nothing is needed.
    """
    rate = _return_rate(partner_id, min(last_day, fiscal.today()))
    if not rate:
        return []
    since = last_day - dt.timedelta(days=window_days)
    earned = Accrual.objects.filter(partner_id=partner_id, period_end__gte=since, period_start__lte=last_day)
    sums = earned.order_by().values_list("version_id", "currency").annotate(Sum("payout"))
    versions = ProgramVersion.objects.select_related("program").in_bulk([key for key, _currency, _sum in sums])
    until = last_day + dt.timedelta(days=window_days)
    plan = []
    for version_id, currency, basis in sums:
        if basis > 0:
            version = versions[version_id]
            needed = round_money(basis * rate, currency)
            plan.append(_reserve(version, partner_id, (currency, basis, rate, needed), until))
    return sorted(plan, key=lambda one: (one.version.program.code, one.version.number))


def reserve_undecided(partner_id: UUID) -> int:
    """Versions of which something could still be held back and nobody has: what the exit waits for."""
    found = Exit.objects.filter(partner_id=partner_id, status=ExitStatus.OPEN).first()
    if found is None:
        return 0
    held = set(ExitReserve.objects.filter(exit=found).values_list("version_id", flat=True))
    plan = reserve_plan(partner_id, found.last_day)
    return sum(1 for one in plan if one.amount > 0 and one.version.pk not in held)


@transaction.atomic
def reserve_hold(*, actor: Actor, exit_id: UUID, window_days: int = WINDOW_DAYS) -> list[ExitReserve]:
    """Hold the reserve back from the next statements. Emits `rebates.reserve.held`.

    Raises `Conflict` (code `held_already`) when it was done, `StateError` when the exit is over, `Invalid` when there
    is nothing to hold back.
    """
    actor.require(Right.PERIODS_CLOSE)
    if not 0 < window_days <= 730:
        raise Invalid(fields={"window_days": [_("From 1 to 730 days.")]})
    hold("accruals")
    found = Exit.objects.select_for_update().filter(pk=exit_id).first()
    if found is None:
        raise NotFound
    if found.status != ExitStatus.OPEN:
        raise StateError(_("This exit is over."))
    if ExitReserve.objects.filter(exit=found).exists():
        raise Conflict(_("The reserve is held back already."), code="held_already")
    plan = [one for one in reserve_plan(found.partner_id, found.last_day, window_days) if one.amount > 0]
    if not plan:
        raise Invalid(_("There is nothing to hold back."), code="nothing_to_hold")
    rows = [_row(actor, found, one, window_days) for one in plan]
    ExitReserve.objects.bulk_create(rows)
    _book(actor, found, plan)
    sums = defaultdict[str, Decimal](Decimal)
    for one in plan:
        sums[one.currency] += one.amount
    told = {"amounts": [f"{total} {currency}" for currency, total in sorted(sums.items())], "days": window_days}
    record(actor, "rebates.reserve.held", found, told)
    emit("rebates.reserve.held", {"exit_id": str(found.pk), "partner_id": str(found.partner_id)})
    return rows


def reserves_of(exit_id: UUID) -> Sequence[ExitReserve]:
    """For whoever may see the exit."""
    rows = ExitReserve.objects.filter(exit_id=exit_id).select_related("version__program")
    return list(rows.order_by("version__program__code", "version__number"))


def _return_rate(partner_id: UUID, until: dt.date) -> Decimal:
    value = values("return_rate", Window(until - HISTORY, until), only=[partner_id]).get(partner_id)
    return min(Decimal(1), max(ZERO, value.value)) if value is not None and value.value is not None else ZERO


def _reserve(
    version: ProgramVersion, partner_id: UUID, found: tuple[str, Decimal, Decimal, Decimal], until: dt.date
) -> Reserve:
    currency, basis, rate, needed = found
    kind = version.definition["period"]
    booked = fiscal.booking_period(kind)
    release = fiscal.calendar().period(booked.kind, max(until, booked.end + dt.timedelta(days=1)))
    of_partner = {"version": version, "partner_id": partner_id}
    accrued = Accrual.objects.filter(**of_partner, period_key=booked.key).aggregate(sum=Sum("payout"))["sum"]
    adjusted = Adjustment.objects.filter(**of_partner, booked_period_key=booked.key).aggregate(sum=Sum("amount"))["sum"]
    available = (accrued or ZERO) + (adjusted or ZERO)
    return Reserve(version, currency, basis, rate, needed, available, booked, release)


def _row(actor: Actor, found: Exit, one: Reserve, window_days: int) -> ExitReserve:
    return ExitReserve(
        exit=found, partner_id=found.partner_id, version=one.version, currency=one.currency, basis=one.basis,
        return_rate=round(one.return_rate, 6), window_days=window_days, needed=one.needed, amount=one.amount,
        booked_period_key=one.booked.key, release_period_key=one.release.key, held_by_label=actor.label[:254],
    )  # fmt: skip


def _book(actor: Actor, found: Exit, plan: Sequence[Reserve]) -> None:
    legs = [(one, period, sign * one.amount) for one in plan for period, sign in ((one.booked, -1), (one.release, 1))]
    Adjustment.objects.bulk_create(
        Adjustment(
            version=one.version, partner_id=found.partner_id, origin_period_key=one.booked.key,
            booked_period_key=period.key, amount=amount, currency=one.currency, cause_type=CAUSE,
            cause_id=str(found.pk),
        )
        for one, period, amount in legs
    )  # fmt: skip
    postings = [
        Posting(
            Account.EXPENSE, Account.ACCRUED, amount, one.currency, found.partner_id, one.version.program_id, period.key
        )
        for one, period, amount in legs
    ]  # fmt: skip
    post(
        CAUSE, key=f"{CAUSE}:{found.pk}", actor=actor, effective_on=fiscal.today(), postings=postings,
        cause_type=CAUSE, cause_id=str(found.pk),
    )  # fmt: skip
