"""Step 6, `best`: of the programs of a group only the one with the largest payout pays a partner in a period."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.rebates.oracle.earned import Row
from tests.rebates.oracle.scope import Market


def keep_the_best(market: Market, rows: Sequence[Row]) -> None:
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row.program.rule == "best":
            groups.setdefault((row.program.group, row.partner, row.period), []).append(row)
    for contenders in groups.values():
        _judge(market, contenders)


def _judge(market: Market, contenders: Sequence[Row]) -> None:
    compared = [(_in_base_currency(market, row), row) for row in contenders]
    winner = _winner(compared)
    for row in contenders:
        if row.raw > 0 and row is not winner:
            row.raw, row.reason = Fraction(0), f"best {winner.program.code}" if winner else "no_rate"


def _winner(compared: Sequence[tuple[Fraction | None, Row]]) -> Row | None:
    known = [(amount, row) for amount, row in compared if amount is not None]
    if len(known) < len(compared):
        return None
    return min(known, key=lambda pair: (-pair[0], pair[1].program.code))[1]


def _in_base_currency(market: Market, row: Row) -> Fraction | None:
    facts = market.facts
    if len({program.currency for program in market.programs if program.group == row.program.group}) == 1:
        return row.raw
    rate = facts.rate(row.program.currency, facts.base_currency, min(row.period.last, facts.as_of or row.period.last))
    return None if rate is None else row.raw * rate
