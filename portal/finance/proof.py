"""A settlement against the ledger: what its lines say and what the books owe or have paid for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rebates.selectors.payments import ledger_totals, settled_totals


@dataclass(frozen=True, slots=True)
class Proof:
    currency: str
    stated: Decimal
    ledger: Decimal

    @property
    def holds(self) -> bool:
        return self.stated == self.ledger


def proof_of(settlement: Any) -> list[Proof]:
    """One line for each currency of the settlement."""
    stated, booked = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for sums, totals in ((stated, settled_totals(settlement)), (booked, ledger_totals(settlement))):
        for (_partner, _period, currency), amount in totals.items():
            sums[currency] += amount
    return [Proof(code, stated[code], booked[code]) for code in sorted(stated)]
