"""Charts: what is drawn stands where the numbers say, and everything drawn can be read as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from prm.web import charts
from prm.web.charts.scale import label_classes, nice_step, scale_of

MIXED: dict[str, Any] = {
    "title": "Earnings & more",
    "desc": "Three months",
    "cats": ["Jan", "Feb", "Mar"],
    "series": [
        {"name": "Paid", "values": [Decimal(40), Decimal(-20), None]},
        {"name": "Owed", "values": [Decimal(20), Decimal(-10), Decimal(5)]},
    ],
    "fmt": "money",
    "currency": "CNY",
}


def render(source: str, **context: Any) -> str:
    with override("en"):
        return Template(source).render(Context(context))


@pytest.mark.parametrize(("span", "step"), [(1, 0.25), (4, 1), (100, 25), (0.07, 0.02), (9_999, 2_500), (101, 50)])
def test_steps_are_round(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_the_scale_holds_everything_and_zero() -> None:
    scale = scale_of([Decimal(35), Decimal(-12)], 200)
    assert scale.low <= -12
    assert scale.high >= 35
    assert 0 in scale.ticks
    assert scale.y(scale.high) == 0
    assert scale.y(scale.low) == 200
    assert scale_of([], 100).ticks == (0.0, 1.0)
    assert scale_of([0, 0], 100).zero == 100


def test_stacked_bars_rise_and_hang_from_zero() -> None:
    chart = charts.bar_chart({**MIXED, "stacked": True})
    zero = chart.scale.zero
    first, second, third, fourth, fifth = chart.bars
    # Jan: 40 on zero, 20 on top of it.
    assert first.y + first.height == pytest.approx(zero, abs=1.01)
    assert second.y + second.height == pytest.approx(first.y, abs=1.01)
    # Feb: both hang, the second below the first.
    assert third.y == pytest.approx(zero)
    assert fourth.y == pytest.approx(chart.scale.y(-20))
    # Mar: the missing value leaves no bar.
    assert fifth.css == "c2"
    assert len(chart.bars) == 5


def test_heights_are_in_proportion() -> None:
    data = {"title": "t", "cats": ["a", "b"], "series": [{"name": "s", "values": [50, 100]}]}
    small, large = charts.bar_chart(data).bars
    assert (large.height + 1) / (small.height + 1) == pytest.approx(2, rel=0.01)


def test_grouped_bars_stand_side_by_side() -> None:
    bars = charts.bar_chart(MIXED).bars
    assert bars[0].x + bars[0].width <= bars[1].x
    assert bars[2].y == pytest.approx(charts.bar_chart(MIXED).scale.zero)


def test_a_short_series_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 values for 3 categories"):
        charts.bar_chart({"title": "t", "cats": ["a", "b", "c"], "series": [{"name": "s", "values": [1, 2]}]})


@pytest.mark.parametrize("tag", ["bar_chart", "line_chart"])
def test_everything_drawn_can_be_read(tag: str) -> None:
    html = render(f"{{% {tag} data %}}", data=MIXED)
    assert 'role="img"' in html
    assert "<title>Earnings &amp; more</title>" in html
    assert "<desc>Three months</desc>" in html
    assert "View as table" in html
    for said in ("Jan", "Feb", "Mar", "Paid", "Owed", "¥40.00", "-¥20.00", "¥5.00", "—"):
        assert said in html
    assert "style=" not in html


def test_no_figures_is_said() -> None:
    html = render("{% bar_chart data %}", data={"title": "t", "cats": [], "series": []})
    assert "No figures yet" in html
    assert "<svg role" not in html


def test_coordinates_do_not_follow_the_language() -> None:
    with override("zh-hans"):
        html = Template("{% bar_chart data %}").render(Context({"data": {**MIXED, "cats": ["1月", "2月", "3月"]}}))
    assert 'height="246"' in html


def test_a_curve_goes_through_its_points_and_breaks_at_a_gap() -> None:
    data = {"title": "t", "cats": list("abcd"), "series": [{"name": "s", "values": [1, 2, None, 4]}]}
    curve = charts.line_chart(data).curves[0]
    assert len(curve.paths) == 2
    assert len(curve.dots) == 3
    assert curve.dots[0] == (12.5, 165.0)
    assert curve.paths[0].startswith("M12.5 165")


def test_a_monotone_curve_never_overshoots() -> None:
    spark = charts.sparkline([0, 0, 10, 10])
    heights = [float(number) for number in spark.path.replace("M", " ").replace("C", " ").split()[1::2]]
    assert min(heights) >= 2
    assert max(heights) <= 30


@pytest.mark.parametrize("values", [[], [5], [3, 3, 3], [-1, -5], [Decimal("1.5"), 2]])
def test_sparklines_of_any_data(values: list[Any]) -> None:
    spark = charts.sparkline(values)
    assert spark.path.startswith("M")
    assert "nan" not in spark.path


def test_donut_shares_add_up_and_negative_parts_are_only_listed() -> None:
    made = charts.donut(
        [{"name": "a", "value": 75}, {"name": "b", "value": 25}, {"name": "c", "value": -10}], "t", fmt="money"
    )
    assert [p.share for p in made.parts] == ["75%", "25%", ""]
    assert [p.drawn for p in made.parts] == [True, True, False]
    assert made.parts[1].offset == -75
    assert "-¥10.00" in made.desc
    assert charts.donut([{"name": "a", "value": 0}], "t").parts[0].share == "0%"


def test_funnel_shares() -> None:
    stages = [{"name": "a", "value": 200}, {"name": "b", "value": 100}, {"name": "c", "value": 25}]
    made = charts.funnel(stages, "t")
    assert [(s.of_first, s.of_previous) for s in made.stages] == [("100%", "100%"), ("50%", "50%"), ("13%", "25%")]
    assert made.path.endswith("Z")
    assert charts.funnel([], "t").stages == []


@pytest.mark.parametrize(
    ("value", "total", "drawn", "said"),
    [(72, 100, 72.0, "72%"), (118, 100, 100.0, "118%"), (-5, 100, 0.0, "-5%"), (1, 0, 0.0, "0%")],
)
def test_meter_is_clamped_but_tells_the_truth(value: int, total: int, drawn: float, said: str) -> None:
    made = charts.meter(value, total)
    assert (made.percent, made.said) == (drawn, said)


BANDS = [
    {"start": Decimal(500), "label": "2%", "name": "Silver"},
    {"start": Decimal(2000), "label": "3.5%", "name": "Gold"},
    {"start": Decimal(4000), "label": "5%", "name": "Platinum"},
]


@pytest.mark.parametrize(
    ("value", "standing", "following", "missing"),
    [
        ("0", "0%", "2%", "¥500.00"),
        ("499.99", "0%", "2%", "¥0.01"),
        ("500", "2%", "3.5%", "¥1,500.00"),
        ("2860.40", "3.5%", "5%", "¥1,139.60"),
        ("4000", "5%", None, ""),
        ("-10", "0%", "2%", "¥510.00"),
    ],
)
def test_where_a_partner_stands(value: str, standing: str, following: str | None, missing: str) -> None:
    ladder = charts.band_ladder(BANDS, Decimal(value))
    assert ladder.current is not None
    assert ladder.current.label == standing
    assert (ladder.next.label if ladder.next else None) == following
    assert ladder.missing == missing
    assert sum(rung.current for rung in ladder.rungs) == 1


def test_rungs_fill_in_proportion() -> None:
    ladder = charts.band_ladder(BANDS, Decimal(1250))
    assert [rung.filled for rung in ladder.rungs] == [100.0, 50.0, 0.0, 0.0]


def test_bands_must_rise() -> None:
    with pytest.raises(ValueError, match="rising"):
        charts.band_ladder([BANDS[1], BANDS[0]], 1)


def test_the_ladder_says_it_in_words() -> None:
    html = render('{% band_ladder bands value gain="It would add ¥42.00." %}', bands=BANDS, value=Decimal("2860.40"))
    assert "¥1,139.60 more to reach 5%" in html
    assert "It would add ¥42.00." in html
    assert html.count('aria-current="step"') == 1
    assert "highest band" in render("{% band_ladder bands value %}", bands=BANDS, value=9000)


def test_labels_give_way_where_they_would_run_into_each_other() -> None:
    assert label_classes(["Jan", "Feb", "Mar"]) == ["", "", ""]
    assert label_classes([]) == []
    assert "label-never" not in label_classes([*["Nov", "Dec", "Jan 26"], *["Feb"] * 10])
    quarters = label_classes([f"2026-Q{n % 4 + 1}" for n in range(6)])
    assert quarters == ["label-even", "", "label-even", "", "label-even", ""]
    months = label_classes([f"{n}月" for n in range(1, 13)])
    assert months[-1] == ""
    assert "label-never" not in months
    days = label_classes([f"2026-06-{n:02}" for n in range(1, 31)])
    assert days[-1] == ""
    assert days.count("label-never") > 15
