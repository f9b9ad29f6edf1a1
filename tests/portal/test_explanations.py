# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Every cent explained: each step, requirement and reason has its text, and the amounts shown add up to the payout."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.payout_sentence import payout_sentence
from portal.shared.qualifier_text import NAMES, TEXTS
from portal.shared.step_text import STEPS
from portal.shared.traces import told
from portal.shared.wording import REASONS, reason_text
from prm.testing.make import Cast
from prm.web.charts import waterfall
from rebates.discretion import VEIL
from rebates.engine import calculations
from rebates.engine.calculations import Aggregate, Customer, Standing
from rebates.engine.evaluate import finished, granted, qualified
from rebates.engine.explain import trace_of
from rebates.engine.program import parse_program
from rebates.engine.qualifiers import QUALIFIERS
from rebates.models import Accrual
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World, definition

BANDS = [{"from": "0", "rate": "0.02"}, {"from": "50000", "rate": "0.04"}]
STARTED = [{"from": "500000", "rate": "0.02"}]
CALCULATIONS: list[dict[str, Any]] = [
    {"type": "marginal", "bands": BANDS},
    {"type": "retroactive", "bands": BANDS},
    {"type": "rolling", "bands": BANDS},
    {"type": "total", "bands": BANDS},
    {"type": "milestone", "bands": [{"from": "100", "amount": "10"}, {"from": "1000", "amount": "50"}], "cumulative": True},
    {"type": "line_rate", "rates": [{"when": {"field": "product.line", "op": "eq", "value": "Road"}, "rate": "0.03"}, {"when": {}, "rate": "0.01"}]},
    {"type": "growth", "baseline": "previous_period", "bands": [{"from": "0", "rate": "0.01"}, {"from": "0.5", "rate": "0.03"}], "without_baseline": "first_band"},
    {"type": "target", "bands": [{"from": "0.8", "rate": "0.01"}, {"from": "1", "rate": "0.02"}]},
    {"type": "target", "rate": "0.02", "curve": [{"attainment": "0.5", "factor": "0.3"}, {"attainment": "1.1", "factor": "1"}]},
    {"type": "new_customer", "rate": "0.05", "window_days": "365"},
    {"type": "spiff", "amount": "12.5"},
]  # fmt: skip
CHECKS: list[dict[str, Any]] = [
    {"type": "min_measure", "value": "1000"},
    {"type": "mix", "scope": {"field": "product.line", "op": "eq", "value": "Road"}, "min_share": "0.3"},
    {"type": "distinct", "field": "product.sku", "min": "3"},
    {"type": "tier", "in": ["gold"]},
    {"type": "certified_people", "min": "2"},
    {"type": "agreement_signed"},
    {"type": "no_overdue"},
]
money = st.decimals("-2000", "200000", places=4)


@st.composite
def explained(draw: st.DrawFn) -> dict[str, Any]:
    calculation = draw(st.sampled_from(CALCULATIONS))
    document = definition(calculation=calculation, qualifiers=draw(st.lists(st.sampled_from(CHECKS), max_size=3)))
    if calculation["type"] == "spiff":
        document["measure"] = "quantity"
    if draw(st.booleans()):
        document["cap"] = {"per_period": draw(st.sampled_from(("10", "500.005", "900")))}
    program, measure = parse_program(document), draw(money)
    customers = tuple(
        Customer(f"C{number}", draw(money), draw(st.booleans()), draw(money), draw(money))
        for number in range(draw(st.integers(0, 25)))
    )
    share = draw(st.decimals("0", "1", places=3))
    aggregate = Aggregate(
        measure, 3, (measure * share, measure - measure * share), (measure * share,) * 3, (draw(st.integers(0, 4)),) * 3,
        draw(st.none() | money), draw(st.none() | st.decimals("1", "100000", places=2)), customers,
        Standing(draw(st.sampled_from((None, "gold"))), {"": draw(st.integers(0, 3))}, draw(st.booleans()), draw(st.booleans())),
    )  # fmt: skip
    lost = draw(st.sampled_from(("", "", "best OTHER", "no_rate")))
    payout = finished(program, qualified(program, aggregate), lost_to=lost)
    return trace_of(program, aggregate, payout).to_json()


@settings(deadline=None, max_examples=400)
@given(explained())
def test_the_steps_of_any_program_add_up_to_the_payout_and_can_be_told(explanation: dict[str, Any]) -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found = told(explanation)
            assert found is not None
            assert sum((row.amount for row in found.rows), Decimal(0)) == Decimal(explanation["payout"])
            assert all(row.text for row in found.rows)
            assert found.sentence
            assert "%(" not in found.sentence + "".join(row.text for row in found.rows)
            assert len(found.checks) == len(explanation["qualifiers"])


def test_every_kind_of_step_qualifier_and_reason_has_a_text() -> None:
    engine = Path(calculations.__file__).parent.parent
    source = "".join(path.read_text() for path in engine.rglob("*.py"))
    kinds = set(re.findall(r'Step\(\s*"(\w+)"', source)) | {"growth", "growth_without_baseline"}
    assert kinds | {VEIL} == set(STEPS)
    assert set(QUALIFIERS) == set(TEXTS) == set(NAMES)
    reasons = set(re.findall(r'Earned\(ZERO, "(\w+)"|else "(\w+)"\)', source))
    assert {one for pair in reasons for one in pair if one} <= set(REASONS)


@pytest.mark.parametrize(
    ("calculation", "measure", "english", "chinese"),
    [
        (CALCULATIONS[0], "62000", "You sold $62,000.00 that count here; the first $50,000.00 earn 2% and the rest 4%: $1,480.00.", "您有 US$62,000.00 的销售计入本政策；前 US$50,000.00 返 2%，其余返 4%：US$1,480.00。"),
        ({"type": "marginal", "bands": STARTED}, "320000", "No rebate: $180,000.00 of the $500,000.00 needed are still missing.", "没有返利：还差 US$180,000.00 才达到所需的 US$500,000.00。"),
        (CALCULATIONS[7], "10", "No rebate: No target is set for this period.", None),
    ],
)  # fmt: skip
def test_a_payout_is_one_sentence(calculation: dict[str, Any], measure: str, english: str, chinese: str | None) -> None:
    explanation = trace_of(parse_program(definition(calculation=calculation)), Aggregate(Decimal(measure), 1)).to_json()
    with translation.override("en"):
        assert payout_sentence(explanation) == english
    if chinese:
        with translation.override("zh-hans"):
            assert payout_sentence(explanation) == chinese


def test_a_requirement_that_fails_says_what_is_missing() -> None:
    program = parse_program(definition(qualifiers=CHECKS))
    explanation = trace_of(program, Aggregate(Decimal(400), 1, mixes=(Decimal(20),), distinct=(1,))).to_json()
    with translation.override("en"):
        found = told(explanation)
        assert found is not None
        assert found.sentence == "No rebate: $600.00 of the $1,000.00 needed are still missing."
        assert [(check.holds, check.text) for check in found.checks] == [
            (False, "$600.00 of the $1,000.00 needed are still missing."),
            (False, "The products asked for must make up 30% of all ($120.00); $100.00 are still missing."),
            (False, "1 of the 3 different products needed."),
            (False, "The tier at the end of the period is none; needed is gold."),
            (False, "0 of the 2 certified people needed."),
            (False, "The agreement is not signed."),
            (True, "No invoice is overdue."),
        ]
        assert [row.amount for row in found.rows] == [Decimal(8), Decimal(-8)]
        assert reason_text("qualifier tier; clawback").startswith("A requirement is not met: Tier.")


def test_nothing_because_the_budget_is_used_up_or_the_year_has_earned_it_already() -> None:
    program = parse_program(definition(cap={"program_total": "100"}))
    aggregate = Aggregate(Decimal(2000), 1)
    spent = granted(program, finished(program, qualified(program, aggregate)), Decimal(0))
    with translation.override("en"):
        said = payout_sentence(trace_of(program, aggregate, spent).to_json())
        assert said == "No rebate: The program's budget is used up; $40.00 would have been due."
    once = {"type": "milestone", "bands": [{"from": "1000", "amount": "50"}]}
    program = parse_program(definition(calculation=once, accumulate="year_to_date"))
    earned = finished(program, qualified(program, aggregate), earlier=Decimal(50))
    with translation.override("en"):
        said = payout_sentence(trace_of(program, aggregate, earned).to_json())
        assert said == "No rebate: Earlier periods of the year have earned the $50.00 that the year comes to so far."
    with translation.override("zh-hans"):
        said = payout_sentence(trace_of(program, aggregate, earned).to_json())
        assert said == "没有返利：本年至今应得的 US$50.00 已在之前各期计发。"


def test_bars_of_a_waterfall_start_where_the_one_before_ended() -> None:
    bars, total = waterfall([Decimal(60), Decimal(40), Decimal(-50)])
    assert [(bar.x, bar.width, bar.css) for bar in bars] == [
        (0.0, 60.0, "fall-up"), (60.0, 40.0, "fall-up"), (50.0, 50.0, "fall-down"),
    ]  # fmt: skip
    assert (total.x, total.width, total.css) == (0.0, 50.0, "fall-sum")


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_finance_opens_the_explanation_beside_the_list_and_follows_the_winner(cast: Cast) -> None:
    vendor = Vendor(cast, World(cast.tenant))
    best = {"group": "G", "rule": "best"}
    with vendor.inside():
        vendor.world.published("HIGH", stacking=best)
        vendor.world.published("LOW", stacking=best, calculation={"type": "retroactive", "bands": [{"rate": "0.01"}]})
        vendor.world.sale("P-1", "2026-10-05", "62000", external_id="S1")
        vendor.world.update()
        low = Accrual.objects.get(version__program__code="LOW")
        high = Accrual.objects.get(version__program__code="HIGH")
    listed = text_of(get(vendor.finance, "finance:accruals"))
    assert f'hx-get="/f/accruals/{low.pk}/why/"' in listed
    assert 'data-dialog-open="why"' in listed
    why = text_of(get(vendor.finance, "finance:accrual_why", low.pk))
    assert f'<a href="/f/accruals/{high.pk}/">Program HIGH pays more, so this one pays nothing.</a>' in why
    assert '<td class="number">620</td>' in why
    assert '<td class="number tone-bad">-620</td>' in why
    why = text_of(get(vendor.finance, "finance:accrual_why", high.pk))
    assert "the first $50,000.00 earn 2% and the rest 4%: $1,480.00." in why
    assert "S1" in why
