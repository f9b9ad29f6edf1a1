"""Steps 7 and 8: what earlier periods of the year have paid, cap, rounding and the program's budget; the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rebates.oracle.earned import Row
from tests.rebates.oracle.money import amount, split, units, units_below
from tests.rebates.oracle.program import Program


def settle(program: Program, rows: Sequence[Row]) -> None:
    """Sets units and reason of all rows of a program, period after period."""
    total = program.program_total
    left = None if total is None else units_below(total, program.currency)
    paid: dict[tuple[str, int], int] = {}
    for period in sorted({row.period for row in rows}):
        now = [row for row in rows if row.period == period]
        for row in now:
            _cap(program, row, paid.get((row.partner, period.year), 0))
        if left is not None:
            left -= _spend(now, left)
        for row in now:
            key = row.partner, period.year
            paid[key] = paid.get(key, 0) + row.units
            if 0 < amount(row.units, program.currency) < program.minimum:
                row.reason = "below_minimum_payout"


def _cap(program: Program, row: Row, paid: int) -> None:
    currency, exact = program.currency, row.raw
    if program.year_to_date:
        stays = row.withheld or not row.lines
        exact = amount(0 if stays else units(row.raw, currency) - paid, currency)
        if exact:
            row.reason = ""
    if program.cap_per_period is not None:
        cap = amount(units_below(program.cap_per_period, currency), currency)
        if exact > cap:
            exact, row.reason = cap, "cap"
    row.units = units(exact, currency)


def _spend(rows: Sequence[Row], left: int) -> int:
    """Cuts what exceeds the budget; returns what the period uses of it, less what negative payouts give back."""
    asking = [row for row in rows if row.units > 0]
    asked = [row.units for row in asking]
    if sum(asked) > left:
        parts = split(left, [amount(count, "JPY") for count in asked], [row.partner for row in asking])
        for row, part in zip(asking, parts, strict=True):
            if part < row.units:
                row.units, row.reason = part, "program_total"
    return sum(row.units for row in rows)
