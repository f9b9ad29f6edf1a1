"""The numbers of a trace as they are read: a measure in its unit, a rate of money or an amount for each unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from prm.money import plain
from prm.web import text


def money_of(amount: str, explanation: Mapping[str, Any]) -> str:
    return text.money(Decimal(amount), explanation["currency"])


def measure_of(amount: str, explanation: Mapping[str, Any]) -> str:
    """What a program counted: money of its currency, or units."""
    if explanation["measure_kind"] == "quantity":
        return _("%(count)s units") % {"count": text.number(Decimal(plain(Decimal(amount))))}
    return money_of(amount, explanation)


def value_of(step: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    """What a step pays: a percentage of money, an amount for each unit."""
    if "rate" in step and explanation["measure_kind"] != "quantity":
        return text.percent(Decimal(step["rate"]))
    amount = step.get("rate") or step.get("amount_per_unit") or step["amount"]
    return _("%(amount)s a unit") % {"amount": money_of(amount, explanation)}
