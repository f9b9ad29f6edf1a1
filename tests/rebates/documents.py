"""Program documents of every kind the specification knows, with everything a form can say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rebates.engine.program import parse_program
from tests.rebates.random_vendors import conditions, days

NUMBERS = st.decimals(0, 1_000_000, places=2).map(str)
RATIOS = st.decimals(0, 3, places=4).map(str)
TEXTS = st.sampled_from(("gold", "East, West", "华东", "a;b", " padded ", "x\ny", "", "Road “50”"))
ODD_TESTS = st.builds(
    lambda field, op, value: {"field": field, "op": op, "value": [value, "gold"] if op.endswith("in") else value},
    st.sampled_from(("product.sku", "partner.region", "sale.attr.size, color")),
    st.sampled_from(("eq", "ne", "in", "not_in")),
    TEXTS,
)
CONDITIONS = conditions | ODD_TESTS | st.builds(lambda one, rest: {"all": [one, rest]}, ODD_TESTS, conditions)


@st.composite
def rows(
    draw: st.DrawFn, start: str, value: str, starts: st.SearchStrategy[str], values: st.SearchStrategy[str]
) -> Any:
    found = sorted({Decimal(one) for one in draw(st.lists(starts, min_size=1, max_size=4))})
    return [{start: str(one), value: draw(values)} for one in found]


def _calculations() -> st.SearchStrategy[dict[str, Any]]:
    rates = rows("from", "rate", NUMBERS, RATIOS)
    shares = rows("from", "rate", RATIOS, RATIOS)
    amounts = rows("from", "amount", NUMBERS, NUMBERS)
    pay_on = st.sampled_from(("all", "excess"))
    made = st.fixed_dictionaries
    one = st.just
    return st.one_of(
        made({"type": st.sampled_from(("marginal", "retroactive", "rolling", "total")), "bands": rates}),
        made({"type": one("per_unit"), "mode": st.sampled_from(("marginal", "retroactive")), "bands": amounts}),
        made({"type": one("milestone"), "bands": amounts}, optional={"cumulative": st.booleans()}),
        made(
            {
                "type": one("line_rate"),
                "rates": st.lists(made({"when": CONDITIONS, "rate": RATIOS}), min_size=1, max_size=3),
            }
        ),
        made(
            {
                "type": one("growth"),
                "baseline": st.sampled_from(("same_period_last_year", "previous_period")),
                "bands": shares,
            },
            optional={"pay_on": pay_on, "without_baseline": st.sampled_from(("exclude", "first_band"))},
        ),
        made({"type": one("target"), "bands": shares}, optional={"pay_on": pay_on}),
        made(
            {"type": one("target"), "rate": RATIOS, "curve": rows("attainment", "factor", RATIOS, RATIOS)},
            optional={"pay_on": pay_on},
        ),
        made(
            {"type": one("new_customer"), "amount": NUMBERS},
            optional={"cap_per_customer": NUMBERS, "min_first_order": NUMBERS},
        ),
        made(
            {"type": one("new_customer"), "rate": RATIOS, "window_days": st.integers(1, 400).map(str)},
            optional={"cap_per_customer": NUMBERS, "min_first_order": NUMBERS},
        ),
        made({"type": one("spiff"), "amount": NUMBERS}),
    )


QUALIFIERS = st.one_of(
    st.fixed_dictionaries({"type": st.just("min_measure"), "value": NUMBERS}),
    st.fixed_dictionaries({"type": st.just("mix"), "scope": CONDITIONS, "min_share": RATIOS}),
    st.fixed_dictionaries(
        {
            "type": st.just("distinct"),
            "field": st.sampled_from(("product.line", "sale.customer_code", "sale.attr.size")),
            "min": st.integers(1, 9).map(str),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("tier"),
            "in": st.lists(st.sampled_from(("gold", "silver", "a, b", "白金")), min_size=1, max_size=3, unique=True),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("certified_people"), "min": st.integers(1, 9).map(str)},
        optional={"certification": st.sampled_from(("Sales", "认证工程师"))},
    ),
    st.sampled_from(("agreement_signed", "no_overdue")).map(lambda kind: {"type": kind}),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that the engine accepts, in canonical form."""
    calculation = draw(_calculations())
    units = calculation["type"] in ("per_unit", "spiff")
    document: dict[str, Any] = {
        "code": "DOC-Q",
        "name": draw(st.sampled_from(({}, {"en": "Doc"}, {"en": "Doc", "zh-hans": "文件"}))),
        "currency": draw(st.sampled_from(("USD", "CNY", "JPY", "KWD"))),
        "period": draw(st.sampled_from(("month", "quarter", "half_year", "year"))),
        "scope": draw(CONDITIONS),
        "measure": "quantity" if units else draw(st.sampled_from(("net_amount", "quantity", "margin"))),
        "calculation": calculation,
        "qualifiers": draw(st.lists(QUALIFIERS, max_size=4)),
        "returns": draw(st.sampled_from(("restate", "at_sale_rate", "forward"))),
        "partner_as_of": draw(st.sampled_from(("sale", "period_end"))),
        "payout": {"form": draw(st.sampled_from(("cash", "credit_note", "free_goods")))},
        "valid_from": draw(st.none() | days.map(lambda day: day.isoformat())),
        "cap": draw(
            st.none() | st.fixed_dictionaries({}, optional={"per_period": NUMBERS, "program_total": NUMBERS})
        ),
        "minimum_payout": draw(
            st.none()
            | st.fixed_dictionaries({"amount": NUMBERS, "otherwise": st.sampled_from(("carry", "forfeit"))})
        ),
        "stacking": {
            "group": draw(st.sampled_from(("base", "DOC-Q", "季度"))),
            "rule": draw(st.sampled_from(("stack", "best", "priority"))),
            "priority": draw(st.integers(-3, 40)),
        },
    }  # fmt: skip
    if draw(st.booleans()) and _may_accumulate(document):
        document["accumulate"] = "year_to_date"
    return parse_program(document).to_json()


def _may_accumulate(document: dict[str, Any]) -> bool:
    """What can't go with a year to date."""
    calculation = document["calculation"]
    return (
        calculation["type"] not in ("line_rate", "spiff", "new_customer")
        and calculation.get("baseline") != "previous_period"
        and document["stacking"]["rule"] != "best"
    )
