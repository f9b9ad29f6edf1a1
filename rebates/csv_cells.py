"""Cells of CSV files that spreadsheets open."""

from __future__ import annotations

from decimal import Decimal

from prm.money import minor_units

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_cell(value: str | Decimal, currency: str = "") -> str:
    """A number as it is, to the currency's digits; a text that would be read as a formula behind an apostrophe."""
    if isinstance(value, Decimal):
        return f"{value:.{minor_units(currency)}f}"
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
