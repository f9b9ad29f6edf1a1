"""The leakage report: what closed periods paid too much or too little, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.doubles import Double, doubles
from rebates.leakage import Leak, leaks
from rebates.states import LeakCause

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LeakTotal:
    """One cause in one currency; `underpaid` and `overpaid` are both above 0, `open` is what no adjustment corrects."""

    cause: LeakCause
    currency: str
    underpaid: Decimal
    overpaid: Decimal
    open: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Leakage:
    leaks: list[Leak]
    totals: list[LeakTotal]
    doubles: list[Double]


def leakage(
    actor: Actor, *, period_key: str = "", program_id: UUID | None = None, partner_id: UUID | None = None,
    cause: str = "", search: str = "",
) -> Leakage:  # fmt: skip
    """Replay the closed periods; writes nothing. Doubles are those of the partner, whatever period and program."""
    actor.require(Right.STATEMENTS_VIEW)
    wanted = search.strip().lower()
    found = [
        one for one in leaks()
        if (not period_key or one.period_key == period_key)
        and (program_id is None or one.program_id == program_id)
        and (partner_id is None or one.partner_id == partner_id)
        and (not cause or one.cause == cause)
        and wanted in f"{one.partner_code} {one.partner_name}".lower()
    ]  # fmt: skip
    twice = [one for one in doubles() if partner_id is None or one.partner_id == partner_id]
    return Leakage(found, _totals(found), twice)


def _totals(found: Iterable[Leak]) -> list[LeakTotal]:
    grouped: dict[tuple[str, LeakCause], list[Leak]] = defaultdict(list)
    for one in found:
        grouped[one.currency, one.cause].append(one)
    return [
        LeakTotal(
            cause, currency, sum((one.amount for one in rows if one.amount > 0), ZERO),
            -sum((one.amount for one in rows if one.amount < 0), ZERO),
            sum((one.amount for one in rows if not one.is_booked), ZERO), len(rows),
        )
        for (currency, cause), rows in sorted(grouped.items())
    ]  # fmt: skip
