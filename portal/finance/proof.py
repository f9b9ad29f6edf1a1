"""A settlement against the ledger: what its statements say and what the books owe or have paid for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rebates.exports import ledger_totals


@dataclass(frozen=True, slots=True)
class Proof:
    currency: str
    stated: Decimal
    ledger: Decimal

    @property
    def holds(self) -> bool:
        return self.stated == self.ledger


def proof_of(settlement: Any, totals: Iterable[Mapping[str, Any]]) -> list[Proof]:
    """One line for each currency that either side names."""
    stated = {str(row["currency"]): Decimal(row["total"]) for row in totals}
    booked: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (_partner, _period, currency), amount in ledger_totals(settlement).items():
        booked[currency] += amount
    zero = Decimal(0)
    return [Proof(code, stated.get(code, zero), booked.get(code, zero)) for code in sorted({*stated, *booked})]
