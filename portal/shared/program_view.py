"""What a program says and pays: the sentence in both languages, its bands or rates as rows, a curve of the payout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.shared.program_facts import Fact, amounts_of, facts_of, requirements_of
from portal.shared.program_text import amount_text, share_text
from prm.money import plain
from prm.web import text
from prm.web.charts.scale import nice_step
from rebates.engine.calculations import Aggregate, Growth, LineRate, Target
from rebates.engine.evaluate import payout_of
from rebates.engine.program import Program
from rebates.engine.sentence import condition_phrase, sentence

POINTS = 12
REFERENCE = Decimal(100_000)
"""The earlier period or the target that a curve of growth or attainment is drawn for."""


@dataclass(frozen=True, slots=True)
class BandLine:
    """A band as a row of texts: from, below (empty: no end), what it pays, and the payout at its start."""

    start: str
    end: str
    pays: str
    payout: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate and the lines that it pays for."""

    number: int
    condition: str
    pays: str


@dataclass(frozen=True, slots=True)
class ProgramView:
    """`sentences` are (language code, name of the language, sentence). `heads` are the columns of the bands."""

    rules: Program
    sentences: list[tuple[str, str, str]]
    heads: tuple[str, str, str]
    bands: list[BandLine]
    rates: list[RateLine]
    curve: dict[str, Any] | None
    amounts: list[Fact]
    facts: list[Fact]
    requirements: list[str]

    @property
    def has_ends(self) -> bool:
        return any(band.end for band in self.bands)


def view_of(rules: Program) -> ProgramView:
    sentences = [("en", "English", sentence(rules, "en")), ("zh-hans", "简体中文", sentence(rules, "zh-hans"))]
    return ProgramView(
        rules=rules,
        sentences=sentences,
        heads=_heads(rules),
        bands=_bands(rules),
        rates=_rates(rules),
        curve=_curve(rules),
        amounts=amounts_of(rules),
        facts=facts_of(rules),
        requirements=requirements_of(rules),
    )


def rate_text(rules: Program, rate: Decimal) -> str:
    """`2.5%`, or `¥3.00 per unit` for a program on quantity."""
    if rules.measure != "quantity":
        return share_text(rate)
    return _("%(amount)s per unit") % {"amount": amount_text(rate, rules.currency)}


def measure_text(rules: Program, amount: Decimal) -> str:
    return text.number(Decimal(plain(amount))) if rules.measure == "quantity" else amount_text(amount, rules.currency)


def _heads(rules: Program) -> tuple[str, str, str]:
    reference = {"reference": _reference(rules)}
    match rules.calculation:
        case Growth():
            return _("Growth from"), _("Below"), _("Earned at its start, after %(reference)s before") % reference
        case Target():
            return _("Attained from"), _("Below"), _("Earned at its start, with a target of %(reference)s") % reference
    return _("From"), _("Below"), _("Earned at its start")


def _bands(rules: Program) -> list[BandLine]:
    calculation = rules.calculation
    if isinstance(calculation, Target) and calculation.bands is None:
        return [
            BandLine(share_text(one.attainment), "", f"× {text.number(one.factor)}", _paid(rules, one.attainment))
            for one in calculation.curve
        ]
    return [
        BandLine(
            _start_text(rules, band.start),
            "" if band.end is None else _start_text(rules, band.end),
            _value_text(rules, band.value),
            _paid(rules, band.start),
        )
        for band in calculation.ladder() or ()
    ]


def band_text(rules: Program, index: int) -> str:
    """The band of an index in a few words: where it starts and what it pays; -1 is below the first."""
    if index < 0:
        return _("Below the first band")
    lines = _bands(rules)
    if index >= len(lines):
        return str(index + 1)
    return _("From %(start)s: %(pays)s") % {"start": lines[index].start, "pays": lines[index].pays}


def _is_share(rules: Program) -> bool:
    """Whether bands start at a percentage of something else."""
    return isinstance(rules.calculation, (Growth, Target))


def _start_text(rules: Program, start: Decimal) -> str:
    return share_text(start) if _is_share(rules) else measure_text(rules, start)


def _value_text(rules: Program, value: Decimal) -> str:
    ladder = rules.calculation.ladder()
    if ladder is not None and ladder.value_key == "amount":
        amount = amount_text(value, rules.currency)
        return amount if rules.calculation.type == "milestone" else _("%(amount)s per unit") % {"amount": amount}
    return rate_text(rules, value)


def _paid(rules: Program, start: Decimal) -> str:
    return text.money(_payout(rules, start), rules.currency)


def _payout(rules: Program, at: Decimal) -> Decimal:
    """The payout at a point of the measure, of growth or of attainment, whoever the partner is."""
    open_to_all = replace(rules, qualifiers=(), accumulate="period")
    return payout_of(open_to_all, _aggregate(rules, at)).amount


def _aggregate(rules: Program, at: Decimal) -> Aggregate:
    match rules.calculation:
        case Growth():
            return Aggregate(REFERENCE * (1 + at), baseline=REFERENCE)
        case Target():
            return Aggregate(REFERENCE * at, target=REFERENCE)
    return Aggregate(at)


def _rates(rules: Program) -> list[RateLine]:
    if not isinstance(rules.calculation, LineRate):
        return []
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return [
        RateLine(number, condition_phrase(one.when, language) or _("every other line"), rate_text(rules, one.rate))
        for number, one in enumerate(rules.calculation.rates, 1)
    ]


def _curve(rules: Program) -> dict[str, Any] | None:
    """The payout somewhat beyond the last band, as a line chart; None where it does not hang on one number."""
    starts = _starts(rules)
    if not starts:
        return None
    points = list(_points(rules, starts))
    return {
        "title": _("What it pays"),
        "desc": _curve_text(rules),
        "cats": [_point_text(rules, point) for point in points],
        "series": [{"name": _("Payout"), "values": [_payout(rules, point) for point in points]}],
        "area": True,
        "fmt": "money",
        "currency": rules.currency,
    }


def _starts(rules: Program) -> list[Decimal]:
    calculation = rules.calculation
    if isinstance(calculation, Target) and calculation.bands is None:
        return [point.attainment for point in calculation.curve]
    return [band.start for band in calculation.ladder() or ()]


def _curve_text(rules: Program) -> str:
    reference = {"reference": _reference(rules)}
    match rules.calculation:
        case Growth():
            return _("Payout by growth, when the earlier period had %(reference)s") % reference
        case Target():
            return _("Payout by attainment, for a target of %(reference)s") % reference
    return _("Payout by what was counted in one period")


def _reference(rules: Program) -> str:
    if rules.measure == "quantity":
        return text.compact(REFERENCE)
    return text.money_compact(REFERENCE, rules.currency)


def _point_text(rules: Program, point: Decimal) -> str:
    if _is_share(rules):
        return share_text(point)
    return text.compact(point) if rules.measure == "quantity" else text.money_compact(point, rules.currency)


def _points(rules: Program, starts: list[Decimal]) -> Iterable[Decimal]:
    """Round steps from nothing to half as much again as the last band's start."""
    top = max([*starts, Decimal(0)]) * Decimal("1.5") or (Decimal("0.5") if _is_share(rules) else REFERENCE)
    step = Decimal(str(nice_step(float(top), POINTS)))
    count = int(top / step) + 1
    return [step * index for index in range(count + 1)]
