"""Types of columns: how a value becomes a cell of a CSV file and of a workbook.

The CSV is written by PostgreSQL itself, so a type gives SQL there: `csv` works on an expression. A workbook is written
row by row from values. Both say the same: numbers stay numbers, texts never become formulas.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import pycountry

from prm.money import known_currency, minor_units, plain, round_money

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_767
"""What Excel takes in one cell."""

_STARTS_SQL = ", ".join(f"chr({ord(start)})" for start in FORMULA_STARTS)


class Cell(Protocol):
    def csv(self, value: str, currency: str) -> str: ...
    def written(self, value: Any, currency: str) -> str | Decimal: ...


class TextCell:
    """A text from people or files: one that a spreadsheet would run as a formula gets an apostrophe in a CSV."""

    def csv(self, value: str, currency: str) -> str:
        return (
            f"CASE WHEN left({value}, 1) IN ({_STARTS_SQL}) THEN chr(39) || {value} ELSE nullif({value}, '') END"
        )  # fmt: skip

    def written(self, value: Any, currency: str) -> str:
        return str(value)[:LONGEST_TEXT]


class CodeCell:
    """A text or whole number of our own making, that can't be a formula: keys, states, currencies, versions."""

    def csv(self, value: str, currency: str) -> str:
        return f"nullif({value}::text, '')"

    def written(self, value: Any, currency: str) -> str | Decimal:
        if isinstance(value, bool):
            return str(value).lower()
        return Decimal(value) if isinstance(value, int) else str(value)


class AmountCell:
    """Money, with the digits of the row's currency."""

    def csv(self, value: str, currency: str) -> str:
        return f"round({value}, {_digits_sql(currency)})"

    def written(self, value: Any, currency: str) -> str | Decimal:
        return round_money(value, currency)


class NumberCell:
    """A number with every digit it has and no zeros behind them."""

    def csv(self, value: str, currency: str) -> str:
        return f"trim_scale({value})"

    def written(self, value: Any, currency: str) -> str | Decimal:
        return Decimal(plain(value))


class DayCell:
    """A business date, as ISO 8601 has it."""

    def csv(self, value: str, currency: str) -> str:
        return f"to_char({value}, 'YYYY-MM-DD')"

    def written(self, value: Any, currency: str) -> str | Decimal:
        return str(value.isoformat())


class InstantCell:
    """A moment in UTC, to the second."""

    def csv(self, value: str, currency: str) -> str:
        return f"""to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""

    def written(self, value: Any, currency: str) -> str | Decimal:
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


TEXT, CODE, AMOUNT, NUMBER, DAY, INSTANT = (
    TextCell(), CodeCell(), AmountCell(), NumberCell(), DayCell(), InstantCell(),
)  # fmt: skip


@cache
def _uncommon_digits() -> tuple[tuple[str, int], ...]:
    codes = sorted(currency.alpha_3 for currency in pycountry.currencies if known_currency(currency.alpha_3))
    return tuple((code, minor_units(code)) for code in codes if minor_units(code) != 2)


def _digits_sql(currency: str) -> str:
    cases = " ".join(f"WHEN '{code}' THEN {digits}" for code, digits in _uncommon_digits())
    return f"CASE {currency} {cases} ELSE 2 END"
