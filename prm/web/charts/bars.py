"""Bar charts: stacked or grouped, with an optional line over them; negative values hang below zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .lines import Curve, curve
from .scale import HEIGHTS, Category, Scale, Tick, Value, categories, exact, gutter, scale_of, ticks_of

BAR_SHARE = 0.62
BAR_MAX = 9.0


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    y: float
    height: float
    css: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    css: str
    values: list[Value | None]
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BarChart:
    title: str
    desc: str
    height: int
    scale: Scale
    ticks: list[Tick]
    gutter: int
    cats: list[Category]
    bars: list[Bar]
    line: Curve | None
    series: list[Series]
    legend: list[tuple[str, str, bool]]
    rows: list[tuple[str, list[str]]]
    totals: bool


def read_series(raw: list[Mapping[str, Any]], count: int, fmt: str, currency: str) -> list[Series]:
    """Series with a colour each; a series shorter than the categories raises `ValueError`."""
    result = []
    for i, item in enumerate(raw):
        values = list(item["values"])
        if len(values) != count:
            raise ValueError(f"series {item['name']!r} has {len(values)} values for {count} categories")
        css = item.get("cls") or f"c{i % 6 + 1}"
        result.append(Series(str(item["name"]), css, values, [exact(v, fmt, currency) for v in values]))
    return result


def _stacked(series: list[Series], count: int, scale: Scale, band: float) -> list[Bar]:
    width = min(BAR_SHARE * band, BAR_MAX)
    bars = []
    for i in range(count):
        up = down = 0.0
        for item in series:
            value = float(item.values[i] or 0)
            if not value:
                continue
            base = up if value > 0 else down
            top, bottom = scale.y(max(base, base + value)), scale.y(min(base, base + value))
            # One pixel of the surface between the parts of a stack.
            left = round((i + 0.5) * band - width / 2, 3)
            bars.append(Bar(left, round(width, 3), top, max(1.0, bottom - top - 1), item.css))
            up, down = (up + value, down) if value > 0 else (up, down + value)
    return bars


def _grouped(series: list[Series], count: int, scale: Scale, band: float) -> list[Bar]:
    width = min(BAR_SHARE * band / max(1, len(series)), BAR_MAX)
    bars = []
    for i in range(count):
        left = (i + 0.5) * band - width * len(series) / 2
        for j, item in enumerate(series):
            value = float(item.values[i] or 0)
            if value:
                top, bottom = scale.y(max(0.0, value)), scale.y(min(0.0, value))
                x = round(left + j * width, 3)
                bars.append(Bar(x, round(width * 0.9, 3), top, max(1.0, bottom - top), item.css))
    return bars


def _extent(series: list[Series], count: int, stacked: bool) -> list[float]:
    if not stacked:
        return [float(v) for item in series for v in item.values if v is not None]
    reach = []
    for i in range(count):
        values = [float(item.values[i] or 0) for item in series]
        reach += [sum(v for v in values if v > 0), sum(v for v in values if v < 0)]
    return reach


def bar_chart(data: Mapping[str, Any], size: str = "md") -> BarChart:
    """Geometry of `dict(title, desc, cats, series, stacked, line, fmt, currency)`.

    `series` are `{name, values, cls?}`, `line` is one more such drawn over the bars, `cats` the labels across; the
    table and the tooltips say `names` in their place, if given.
    `fmt` is money, pct (ratios) or n; values are numbers of any sign, None for "not known".
    """
    fmt, currency = data.get("fmt", "n"), data.get("currency", "CNY")
    labels = [str(c) for c in data["cats"]]
    names = [str(c) for c in data.get("names", labels)]
    series = read_series(data["series"], len(labels), fmt, currency)
    over = read_series([data["line"]], len(labels), fmt, currency)[0] if data.get("line") else None
    stacked = bool(data.get("stacked")) or len(series) == 1
    reach = _extent(series, len(labels), stacked) + [float(v) for v in (over.values if over else []) if v is not None]
    scale = scale_of(reach, HEIGHTS[size])
    band = 100 / max(1, len(labels))
    ticks = ticks_of(scale, fmt, currency)
    named = series + ([over] if over else [])
    return BarChart(
        title=str(data["title"]),
        desc=str(data.get("desc", "")),
        height=scale.height,
        scale=scale,
        ticks=ticks,
        gutter=gutter(ticks),
        cats=categories(labels, [(s.name, s.values) for s in named], fmt, currency, names),
        bars=(_stacked if stacked else _grouped)(series, len(labels), scale, band),
        line=curve(over.values, scale, over.css) if over else None,
        series=named,
        legend=[(s.name, s.css, s is over) for s in named],
        rows=[(name, [s.cells[i] for s in named]) for i, name in enumerate(names)],
        totals=stacked and len(series) > 1,
    )
