"""Chart tags. The data contracts are in prm/web/charts; usage is in prm/web/README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from prm.web import charts
from prm.web.charts.scale import Value

register = template.Library()


@register.inclusion_tag("components/charts/bar.html")
def bar_chart(data: Mapping[str, Any], size: str = "md") -> dict[str, Any]:
    return {"chart": charts.bar_chart(data, size)}


@register.inclusion_tag("components/charts/line.html")
def line_chart(data: Mapping[str, Any], size: str = "md") -> dict[str, Any]:
    return {"chart": charts.line_chart(data, size)}


@register.inclusion_tag("components/charts/sparkline.html")
def sparkline(values: Sequence[Value], css: str = "c1", height: int = 32) -> dict[str, Any]:
    return {"spark": charts.sparkline(values, css, height)}


@register.inclusion_tag("components/charts/donut.html")
def donut(  # noqa: PLR0917 - templates pass them by place
    parts: Sequence[Mapping[str, Any]],
    title: str,
    centre: str = "",
    sub: str = "",
    fmt: str = "n",
    currency: str = "CNY",
) -> dict[str, Any]:
    return {"chart": charts.donut(parts, title, centre=centre, sub=sub, fmt=fmt, currency=currency)}


@register.inclusion_tag("components/charts/funnel.html")
def funnel(stages: Sequence[Mapping[str, Any]], title: str, fmt: str = "n", currency: str = "CNY") -> dict[str, Any]:
    return {"chart": charts.funnel(stages, title, fmt, currency)}


@register.inclusion_tag("components/charts/meter.html")
def meter(value: Value, total: Value = 1, label: str = "", css: str = "", size: str = "") -> dict[str, Any]:
    return {"meter": charts.meter(value, total, label, css, size)}


@register.inclusion_tag("components/charts/ladder.html")
def band_ladder(  # noqa: PLR0917 - templates pass them by place
    bands: Sequence[Mapping[str, Any]],
    value: Value,
    fmt: str = "money",
    currency: str = "CNY",
    base: str = "",
    gain: str = "",
    sentence: str = "",
) -> dict[str, Any]:
    """`gain` says what the next band would add; `sentence` replaces the "… more to …" line."""
    return {"ladder": charts.band_ladder(bands, value, fmt, currency, base), "gain": gain, "sentence": sentence}
