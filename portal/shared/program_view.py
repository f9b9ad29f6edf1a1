"""What a program would say and pay, before it is saved: the sentence in both languages, its bands, worked examples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from prm.web import text
from prm.web.charts.scale import nice_step
from rebates.engine.calculations import Aggregate
from rebates.engine.evaluate import payout_of
from rebates.engine.program import Program
from rebates.engine.sentence import sentence

POINTS = 12


@dataclass(frozen=True, slots=True)
class BandLine:
    """A band as a row: from, to (None: no end), what it pays, and the payout at its start."""

    start: Decimal
    end: Decimal | None
    pays: str
    payout: Decimal


@dataclass(frozen=True, slots=True)
class ProgramView:
    """`sentences` are (language code, name of the language, sentence)."""

    rules: Program
    sentences: list[tuple[str, str, str]]
    bands: list[BandLine]
    curve: dict[str, Any]

    @property
    def counts_money(self) -> bool:
        return self.rules.measure != "quantity"


def view_of(rules: Program) -> ProgramView:
    sentences = [("en", "English", sentence(rules, "en")), ("zh-hans", "简体中文", sentence(rules, "zh-hans"))]
    return ProgramView(rules, sentences, _bands(rules), _curve(rules))


def _bands(rules: Program) -> list[BandLine]:
    ladder = rules.calculation.ladder()
    if ladder is None:
        return []
    return [BandLine(band.start, band.end, rate_text(rules, band.value), _pays(rules, band.start)) for band in ladder]


def rate_text(rules: Program, rate: Decimal) -> str:
    """`2.5%`, or `¥3.00 per unit` for a program on quantity."""
    if rules.measure != "quantity":
        return text.percent(rate)
    return _("%(amount)s per unit") % {"amount": text.money(rate, rules.currency)}


def _pays(rules: Program, measure: Decimal) -> Decimal:
    return payout_of(rules, Aggregate(measure)).amount


def _curve(rules: Program) -> dict[str, Any]:
    """The payout over the measure, somewhat beyond the last band, as a line chart."""
    ladder = rules.calculation.ladder()
    starts = [band.start for band in ladder] if ladder else []
    measures = list(_measures(starts))
    fmt = text.compact if rules.measure == "quantity" else (lambda value: text.money_compact(value, rules.currency))
    return {
        "title": _("What it pays"),
        "desc": _("Payout by what was counted in one period"),
        "cats": [fmt(measure) for measure in measures],
        "series": [{"name": _("Payout"), "values": [_pays(rules, measure) for measure in measures]}],
        "area": True,
        "fmt": "money",
        "currency": rules.currency,
    }


def _measures(starts: list[Decimal]) -> Iterable[Decimal]:
    """Round steps from nothing to half as much again as the last band's start."""
    top = max([*starts, Decimal(0)]) * Decimal("1.5") or Decimal(100_000)
    step = Decimal(str(nice_step(float(top), POINTS)))
    count = int(top / step) + 1
    return [step * index for index in range(count + 1)]
