"""Leakage: what closed periods stated, replayed against what the facts and rules of today come to.

A closed period keeps its numbers. What it would be today, less what it stated, is what was paid too much or too little.
Part of it is corrected by adjustments that name their cause; the rest is open, and its cause is looked for among what
was recorded after the close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from commerce.models import ExchangeRate, SaleLine
from partners.models import Partner, TierChange
from prm.audit.selectors import is_recorded_since
from rebates.evaluations import evaluation_of
from rebates.models import DISPUTE_CAUSE, Adjustment, Program, ProgramVersion, StatementLine
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
    "partners.partner": LeakCause.PARTNER,
    "partners.tierchange": LeakCause.TIER,
    "rebates.program": LeakCause.PROGRAM,
    "rebates.programversion": LeakCause.PROGRAM,
    DISPUTE_CAUSE: LeakCause.DISPUTE,
}


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


def leaks() -> list[Leak]:
    """Every difference in closed periods, the open ones first, the largest first; empty when nothing leaked."""
    closed = {row.key: row for row in PeriodRow.objects.filter(status=PeriodStatus.CLOSED)}
    if not closed:
        return []
    stated, engine = _stated(closed), _engine(closed)
    booked = _booked(closed)
    names = Partner.objects.in_bulk({place[0] for place in stated.keys() | engine.keys() | booked.keys()})
    codes = dict(Program.objects.values_list("pk", "code"))
    found: list[Leak] = []
    for place in stated.keys() | engine.keys() | booked.keys():
        corrections = booked.get(place, {})
        due = engine.get(place, ZERO) + corrections.get(LeakCause.DISPUTE, ZERO)
        amount = due - stated.get(place, ZERO)
        rest = amount - sum(corrections.values(), ZERO)
        if not rest and not any(corrections.values()):
            continue
        late = _late_lines(place[0], closed[place[2]])
        parts = [(cause, sum_, True) for cause, sum_ in corrections.items() if sum_]
        parts += [(_cause(place, closed[place[2]], late), rest, False)] if rest else []
        partner = names[place[0]]
        found += [
            Leak(
                partner.pk, partner.code, partner.name, place[1], codes[place[1]], place[2], place[3],
                stated.get(place, ZERO), due, cause, part, is_booked, len(late),
            )
            for cause, part, is_booked in parts
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.is_booked, -abs(one.amount), one.partner_code, one.program_code))


def _stated(closed: Mapping[str, PeriodRow]) -> dict[Place, Decimal]:
    rows = StatementLine.objects.filter(kind=StatementLineKind.REBATE, period_key__in=closed).order_by()
    columns = ("statement__partner_id", "version__program_id", "period_key", "statement__currency")
    grouped = rows.values_list(*columns).annotate(Sum("amount"))
    return {(partner, program, key, currency): total for partner, program, key, currency, total in grouped}


def _engine(closed: Mapping[str, PeriodRow]) -> dict[Place, Decimal]:
    programs = dict(ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).values_list("pk", "program_id"))
    sums = defaultdict[Place, Decimal](Decimal)
    for result in evaluation_of(versions_in_force()):
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


def _late_lines(partner_id: UUID, period: PeriodRow) -> list[SaleLine]:
    since, until = period.starts_on, period.ends_on
    rows = SaleLine.objects.filter(partner_id=partner_id, created_at__gt=period.closed_at)
    inside = rows.filter(sold_on__range=(since, until))
    originals = SaleLine.objects.filter(partner_id=partner_id, sold_on__range=(since, until)).values("external_id")
    returns = rows.exclude(reverses="").filter(reverses__in=originals).exclude(sold_on__range=(since, until))
    return [*inside.select_related("product"), *returns.select_related("product")]


def _cause(place: Place, period: PeriodRow, late: Iterable[SaleLine]) -> LeakCause:
    """The first thing recorded after the close that can explain the rest."""
    lines = list(late)
    if lines:
        return LeakCause.LATE_RETURN if all(line.reverses for line in lines) else LeakCause.LATE_SALE
    partner_id, program_id, _key, _currency = place
    after: Any = period.closed_at
    versions = ProgramVersion.objects.filter(program_id=program_id, published_at__gt=after)
    tiers = TierChange.objects.filter(partner_id=partner_id, created_at__gt=after)
    rates = ExchangeRate.objects.filter(created_at__gt=after, valid_from__lte=period.ends_on)
    signs: Mapping[LeakCause, Callable[[], bool]] = {
        LeakCause.PROGRAM: versions.exists,
        LeakCause.TIER: tiers.exists,
        LeakCause.RATE: rates.exists,
        LeakCause.PARTNER: lambda: is_recorded_since(after, "partners.partner.changed", str(partner_id)),
        LeakCause.PRODUCT: lambda: is_recorded_since(after, "commerce.product.changed"),
    }
    return next((cause for cause, is_there in signs.items() if is_there()), LeakCause.UNKNOWN)
