"""Leakage: what closed periods stated, replayed against what the facts and rules of today come to.

A closed period keeps its numbers. What it would be today, less what it stated, is what was paid too much or too little.
Part of it is corrected by adjustments that name their cause; the rest is open, and its cause is looked for among what
was recorded after the close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from partners.models import Partner
from rebates.evaluations import evaluation_of
from rebates.leak_signs import Signs
from rebates.models import DISPUTE_CAUSE, Accrual, Adjustment, Program, ProgramVersion, StatementLine
from rebates.models import Period as PeriodRow
from rebates.states import LeakCause, PeriodStatus, StatementLineKind, VersionStatus
from rebates.versions import versions_in_force

ZERO = Decimal(0)
Place = tuple[UUID, UUID, str, str]
"""(partner, program, period key, currency)"""

BOOKED_CAUSES: Mapping[str, LeakCause] = {
    "imports.import": LeakCause.LATE_SALE,
    "commerce.saleline": LeakCause.LATE_SALE,
    "commerce.exchangerate": LeakCause.RATE,
    "commerce.product": LeakCause.PRODUCT,
    "commerce.overdue": LeakCause.PARTNER,
    "partners.agreement": LeakCause.PARTNER,
    "partners.partner": LeakCause.PARTNER,
    "partners.tierchange": LeakCause.TIER,
    "rebates.program": LeakCause.PROGRAM,
    "rebates.programversion": LeakCause.PROGRAM,
    DISPUTE_CAUSE: LeakCause.DISPUTE,
}


PUT_RIGHT = (LeakCause.RATE, LeakCause.PRODUCT, LeakCause.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Leak:
    """One cause of a difference: `amount` above 0 was underpaid, below 0 overpaid.

    `stated` is what the close stated, `due` what it is today, decisions in disputes included. The amounts of one place
    add up to `due` - `stated`; those that `is_booked` are corrected by adjustments already.
    """

    partner_id: UUID
    partner_code: str
    partner_name: str
    program_id: UUID
    program_code: str
    period_key: str
    currency: str
    stated: Decimal
    due: Decimal
    cause: LeakCause
    amount: Decimal
    is_booked: bool
    lines: int
    """Sale lines of the partner and period that were recorded after its close."""


def leaks(tell: Callable[[int, int], None] = lambda _done, _total: None) -> list[Leak]:
    """Every difference in closed periods, the open ones first, the largest first; empty when nothing leaked.

    `tell` hears how many results of the replay are there, of about how many.
    """
    closed = {row.key: row for row in PeriodRow.objects.filter(status=PeriodStatus.CLOSED)}
    if not closed:
        return []
    stated, engine, booked = _stated(closed), _engine(closed, tell), _booked(closed)
    places = stated.keys() | engine.keys() | booked.keys()
    names = Partner.objects.in_bulk({place[0] for place in places})
    codes = dict(Program.objects.values_list("pk", "code"))
    signs, found = Signs.load(), list[Leak]()
    for place in places:
        partner, program_id, key, currency = names[place[0]], place[1], place[2], place[3]
        corrections = _told(place, booked.get(place, {}), signs)
        due = engine.get(place, ZERO) + corrections.get(LeakCause.DISPUTE, ZERO)
        rest = due - stated.get(place, ZERO) - sum(corrections.values(), ZERO)
        parts = [(cause, amount, True) for cause, amount in corrections.items() if amount]
        parts += [(signs.cause(partner.pk, program_id, closed[key]), rest, False)] if rest else []
        found += [
            Leak(
                partner.pk, partner.code, partner.name, program_id, codes[program_id], key, currency,
                stated.get(place, ZERO), due, cause, part, is_booked, signs.late_lines(partner.pk, key),
            )
            for cause, part, is_booked in parts
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.is_booked, -abs(one.amount), one.partner_code, one.program_code))


def _told(place: Place, corrections: Mapping[LeakCause, Decimal], signs: Signs) -> dict[LeakCause, Decimal]:
    """What puts a faulty line right (a rate, a cost, data of an import) is told as the exception that it resolved."""
    partner_id, program_id, key, _currency = place
    found = defaultdict[LeakCause, Decimal](Decimal)
    is_resolved = signs.is_resolved(partner_id, program_id, key)
    for cause, amount in corrections.items():
        puts_right = cause in PUT_RIGHT or (cause is LeakCause.LATE_SALE and not signs.late_lines(partner_id, key))
        found[LeakCause.EXCEPTION if is_resolved and puts_right else cause] += amount
    return dict(found)


def _stated(closed: Mapping[str, PeriodRow]) -> dict[Place, Decimal]:
    rows = StatementLine.objects.filter(kind=StatementLineKind.REBATE, period_key__in=closed).order_by()
    columns = ("statement__partner_id", "version__program_id", "period_key", "statement__currency")
    grouped = rows.values_list(*columns).annotate(Sum("amount"))
    return {(partner, program, key, currency): total for partner, program, key, currency, total in grouped}


def _engine(closed: Mapping[str, PeriodRow], tell: Callable[[int, int], None]) -> dict[Place, Decimal]:
    programs = dict(ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).values_list("pk", "program_id"))
    sums = defaultdict[Place, Decimal](Decimal)
    expected = Accrual.objects.count()
    for done, result in enumerate(evaluation_of(versions_in_force()), 1):
        tell(min(done, expected), expected)
        if result.period.key in closed:
            program = programs[result.version_id]  # type: ignore[index]
            sums[result.partner_id, program, result.period.key, result.currency] += result.payout
    return {place: amount for place, amount in sums.items() if amount}


def _booked(closed: Mapping[str, PeriodRow]) -> dict[Place, dict[LeakCause, Decimal]]:
    found: dict[Place, dict[LeakCause, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = Adjustment.objects.filter(origin_period_key__in=closed).order_by()
    columns = ("partner_id", "version__program_id", "origin_period_key", "currency", "cause_type")
    for partner, program, key, currency, cause_type, total in rows.values_list(*columns).annotate(Sum("amount")):
        found[partner, program, key, currency][BOOKED_CAUSES.get(cause_type, LeakCause.UNKNOWN)] += total
    return found
