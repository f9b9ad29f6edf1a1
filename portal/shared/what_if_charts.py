"""What a what-if shows as charts: the cost of each period, and how many partners stand in which band."""

from __future__ import annotations

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
    sides = [
        {"name": _("As it was"), "values": [one.before for one in rows], "cls": "c3"},
        {"name": _("By this version"), "values": [one.after for one in rows], "cls": "c1"},
    ]
    return {
        "title": _("Partners by band in %(period)s") % {"period": key},
        "desc": _("How many partners reached each band, by the rules of the time and by this version."),
        "cats": [_label(one) for one in rows],
        # A program that was not in force then has one side.
        "series": [side for side in sides if any(value is not None for value in side["values"])],
        "fmt": "n",
    }


def _label(one: BandCount) -> str:
    """Where the band starts, short enough for an axis: `¥40,000+`."""
    if one.start is None:
        return _("Below the first band")
    if one.unit == SHARE:
        return f"{share_text(one.start)}+"
    sign = "" if one.unit == QUANTITY else text.symbol(one.unit, text.language())
    return f"{sign}{text.number(Decimal(plain(one.start)))}+"
