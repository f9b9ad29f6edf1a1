"""Shares of a whole: donut, funnel, meter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from prm.web import text

from .scale import Value, exact, short

FUNNEL_HEIGHT = 132
GAP = 0.9


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    value: str
    share: str
    css: str
    dash: str
    offset: float
    drawn: bool


@dataclass(frozen=True, slots=True)
class Donut:
    title: str
    desc: str
    centre: str
    sub: str
    parts: list[Part]


def _share(value: Decimal, total: Decimal) -> Decimal:
    return value / total if total else Decimal(0)


def donut(
    parts: Sequence[Mapping[str, Any]],
    title: str,
    *,
    centre: str = "",
    sub: str = "",
    fmt: str = "n",
    currency: str = "CNY",
) -> Donut:
    """Parts `{name, value, cls?}` in given order. A negative part is no share of a ring: it is only listed."""
    values = [Decimal(str(p["value"])) for p in parts]
    total = sum((v for v in values if v > 0), Decimal(0))
    result, turned = [], 0.0
    for i, (part, value) in enumerate(zip(parts, values, strict=True)):
        portion = float(_share(value, total)) * 100 if value > 0 else 0.0
        gap = GAP if 0 < portion < 100 else 0.0
        share = text.percent(_share(value, total), 0) if value >= 0 else ""
        css = part.get("cls") or f"c{i % 6 + 1}"
        dash = f"{max(0.1, portion - gap):.3f} 100"
        said = exact(value, fmt, currency)
        result.append(Part(str(part["name"]), said, share, css, dash, round(-turned, 3), value > 0))
        turned += portion
    desc = "; ".join(f"{p.name} {p.value} {p.share}".strip() for p in result)
    return Donut(title, desc, centre, sub, result)


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    value: str
    sub: str
    of_first: str
    of_previous: str
    width: float
    x: float


@dataclass(frozen=True, slots=True)
class Funnel:
    title: str
    desc: str
    stages: list[Stage]
    path: str
    height: int


def _funnel_path(shares: Sequence[float]) -> str:
    """A band whose thickness follows the stages, in a box 100 wide: along the top, back along the bottom."""
    middle, step = FUNNEL_HEIGHT / 2, 100 / max(1, len(shares))
    halves = [max(1.0, share * (middle - 2)) for share in shares]
    top, bottom = [f"M0 {middle - halves[0]:.4g}"], [f"L0 {middle + halves[0]:.4g}Z"]
    for i, (before, after) in enumerate(pairwise(halves), start=1):
        start, bend, end = (i - 0.4) * step, (i - 0.1) * step, (i + 0.25) * step
        up = (middle - before, middle - after)
        down = (middle + after, middle + before)
        top.append(f"L{start:.4g} {up[0]:.4g}C{bend:.4g} {up[0]:.4g} {bend:.4g} {up[1]:.4g} {end:.4g} {up[1]:.4g}")
        bottom.append(
            f"L{end:.4g} {down[0]:.4g}C{bend:.4g} {down[0]:.4g} {bend:.4g} {down[1]:.4g} {start:.4g} {down[1]:.4g}"
        )
    top.append(f"L100 {middle - halves[-1]:.4g}L100 {middle + halves[-1]:.4g}")
    return "".join(top + bottom[::-1])


def funnel(stages: Sequence[Mapping[str, Any]], title: str, fmt: str = "n", currency: str = "CNY") -> Funnel:
    """Stages `{name, value, sub?}`, each a part of the one before."""
    values = [max(Decimal(0), Decimal(str(s["value"]))) for s in stages]
    first = values[0] if values else Decimal(0)
    step = 100 / max(1, len(values))
    result = []
    for i, (stage, value) in enumerate(zip(stages, values, strict=True)):
        previous = values[i - 1] if i else value
        result.append(
            Stage(
                name=str(stage["name"]),
                value=exact(value, fmt, currency) if fmt != "money" else short(value, fmt, currency),
                sub=str(stage.get("sub", "")),
                of_first=text.percent(_share(value, first), 0),
                of_previous=text.percent(_share(value, previous), 0),
                width=round(float(_share(value, first)) * 100, 2),
                x=round(i * step, 3),
            )
        )
    desc = "; ".join(f"{s.name} {s.value}" for s in result)
    path = _funnel_path([s.width / 100 for s in result]) if result else ""
    return Funnel(title, desc, result, path, FUNNEL_HEIGHT)


@dataclass(frozen=True, slots=True)
class Meter:
    label: str
    percent: float
    said: str
    css: str
    height: int


def meter(value: Value, total: Value = 1, label: str = "", css: str = "", size: str = "") -> Meter:
    """How full: `value` of `total`, clamped to the bar; the spoken figure is the true one."""
    whole = Decimal(str(total))
    share = Decimal(str(value)) / whole if whole else Decimal(0)
    drawn = min(Decimal(1), max(Decimal(0), share))
    return Meter(label, round(float(drawn) * 100, 2), text.percent(share, 0), css, 5 if size == "small" else 8)
