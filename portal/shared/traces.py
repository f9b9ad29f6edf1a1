"""The explanation of a payout as sentences with amounts: each step of the engine's trace is one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from prm.web import text


@dataclass(frozen=True, slots=True)
class TraceRow:
    text: str
    amount: Decimal


def trace_rows(explanation: Mapping[str, Any]) -> list[TraceRow]:
    """The rows of a stored trace in the order of the engine; their amounts add up to the payout."""
    return [
        TraceRow(_TEXTS[step["step"]](step, explanation), Decimal(step["amount"]))
        for step in explanation.get("steps", [])
    ]  # fmt: skip


def _band(step: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    part, start = _measure(step["part"], explanation), _measure(step["from"], explanation)
    pays = _value(step, explanation)
    if explanation["type"] == "retroactive":
        return _("%(part)s in the band from %(start)s: %(pays)s on all of it") % {
            "part": part, "start": start, "pays": pays,
        }  # fmt: skip
    if step["to"] is None:
        return _("%(part)s above %(start)s at %(pays)s") % {"part": part, "start": start, "pays": pays}
    return _("%(part)s between %(start)s and %(end)s at %(pays)s") % {
        "part": part, "start": start, "end": _measure(step["to"], explanation), "pays": pays,
    }  # fmt: skip


def _rounding(step: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    return _("Rounding to the smallest unit of %(currency)s, once, at the end") % {"currency": explanation["currency"]}


def _measure(amount: str, explanation: Mapping[str, Any]) -> str:
    if explanation["measure_kind"] == "quantity":
        return _("%(count)s units") % {"count": text.number(Decimal(amount))}
    return text.money(Decimal(amount), explanation["currency"])


def _value(step: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    if "rate" in step and explanation["measure_kind"] != "quantity":
        return text.percent(Decimal(step["rate"]))
    amount = Decimal(step.get("rate") or step["amount_per_unit"])
    return _("%(amount)s a unit") % {"amount": text.money(amount, explanation["currency"])}


_TEXTS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]] = {"band": _band, "rounding": _rounding}
