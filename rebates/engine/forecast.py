"""What a program is expected to pay at the end of its horizon, and the part of it for what was sold so far.

Accruing at the expected rate is what accounting standards ask of variable consideration (IFRS 15, ASC 606): a partner
that will reach 4 % at year-end costs 4 % of the first quarter's sales, whatever the first quarter's band.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from prm.money import round_fraction

from .calculations import Aggregate
from .evaluate import finished, qualified
from .periods import Calendar, PeriodKind
from .program import Program

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days over which a program adds up: its period, or the fiscal year of a year to date."""

    kind: str
    key: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """`linear` goes on as so far; `seasonal` as last year from here on (`last_year`: its measure up to here, and all of
    it), else linear; `rate` is a rate that somebody knows.
    """

    method: str
    rate: Decimal | None
    horizon: Horizon
    on: date
    last_year: tuple[Decimal, Decimal] | None = None


def horizon_of(program: Program, calendar: Calendar, on: date) -> Horizon:
    kind = PeriodKind.YEAR if program.is_year_to_date else program.period
    period = calendar.period(kind, on)
    return Horizon(period.kind, period.key, period.start, period.end)


def projected_measure(measure: Decimal, forecast: Forecast) -> Decimal:
    """The measure at the end of the horizon."""
    if measure <= 0 or forecast.on >= forecast.horizon.end:
        return measure
    if forecast.method == "seasonal" and forecast.last_year and forecast.last_year[0] > 0:
        before, total = forecast.last_year
        ratio = max(Fraction(total) / Fraction(before), Fraction(1))
        return round_fraction(Fraction(measure) * ratio, DIGITS)
    days = (forecast.horizon.end - forecast.horizon.start).days + 1
    gone = (forecast.on - forecast.horizon.start).days + 1
    return round_fraction(Fraction(measure) * days / gone, DIGITS)


def expected_so_far(program: Program, aggregate: Aggregate, forecast: Forecast) -> tuple[Decimal, Decimal]:
    """(expected payout for what was sold so far, not rounded to money; projected measure).

    Qualifiers are taken to hold at the end when they hold at the projected measure.
    """
    projected = projected_measure(aggregate.measure, forecast)
    if aggregate.measure <= 0:
        return Decimal(0), projected
    if forecast.method == "rate":
        return round_fraction(Fraction(forecast.rate or 0) * Fraction(aggregate.measure), DIGITS), projected
    ratio = Fraction(projected) / Fraction(aggregate.measure)
    there = finished(program, qualified(program, _grown(aggregate, projected, ratio))).amount
    return round_fraction(Fraction(there) / ratio, DIGITS), projected


def _grown(aggregate: Aggregate, projected: Decimal, ratio: Fraction) -> Aggregate:
    """The aggregate at the end of the horizon, its parts in the proportions of today."""
    return replace(
        aggregate,
        measure=projected,
        rated=tuple(None if one is None else round_fraction(Fraction(one) * ratio, DIGITS) for one in aggregate.rated),
        mixes=tuple(round_fraction(Fraction(one) * ratio, DIGITS) for one in aggregate.mixes),
    )
