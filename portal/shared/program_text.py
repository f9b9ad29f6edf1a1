"""Texts about programs and accruals that several surfaces show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from prm.money import minor_units, plain, round_digits
from prm.web import text
from rebates.engine.saying import percent
from rebates.selectors.programs import program_sentence


def name_of(version: Any, language: str) -> str:
    """The program's name in the reader's language, else in any, else its code."""
    names: dict[str, str] = version.definition.get("name") or {}
    return names.get(language) or names.get("en") or next(iter(names.values()), version.program.code)


def sentence_of(version: Any, language: str) -> str:
    return program_sentence(version, language)


def measure_text(amount: Decimal, accrual: Any) -> str:
    """A measure in the program's unit: money of its currency, or a plain count."""
    if accrual.version.definition.get("measure") == "quantity":
        return _("%(count)s units") % {"count": text.number(amount.normalize() if amount else amount)}
    return text.money(amount, accrual.currency)


def value_text(rate: Decimal, accrual: Any) -> str:
    """What a band pays: a fixed amount, a percentage of money, an amount for each unit."""
    if accrual.version.definition["calculation"]["type"] == "milestone":
        return text.money(rate, accrual.currency)
    if accrual.version.definition.get("measure") == "quantity":
        return _("%(amount)s a unit") % {"amount": text.money(rate, accrual.currency)}
    return text.percent(rate)


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with every digit it has, at least those of the currency: a rate of 0.0042 a unit is not 0.00."""
    if round_digits(amount, minor_units(currency)) == amount:
        return text.money(amount, currency)
    sign = "-" if amount < 0 else ""
    return f"{sign}{text.symbol(currency, text.language())}{text.number(Decimal(plain(abs(amount))))}"


def share_text(ratio: Decimal) -> str:
    """A ratio in per cent with every digit it has: a rate is never shown rounded."""
    return percent(ratio)
