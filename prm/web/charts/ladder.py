"""The band ladder: where a partner stands among the bands of a program, what comes next and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from prm.web import text

from .scale import Value, exact, short

MANY = 4


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    label: str
    start: str
    filled: float
    reached: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """`current` and `next` are rungs; `missing` is the exact figure to the next one, empty at the top."""

    value: str
    rungs: list[Rung]
    current: Rung | None
    next: Rung | None
    missing: str
    missing_value: Decimal | None
    many: bool


def _filled(value: Decimal, start: Decimal, end: Decimal | None) -> float:
    if end is None:
        return 100.0 if value >= start else 0.0
    share = (value - start) / (end - start)
    return round(float(min(Decimal(1), max(Decimal(0), share))) * 100, 2)


def band_ladder(
    bands: Sequence[Mapping[str, Any]], value: Value, fmt: str = "money", currency: str = "CNY", base: str = ""
) -> Ladder:
    """Bands `{start, label, name?}` by rising start; `label` is what the band pays (`2.5%`).

    Below the first start there is a rung too, labelled `base` (`0%` among rates): the way to the first band shows.
    """
    amount = Decimal(str(value))
    steps = [(Decimal(str(b["start"])), str(b["label"]), str(b.get("name") or "")) for b in bands]
    if any(a[0] >= b[0] for a, b in pairwise(steps)):
        message = "bands need rising starts"
        raise ValueError(message)
    if steps and steps[0][0] > 0:
        rates = all(label.endswith("%") for _, label, _ in steps)
        steps.insert(0, (Decimal(0), base or ("0%" if rates else text.DASH), ""))
    standing = max((i for i, step in enumerate(steps) if amount >= step[0]), default=0)
    rungs = [
        Rung(
            name=name,
            label=label,
            start=short(start, fmt, currency),
            filled=_filled(amount, start, steps[i + 1][0] if i + 1 < len(steps) else None),
            reached=i <= standing,
            current=i == standing,
        )
        for i, (start, label, name) in enumerate(steps)
    ]
    after = standing + 1 if standing + 1 < len(steps) else None
    missing = steps[after][0] - amount if after is not None else None
    return Ladder(
        value=exact(amount, fmt, currency),
        rungs=rungs,
        current=rungs[standing] if rungs else None,
        next=rungs[after] if after is not None else None,
        missing=exact(missing, fmt, currency) if missing is not None else "",
        missing_value=missing,
        many=len(rungs) > MANY,
    )
