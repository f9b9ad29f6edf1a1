"""What a program says and pays: the sentence in both languages, its bands or rates as rows, a curve of the payout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.shared.payout_curve import curve_of, is_share, payout_at, reference_text
from portal.shared.program_facts import Fact, amounts_of, facts_of, requirements_of
from portal.shared.program_text import amount_text, share_text
from prm.money import plain
from prm.web import text
from rebates.engine.calculations import Growth, LineRate, Target
from rebates.engine.program import Program
from rebates.engine.sentence import condition_phrase, sentence


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
        curve=curve_of(rules),
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
    reference = {"reference": reference_text(rules)}
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


def _start_text(rules: Program, start: Decimal) -> str:
    return share_text(start) if is_share(rules) else measure_text(rules, start)


def _value_text(rules: Program, value: Decimal) -> str:
    ladder = rules.calculation.ladder()
    if ladder is not None and ladder.value_key == "amount":
        amount = amount_text(value, rules.currency)
        return amount if rules.calculation.type == "milestone" else _("%(amount)s per unit") % {"amount": amount}
    return rate_text(rules, value)


def _paid(rules: Program, start: Decimal) -> str:
    return text.money(payout_at(rules, start), rules.currency)


def _rates(rules: Program) -> list[RateLine]:
    if not isinstance(rules.calculation, LineRate):
        return []
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return [
        RateLine(number, condition_phrase(one.when, language) or _("every other line"), rate_text(rules, one.rate))
        for number, one in enumerate(rules.calculation.rates, 1)
    ]
