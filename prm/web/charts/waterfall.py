"""A waterfall lying on its side: each amount starts where the sum of those before it ended, the sum stands below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

THINNEST = 0.6


@dataclass(frozen=True, slots=True)
class Fall:
    """A bar in per cent of the width."""

    x: float
    width: float
    css: str


def waterfall(amounts: Sequence[Decimal]) -> tuple[list[Fall], Fall]:
    """A bar for each amount, and that of their sum from zero."""
    ends = [Decimal(0)]
    for amount in amounts:
        ends.append(ends[-1] + amount)
    low, high = min(ends), max(ends)
    span = float(high - low) or 1.0

    def bar(start: Decimal, end: Decimal, css: str) -> Fall:
        width = min(100.0, max(float(abs(end - start)) / span * 100, THINNEST))
        left = min(float(min(start, end) - low) / span * 100, 100 - width)
        return Fall(round(left, 3), round(width, 3), css)

    bars = [
        bar(ends[index], ends[index + 1], "fall-down" if amount < 0 else "fall-up")
        for index, amount in enumerate(amounts)
    ]
    return bars, bar(Decimal(0), ends[-1], "fall-sum")
