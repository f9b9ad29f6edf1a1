"""The explanation of one payout as data: steps whose amounts add up to the payout, and what the next band would
bring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prm.money import exact, plain, round_fraction

DIGITS = 12
"""Decimals to which a ratio is shown; what that leaves over is part of the rounding step."""


def shown(amount: Decimal | Fraction) -> Decimal:
    return amount if isinstance(amount, Decimal) else round_fraction(amount, DIGITS)


@dataclass(frozen=True, slots=True)
class Step:
    """One contribution to the payout. `kind` names the text that tells it, `facts` are the numbers in that text."""

    kind: str
    amount: Decimal | Fraction
    facts: Mapping[str, Decimal | str | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"step": self.kind, "amount": plain(shown(self.amount)), **plain_facts(self.facts)}


def plain_facts(facts: Mapping[str, Decimal | str | None]) -> dict[str, str | None]:
    """Numbers as plain decimal texts."""
    return {key: plain(value) if isinstance(value, Decimal) else value for key, value in facts.items()}


@dataclass(frozen=True, slots=True)
class NextBand:
    """The next band: its start and value, the measure still missing, and what reaching it adds to the payout as of
    now.
    """

    start: Decimal
    value: Decimal
    missing: Decimal
    gain: Decimal

    def to_json(self) -> dict[str, str]:
        return {
            "from": plain(self.start),
            "value": plain(self.value),
            "missing": plain(self.missing),
            "gain": plain(self.gain),
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a payout is what it is. The amounts of the steps add up to `payout` exactly."""

    type: str
    measure_kind: str
    measure: Decimal
    currency: str
    steps: tuple[Step, ...]
    payout: Decimal
    reason: str
    next_band: NextBand | None
    checks: tuple[Mapping[str, Any], ...] = ()
    """The qualifiers in the order of the document: type, whether it holds, what was wanted and found."""

    def total(self) -> Decimal:
        with exact():
            return sum((shown(step.amount) for step in self.steps), Decimal(0))

    def to_json(self) -> dict[str, Any]:
        """A document for storage and for the API; every number is a plain decimal text."""
        return {
            "type": self.type,
            "measure_kind": self.measure_kind,
            "measure": plain(self.measure),
            "currency": self.currency,
            "steps": [step.to_json() for step in self.steps],
            "payout": plain(self.payout),
            "reason": self.reason,
            "next": self.next_band.to_json() if self.next_band else None,
            "qualifiers": [dict(check) for check in self.checks],
        }
