"""What a partner earns: the present quarter, program by program, and the quarters before it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.discretion import with_shown
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.models import Accrual, Statement
from rebates.states import PeriodKind as StoredKind
from rebates.states import StatementStatus

Totals = dict[str, Decimal]
"""Amounts by currency; amounts of different currencies are never added."""


@dataclass(frozen=True, slots=True)
class Band:
    start: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class NextBand:
    """`missing` more of the measure reaches the band that pays `rate`; the payout would then be `gain` higher."""

    start: Decimal
    rate: Decimal
    missing: Decimal
    gain: Decimal


@dataclass(frozen=True, slots=True)
class ProgramEarning:
    """One accrual with what its program says. `reached` is the index of the band that the measure stands in.

    `next_band` is None when there is none, and when the period is over: nobody can sell into the past.
    """

    accrual: Accrual
    bands: list[Band]
    reached: int | None
    next_band: NextBand | None

    @property
    def standing(self) -> Decimal:
        """Where the partner stands among the bands: for `year_to_date` the year so far, not the period alone."""
        return _standing(self.accrual)

    @property
    def progress(self) -> Decimal:
        """How far it is on its way to the next band, 0 to 1."""
        if self.next_band is None or self.next_band.start <= 0:
            return Decimal(1)
        return max(Decimal(0), min(Decimal(1), self.standing / self.next_band.start))


@dataclass(slots=True)
class Quarter:
    """What a quarter brought, by currency: paid, stated but not yet paid, and estimated so far."""

    period: Period
    paid: Totals = field(default_factory=lambda: defaultdict(Decimal))
    pending: Totals = field(default_factory=lambda: defaultdict(Decimal))
    estimated: Totals = field(default_factory=lambda: defaultdict(Decimal))

    def total(self, currency: str) -> Decimal:
        return sum((part.get(currency, Decimal(0)) for part in (self.paid, self.pending, self.estimated)), Decimal(0))


@dataclass(frozen=True, slots=True)
class Earnings:
    """`programs` are those of months and quarters in `period`, `longer` those that run for a half-year or a year."""

    period: Period
    totals: Totals
    programs: list[ProgramEarning]
    longer: list[ProgramEarning]
    history: list[Quarter]
    """Oldest first, the present quarter last."""
    approved: Totals
    """Approved and not yet paid: what the next payment brings."""

    @property
    def currency(self) -> str:
        """The currency that most of it is in."""
        if self.totals:
            return max(self.totals, key=lambda currency: (self.totals[currency], currency))
        return str(require_tenant().base_currency)

    @property
    def previous(self) -> Quarter | None:
        return self.history[-2] if len(self.history) > 1 else None


def earnings_overview(
    actor: Actor, partner_id: UUID | None = None, *, on: dt.date | None = None, quarters: int = 6
) -> Earnings:
    """The earnings of one partner: for its own people always theirs, for the vendor's that of `partner_id`.

    `on` is a day of the quarter to show, today at the tenant if left out. Four queries, however much was sold.
    """
    owner = _owner(actor, partner_id)
    calendar = Calendar(require_tenant().fiscal_start_month)
    day = on or clock.today(require_tenant())
    period = calendar.period(PeriodKind.QUARTER, day)
    present = [program_earning(accrual, day) for accrual in _accruals_of(actor, owner, period)]
    inside = [earning for earning in present if _is_inside(earning.accrual, period)]
    return Earnings(
        period=period,
        totals=_totals((earning.accrual.currency, earning.accrual.payout) for earning in inside),
        programs=inside,
        longer=[earning for earning in present if earning not in inside],
        history=_history(owner, calendar, period, quarters),
        approved=_approved(owner),
    )


def program_earning(accrual: Any, on: dt.date | None = None) -> ProgramEarning:
    """Read the bands from the program's definition and the next one from the accrual's explanation, as of `on`."""
    if accrual.is_veiled:
        return ProgramEarning(accrual, [], None, None)
    calculation = accrual.version.definition["calculation"]
    # The bands of growth and targets start at a ratio, not at a measure: no ladder can show where it stands.
    bands = [
        Band(Decimal(str(band.get("from", 0))), Decimal(str(band.get("rate", band.get("amount", 0)))))
        for band in calculation.get("bands", [])
        if calculation["type"] not in ("growth", "target")
    ]
    standing = _standing(accrual)
    reached = max((index for index, band in enumerate(bands) if standing >= band.start), default=None)
    is_over = accrual.period_end < (on or clock.today(require_tenant()))
    return ProgramEarning(accrual, bands, reached, None if is_over else _next_band(accrual.explanation.get("next")))


def _standing(accrual: Accrual) -> Decimal:
    return Decimal(accrual.explanation.get("measure", accrual.measure))


def _owner(actor: Actor, partner_id: UUID | None) -> UUID:
    if actor.is_partner:
        actor.require(Right.OWN_EARNINGS_VIEW)
        if actor.partner_id is None or partner_id not in (None, actor.partner_id):
            raise NotFound
        return actor.partner_id
    if not actor.can(Right.ACCRUALS_VIEW):
        raise Forbidden
    if partner_id is None:
        raise NotFound
    return partner_id


def _accruals_of(actor: Actor, partner_id: UUID, period: Period) -> Iterable[Accrual]:
    rows = Accrual.objects.filter(partner_id=partner_id, period_start__lte=period.end, period_end__gte=period.start)
    return (
        with_shown(rows, actor)
        .select_related("version__program")
        .order_by("-payout", "version__program__code", "period_start")
    )


def _is_inside(accrual: Accrual, period: Period) -> bool:
    return period.start <= accrual.period_start and accrual.period_end <= period.end


def _next_band(found: Mapping[str, Any] | None) -> NextBand | None:
    if not found:
        return None
    return NextBand(*(Decimal(found[key]) for key in ("from", "value", "missing", "gain")))


def _history(partner_id: UUID, calendar: Calendar, last: Period, count: int) -> list[Quarter]:
    periods = [last]
    while len(periods) < count:
        periods.insert(0, calendar.previous(periods[0]))
    quarters = {period.start: Quarter(period) for period in periods}

    def quarter_of(day: dt.date) -> Quarter:
        return quarters[calendar.period(PeriodKind.QUARTER, day).start]

    since, until = periods[0].start, last.end
    statements = Statement.objects.filter(
        partner_id=partner_id, period__starts_on__gte=since, period__ends_on__lte=until
    ).values_list("period__starts_on", "status", "currency", "total", "period__kind", "period__key")
    stated = set()
    for starts_on, status, currency, total, kind, key in statements:
        stated.add((kind, key, currency))
        quarter = quarter_of(starts_on)
        part = quarter.paid if status == StatementStatus.PAID else quarter.pending
        part[currency] += total
    for starts_on, kind, key, currency, payout in _estimates(partner_id, since, until):
        if (kind, key, currency) not in stated:
            quarter_of(starts_on).estimated[currency] += payout
    return list(quarters.values())


def _estimates(partner_id: UUID, since: dt.date, until: dt.date) -> Iterable[tuple[dt.date, str, str, str, Decimal]]:
    short = [StoredKind.MONTH, StoredKind.QUARTER]
    return (
        Accrual.objects.filter(
            partner_id=partner_id, period_kind__in=short, period_start__gte=since, period_end__lte=until
        )
        .values_list("period_start", "period_kind", "period_key", "currency")
        .annotate(payout=Sum("payout"))
        .order_by("period_start", "period_key", "currency")
    )


def _approved(partner_id: UUID) -> Totals:
    waiting = Q(status__in=[StatementStatus.APPROVED, StatementStatus.SETTLED])
    rows = Statement.objects.filter(waiting, partner_id=partner_id).values_list("currency").annotate(Sum("total"))
    return dict(rows.order_by("currency"))


def _totals(amounts: Iterable[tuple[str, Decimal]]) -> Totals:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        totals[currency] += amount
    return dict(totals)
