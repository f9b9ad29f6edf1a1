"""Axes: round ticks around the data, zero always among them, and the map from values to pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from prm.web import text

HEIGHTS = {"sm": 140, "md": 220, "lg": 300}
Value = Decimal | int | float


@dataclass(frozen=True, slots=True)
class Scale:
    """Values `low` to `high` over `height` pixels, the high end at the top."""

    low: float
    high: float
    height: int
    ticks: tuple[float, ...]

    def y(self, value: Value) -> float:
        return round((self.high - float(value)) / (self.high - self.low) * self.height, 2)

    @property
    def zero(self) -> float:
        return self.y(0)


def nice_step(span: float, count: int = 4) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that covers `span` in at most `count` steps."""
    raw = span / count
    power = 10 ** math.floor(math.log10(raw))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= raw * (1 - 1e-9):
            return float(factor * power)
    return float(10 * power)


def scale_of(values: Iterable[Value], height: int) -> Scale:
    """A scale that holds every value and zero. Without data it runs from 0 to 1."""
    numbers = [float(v) for v in values]
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    if low == high:
        return Scale(0.0, 1.0, height, (0.0, 1.0))
    step = nice_step(high - low)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], height, ticks)


def short(value: Value, fmt: str, currency: str) -> str:
    """A tick or tile label."""
    if fmt == "money":
        return text.money_compact(Decimal(str(value)), currency)
    if fmt == "pct":
        return text.percent(Decimal(str(value)))
    return text.compact(Decimal(str(value)))


def exact(value: Value | None, fmt: str, currency: str) -> str:
    """A figure in the table and the tooltip: every digit."""
    if value is None:
        return text.DASH
    amount = Decimal(str(value))
    if fmt == "money":
        return text.money(amount, currency)
    if fmt == "pct":
        return text.percent(amount)
    return text.number(amount)


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Category:
    """One position across: its label, its hit area and what the tooltip says."""

    x: float
    left: float
    width: float
    label: str
    css: str
    tip: str


def ticks_of(scale: Scale, fmt: str, currency: str) -> list[Tick]:
    return [Tick(scale.y(t), short(t, fmt, currency), t == 0) for t in scale.ticks]


def _columns(label: str) -> int:
    """Width of a label in digits; a Han character takes two."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in label)


def gutter(ticks: list[Tick]) -> int:
    """How wide the labels of the axis are, in steps of the stylesheet's gutter classes."""
    return min(8, max(1, max((_columns(tick.label) for tick in ticks), default=1)))


# Room for labels in pixels, and the class of those that give way there: everywhere, on a phone, in a narrow column.
_ROOM = ((600, "label-never"), (284, "label-even"), (190, "label-sparse"))


def label_classes(labels: list[str]) -> list[str]:
    """For each label the class that hides it where all would not fit; the last one always stays."""
    widths = [_columns(label) * 6.4 for label in labels]
    # Neighbours share the room between their middles.
    need = len(labels) * (max(((a + b) / 2 for a, b in pairwise(widths)), default=0) + 8)
    classes = [""] * len(labels)
    for room, css in reversed(_ROOM):
        step = math.ceil(need / room)
        for i in range(len(labels)):
            if (len(labels) - 1 - i) % step:
                classes[i] = css
    return classes


def categories(
    labels: list[str],
    rows: list[tuple[str, list[Value | None]]],
    fmt: str,
    currency: str,
    names: list[str] | None = None,
) -> list[Category]:
    """Positions for `labels`; `rows` are (name, values) for the tooltips, which say `names` where labels are short."""
    band = 100 / max(1, len(labels))
    classes = label_classes(labels)
    result = []
    for i, label in enumerate(labels):
        said = [f"{name}\t{exact(values[i], fmt, currency)}" for name, values in rows]
        middle, left = round((i + 0.5) * band, 3), round(i * band, 3)
        tip = "\n".join([names[i] if names else label, *said])
        result.append(Category(middle, left, round(band, 3), label, classes[i], tip))
    return result
