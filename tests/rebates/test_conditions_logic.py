# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Two-valued logic of conditions, in Python and in SQL, missing values included."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebates.engine.conditions import Cell, Condition, matches, parse_condition
from rebates.engine.reading import Node
from rebates.sql.conditions import Columns, compile_where
from rebates.sql.parameters import Parameters
from tests.rebates.random_vendors import conditions

pytestmark = pytest.mark.django_db

TEXTS = {
    "product.sku": "p.sku", "product.line": "p.line", "product.category": "p.category", "product.brand": "p.brand",
    "partner.code": "q.code", "partner.type": "q.type", "partner.region": "q.region", "partner.country": "q.country",
    "sale.channel": "s.channel", "sale.currency": "s.currency", "sale.customer_code": "s.customer_code",
    "sale.customer_segment": "s.customer_segment", "sale.customer_industry": "s.customer_industry",
}  # fmt: skip


def condition(document: Any) -> Condition:
    return parse_condition(Node(document))


def sql_matches(found: Condition, row: dict[str, Any]) -> bool:
    """The compiled condition over one row given as constants."""
    p = Parameters()
    where = compile_where(found, Columns(), p)
    sources = {
        room: [
            f"{p(row.get(name) or '', 'text')} AS {column[2:]}" for name, column in TEXTS.items() if column[0] == room
        ]
        for room in "pqs"
    }
    tags = row.get("partner.tags") or ()
    sources["q"].append(f"{p(list(tags), 'text[]')} AS tags")
    for name, cast in (("quantity", "numeric"), ("net_amount", "numeric"), ("days_to_pay", "integer")):
        sources["s"].append(f"{p(row.get(f'sale.{name}'), cast)} AS {name}")
    sources["s"].append(f"{p('D1' if row.get('sale.deal_registered') else '', 'text')} AS deal_ref")
    attrs = {
        name.removeprefix("sale.attr."): value for name, value in row.items() if name.startswith("sale.attr.") and value
    }
    sources["s"].append(f"{p(json.dumps(attrs), 'jsonb')} AS attrs")
    tables = ", ".join(f"(SELECT {', '.join(columns)}) {room}" for room, columns in sources.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {where} FROM {tables}, (SELECT {p(row.get('partner.tier'), 'text')} AS tier) t", p.values
        )
        [(result,)] = cursor.fetchall()
    assert isinstance(result, bool)
    return result


EXAMPLES: list[tuple[Any, dict[str, Cell], bool]] = [
    ({}, {}, True),
    ({"all": []}, {}, True),
    ({"any": []}, {}, False),
    ({"not": {}}, {}, False),
    ({"field": "product.line", "op": "eq", "value": "Road"}, {"product.line": "Road"}, True),
    ({"field": "product.line", "op": "eq", "value": "road"}, {"product.line": "Road"}, False),
    ({"field": "product.line", "op": "eq", "value": "Road"}, {}, False),
    ({"not": {"field": "product.line", "op": "eq", "value": "Road"}}, {}, True),
    ({"field": "product.line", "op": "ne", "value": "Road"}, {}, True),
    ({"field": "product.line", "op": "ne", "value": "Road"}, {"product.line": "Road"}, False),
    ({"field": "product.line", "op": "eq", "value": ""}, {}, False),
    ({"field": "product.line", "op": "ne", "value": ""}, {"product.line": "Road"}, True),
    ({"field": "product.line", "op": "in", "value": ["Road", ""]}, {}, False),
    ({"field": "product.line", "op": "not_in", "value": ["Road"]}, {}, True),
    ({"field": "product.line", "op": "not_in", "value": ["Road"]}, {"product.line": "Road"}, False),
    ({"field": "product.line", "op": "is_null", "value": True}, {}, True),
    ({"field": "product.line", "op": "is_null", "value": False}, {}, False),
    ({"field": "partner.tier", "op": "ne", "value": "gold"}, {}, True),
    ({"field": "partner.tier", "op": "eq", "value": "gold"}, {}, False),
    ({"field": "partner.tags", "op": "contains", "value": "key"}, {"partner.tags": ("key", "b")}, True),
    ({"field": "partner.tags", "op": "contains", "value": "ke"}, {"partner.tags": ("key",)}, False),
    ({"field": "partner.tags", "op": "contains", "value": "key"}, {}, False),
    ({"field": "partner.tags", "op": "is_null", "value": True}, {"partner.tags": ()}, True),
    ({"field": "sale.days_to_pay", "op": "lte", "value": "30.0"}, {"sale.days_to_pay": Decimal(30)}, True),
    ({"field": "sale.days_to_pay", "op": "lte", "value": 30}, {}, False),
    ({"not": {"field": "sale.days_to_pay", "op": "lte", "value": 30}}, {}, True),
    ({"field": "sale.days_to_pay", "op": "between", "value": [30, 30]}, {"sale.days_to_pay": Decimal(30)}, True),
    ({"field": "sale.quantity", "op": "in", "value": ["30.0", 7]}, {"sale.quantity": Decimal(30)}, True),
    ({"field": "sale.quantity", "op": "gt", "value": "29.999999"}, {"sale.quantity": Decimal(30)}, True),
    ({"field": "sale.deal_registered", "op": "eq", "value": False}, {"sale.deal_registered": False}, True),
    ({"field": "sale.deal_registered", "op": "is_null", "value": True}, {"sale.deal_registered": False}, False),
    ({"field": "sale.attr.size", "op": "gte", "value": 10}, {"sale.attr.size": "12"}, True),
    ({"field": "sale.attr.size", "op": "gte", "value": 10}, {"sale.attr.size": "XL"}, False),
    ({"field": "sale.attr.size", "op": "lt", "value": 10}, {"sale.attr.size": "1e0"}, False),
    ({"field": "sale.attr.size", "op": "eq", "value": "12"}, {"sale.attr.size": "12.0"}, False),
    ({"field": "sale.attr.size", "op": "is_null", "value": True}, {}, True),
    ({"field": "sale.attr.it's %s", "op": "eq", "value": "'; DROP TABLE x; --"}, {"sale.attr.it's %s": "'; DROP TABLE x; --"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("document", "row", "expected"), EXAMPLES)
def test_examples(document: Any, row: dict[str, Cell], expected: bool) -> None:
    found = condition(document)
    assert matches(found, row.get) is expected
    assert sql_matches(found, row) is expected


texts = st.sampled_from(("", "Road", "gold", "Europe", "EUR", "web", "30", "VAR", "P0", "S0"))
rows = st.fixed_dictionaries(
    dict.fromkeys(TEXTS, texts)
    | {
        "partner.tier": st.none() | st.sampled_from(("gold", "silver")),
        "partner.tags": st.sampled_from(((), ("a",), ("a", "b"), ("",))),
        "sale.quantity": st.integers(-3, 40).map(Decimal),
        "sale.net_amount": st.decimals(-50, 50, places=2),
        "sale.days_to_pay": st.none() | st.integers(0, 40).map(Decimal),
        "sale.deal_registered": st.booleans(),
        "sale.attr.size": st.sampled_from((None, "12", "+12", "-3.50", "30", "XL", "1e1", "NaN", "٣", "1\n", "9" * 19)),
    }
)


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions, rows)
def test_sql_and_python_agree(document: Any, row: dict[str, Any]) -> None:
    found = condition(document)
    assert sql_matches(found, row) is matches(found, row.get)
