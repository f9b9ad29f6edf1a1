"""Line and area charts, and the sparkline: monotone curves that never swing past the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .scale import HEIGHTS, Category, Scale, Tick, Value, categories, gutter, scale_of, ticks_of

if TYPE_CHECKING:
    from .bars import Series

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A path per unbroken run of values, in a box 100 wide; `dots` for the outer, unstretched svg."""

    css: str
    paths: list[str]
    areas: list[str]
    dots: list[Point]


@dataclass(frozen=True, slots=True)
class LineChart:
    title: str
    desc: str
    height: int
    scale: Scale
    ticks: list[Tick]
    gutter: int
    cats: list[Category]
    curves: list[Curve]
    area: bool
    series: list[Series]
    legend: list[tuple[str, str, bool]]
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Sparkline:
    path: str
    area: str
    height: int
    css: str


def _slopes(points: Sequence[Point]) -> list[float]:
    """Tangents of a monotone cubic (Fritsch–Carlson, harmonic mean)."""
    steps = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(steps)]
    return [steps[0], *inner, steps[-1]]


def smooth(points: Sequence[Point]) -> str:
    """An SVG path through the points."""
    if not points:
        return ""
    if len(points) == 1:
        return f"M{points[0][0]:g} {points[0][1]:g}h0"
    slopes = _slopes(points)
    parts = [f"M{points[0][0]:.5g} {points[0][1]:.5g}"]
    for i, (a, b) in enumerate(pairwise(points)):
        third = (b[0] - a[0]) / 3
        c1 = (a[0] + third, a[1] + slopes[i] * third)
        c2 = (b[0] - third, b[1] - slopes[i + 1] * third)
        parts.append(f"C{c1[0]:.5g} {c1[1]:.5g} {c2[0]:.5g} {c2[1]:.5g} {b[0]:.5g} {b[1]:.5g}")
    return "".join(parts)


def _runs(values: Sequence[Value | None], scale: Scale) -> list[list[Point]]:
    band = 100 / max(1, len(values))
    runs: list[list[Point]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((round((i + 0.5) * band, 3), scale.y(value)))
    return [run for run in runs if run]


def curve(values: Sequence[Value | None], scale: Scale, css: str) -> Curve:
    """The curve of one series; None leaves a gap."""
    runs = _runs(values, scale)
    paths = [smooth(run) for run in runs]
    areas = [
        f"{path}L{run[-1][0]:.5g} {scale.zero:.5g}L{run[0][0]:.5g} {scale.zero:.5g}Z"
        for run, path in zip(runs, paths, strict=True)
        if len(run) > 1
    ]
    return Curve(css, paths, areas, [point for run in runs for point in run])


def polyline(points: Sequence[tuple[Value, Value]], values: Sequence[Value | None], scale: Scale, css: str) -> Curve:
    """Straight from point to point, (place among the values, value) each: two points at one place are a step."""
    band = 100 / max(1, len(values))
    drawn = [(round((float(place) + 0.5) * band, 3), scale.y(value)) for place, value in points]
    path = "M" + "L".join(f"{x:.5g} {y:.5g}" for x, y in drawn)
    area = f"{path}L{drawn[-1][0]:.5g} {scale.zero:.5g}L{drawn[0][0]:.5g} {scale.zero:.5g}Z"
    return Curve(css, [path], [area], [point for run in _runs(values, scale) for point in run])


def line_chart(data: Mapping[str, Any], size: str = "md") -> LineChart:
    """Geometry of the same dict as `bar_chart` (without `line` and `stacked`); `area` fills below a curve.

    A series with a `line` of points is drawn straight through these; the others are smooth through their values.
    """
    from .bars import read_series

    fmt, currency = data.get("fmt", "n"), data.get("currency", "CNY")
    labels = [str(c) for c in data["cats"]]
    series = read_series(data["series"], len(labels), fmt, currency)
    lines = [one.get("line") for one in data["series"]]
    drawn = [float(value) for line in lines for _place, value in line or ()]
    scale = scale_of([*drawn, *(v for s in series for v in s.values if v is not None)], HEIGHTS[size])
    ticks = ticks_of(scale, fmt, currency)
    return LineChart(
        title=str(data["title"]),
        desc=str(data.get("desc", "")),
        height=scale.height,
        scale=scale,
        ticks=ticks,
        gutter=gutter(ticks),
        cats=categories(labels, [(s.name, s.values) for s in series], fmt, currency),
        curves=[
            polyline(line, s.values, scale, s.css) if line else curve(s.values, scale, s.css)
            for s, line in zip(series, lines, strict=True)
        ],
        area=bool(data.get("area")),
        series=series,
        legend=[(s.name, s.css, True) for s in series],
        rows=[(label, [s.cells[i] for s in series]) for i, label in enumerate(labels)],
    )


def sparkline(values: Sequence[Value], css: str = "c1", height: int = 32) -> Sparkline:
    """A curve without axes, over its own range. `css` is c1 to c6, or ink (also: wallet) on the dark card."""
    css = "ink" if css == "wallet" else css
    numbers = [float(v) for v in values] or [0.0]
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    room = height - 4
    last = max(1, len(numbers) - 1)
    flat = high == low
    points = [(i / last * 100, height / 2 if flat else 2 + (high - v) / span * room) for i, v in enumerate(numbers)]
    if len(points) == 1:
        points.append((100.0, points[0][1]))
    path = smooth(points)
    return Sparkline(path, f"{path}L100 {height}L0 {height}Z", height, css)
