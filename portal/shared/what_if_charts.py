"""What a what-if shows as charts: the cost of each period, and how many partners stand in which band."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.shared.program_text import share_text
from prm.money import plain
from prm.web import text
from rebates.whatif.bands import QUANTITY, SHARE, BandCount
from rebates.whatif.vendor import Replay


def cost_charts(replay: Replay) -> list[dict[str, Any]]:
    """One for each currency."""
    return [_cost_chart(replay, currency) for currency, _before, _after in replay.totals()]


def _cost_chart(replay: Replay, currency: str) -> dict[str, Any]:
    rows = [one for one in replay.costs if one.currency == currency]
    return {
        "title": _("Cost by period in %(currency)s") % {"currency": currency},
        "desc": _("What each period cost by the rules of its time, and by this version."),
        "cats": [one.period.key for one in rows],
        "series": [
            {"name": _("As it was"), "values": [one.before for one in rows], "cls": "c3"},
            {"name": _("By this version"), "values": [one.after for one in rows], "cls": "c1"},
        ],
        "fmt": "money",
        "currency": currency,
    }


def bands_chart(replay: Replay, key: str) -> dict[str, Any] | None:
    """Partners by band in the period of this key; None for a program without bands."""
    rows = [one for one in replay.bands if one.period.key == key]
    if not rows:
        return None
    bars = [*_below(rows), *(_moved(rows) or _listed(rows))]
    sides = [
        {"name": _("As it was"), "values": [one.before for one in bars], "cls": "c3"},
        {"name": _("By this version"), "values": [one.after for one in bars], "cls": "c1"},
    ]
    return {
        "title": _("Partners by band in %(period)s") % {"period": key},
        "desc": _("How many partners reached each band, by the rules of the time and by this version."),
        "cats": [one.short for one in bars],
        "names": [one.name for one in bars],
        # A program that was not in force then has one side.
        "series": [side for side in sides if any(value is not None for value in side["values"])],
        "fmt": "n",
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """`short` fits an axis, `name` has every digit."""

    short: str
    name: str
    before: int | None
    after: int | None


def _below(rows: list[BandCount]) -> list[Bar]:
    first = next(one for one in rows if one.start is not None)
    name = _("Below the first band")
    return [Bar(f"<{_short(first)}", name, one.before, one.after) for one in rows if one.start is None]


def _listed(rows: list[BandCount]) -> list[Bar]:
    """Each band of either side by itself."""
    bands = [one for one in rows if one.start is not None]
    return [Bar(f"{_short(one)}+", _name(one), one.before, one.after) for one in bands]


def _moved(rows: list[BandCount]) -> list[Bar]:
    """Band beside band where both sides have as many, so that a moved edge is seen as one; else nothing."""
    bands = [one for one in rows if one.start is not None]
    old = [one for one in bands if one.before is not None]
    new = [one for one in bands if one.after is not None]
    if len(old) != len(new) or old == new or len({one.unit for one in bands}) > 1:
        return []
    return [
        Bar(
            _("Band %(number)s") % {"number": number},
            _name(one) if one == other else f"{_name(one)} → {_name(other)}", one.before, other.after,
        )
        for number, (one, other) in enumerate(zip(old, new, strict=True), 1)
    ]  # fmt: skip


def _name(one: BandCount) -> str:
    """Where the band starts: `¥40,000+`."""
    start = one.start or Decimal(0)
    if one.unit == SHARE:
        return f"{share_text(start)}+"
    sign = "" if one.unit == QUANTITY else text.symbol(one.unit, text.language())
    return f"{sign}{text.number(Decimal(plain(start)))}+"


def _short(one: BandCount) -> str:
    start = one.start or Decimal(0)
    if one.unit == SHARE:
        return share_text(start)
    return text.compact(start) if one.unit == QUANTITY else text.money_compact(start, one.unit)
