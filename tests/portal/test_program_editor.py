"""The program form: what a post says as a document, and a document as a form and back, for every calculation."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings

from portal.manager.editor import ProgramEditor, labels
from portal.manager.editor.conditions import Group, JsonItem, TestRow, group_of
from portal.manager.editor.drawing import drawn
from portal.manager.editor.options import OptionSource
from portal.manager.program_templates import TEMPLATES, Vendor
from prm.errors import Invalid
from rebates.engine.calculations import CALCULATIONS
from rebates.engine.program import parse_program
from rebates.engine.reading import Fault
from rebates.faults import fault_message
from tests.portal.forms import sent_of
from tests.rebates.documents import documents

DAY = dt.date(2026, 10, 1)
SOURCE = OptionSource(
    {"line": ["Road", "Touring"]}, {"region": ["East", "华东"], "tier": ["gold", "silver"], "tag": []}
)
BASE = {
    "code": "NEW-Q", "name_en": "New", "currency": "USD", "period": "quarter", "measure": "net_amount",
    "returns": "restate", "scope.match": "all",
}  # fmt: skip


def query(**data: Any) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in data.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def posted(**data: Any) -> ProgramEditor:
    return ProgramEditor.posted(query(**BASE | data))


def page_of(editor: ProgramEditor) -> str:
    context = drawn(editor, SOURCE, {}) | {"returns": labels.RETURNS, "back": "/"}
    return str(render_to_string("portal/manager/programs/_form.html", context))


def test_every_kind_of_the_engine_has_its_card() -> None:
    assert set(labels.KINDS) == set(CALCULATIONS)


BANDS = {"bands.0.start": "5", "bands.0.value": "2", "bands.1.start": "10", "bands.1.value": "3"}
RATE_ROWS = {
    "rates.0.rate": "3", "rates.0.when.match": "all",
    "rates.0.when.0.kind": "test", "rates.0.when.0.field": "sale.days_to_pay", "rates.0.when.0.op": "between",
    "rates.0.when.0.value": ["0", "30"],
    "rates.1.rate": "1", "rates.1.when.match": "all",
}  # fmt: skip
MONEY_BANDS = [{"from": "5", "rate": "0.02"}, {"from": "10", "rate": "0.03"}]
AMOUNT_BANDS = [{"from": "5", "amount": "2"}, {"from": "10", "amount": "3"}]
SHARE_BANDS = [{"from": "0.05", "rate": "0.02"}, {"from": "0.1", "rate": "0.03"}]
KINDS = [
    *[(kind, BANDS, {"bands": MONEY_BANDS}) for kind in ("marginal", "retroactive", "rolling", "total")],
    ("per_unit", BANDS | {"mode": "retroactive"}, {"mode": "retroactive", "bands": AMOUNT_BANDS}),
    ("milestone", BANDS | {"cumulative": "yes"}, {"bands": AMOUNT_BANDS, "cumulative": True}),
    (
        "growth", BANDS | {"baseline": "previous_period", "pay_on": "excess", "without_baseline": "first_band"},
        {"baseline": "previous_period", "bands": SHARE_BANDS, "pay_on": "excess", "without_baseline": "first_band"},
    ),
    ("target", BANDS | {"target_by": "bands"}, {"bands": SHARE_BANDS, "pay_on": "all"}),
    (
        "target",
        {"target_by": "curve", "target_rate": "4", "points.0.attainment": "80", "points.0.factor": "0.5",
         "points.1.attainment": "120", "points.1.factor": "1.5"},
        {"rate": "0.04", "pay_on": "all",
         "curve": [{"attainment": "0.8", "factor": "0.5"}, {"attainment": "1.2", "factor": "1.5"}]},
    ),
    (
        "line_rate", RATE_ROWS,
        {"rates": [
            {"when": {"all": [{"field": "sale.days_to_pay", "op": "between", "value": ["0", "30"]}]}, "rate": "0.03"},
            {"when": {}, "rate": "0.01"},
        ]},
    ),
    (
        "new_customer", {"customer_pays": "amount", "customer_amount": "500", "first_order": "2,000"},
        {"amount": "500", "min_first_order": "2000"},
    ),
    (
        "new_customer", {"customer_pays": "rate", "customer_rate": "5", "window_days": "90", "customer_cap": "1000"},
        {"rate": "0.05", "window_days": "90", "cap_per_customer": "1000"},
    ),
    ("spiff", {"spiff_amount": "20"}, {"amount": "20"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "calculation"), KINDS)
def test_what_is_typed_is_what_the_document_says(kind: str, typed: dict[str, Any], calculation: dict[str, Any]) -> None:
    editor = posted(type=kind, **typed)
    assert editor.is_valid()
    said = parse_program(editor.definition()).to_json()
    assert said["calculation"] == {"type": kind} | calculation
    assert said["measure"] == ("quantity" if kind in ("per_unit", "spiff") else "net_amount")


def test_everything_beside_the_calculation() -> None:
    editor = posted(
        type="marginal", cap_per_period="5,000", cap_total="250000", minimum="50", otherwise="forfeit", group="base",
        rule="priority", priority="10", accumulate="year_to_date", partner_as_of="period_end",
        payout_form="credit_note",
        **BANDS, **QUALIFIERS,
    )  # fmt: skip
    assert editor.is_valid()
    said = parse_program(editor.definition()).to_json()
    assert said["cap"] == {"per_period": "5000", "program_total": "250000"}
    assert said["minimum_payout"] == {"amount": "50", "otherwise": "forfeit"}
    assert said["stacking"] == {"group": "base", "rule": "priority", "priority": 10}
    assert (said["accumulate"], said["partner_as_of"]) == ("year_to_date", "period_end")
    assert said["payout"] == {"form": "credit_note"}
    assert said["qualifiers"] == [
        {"type": "min_measure", "value": "10000"},
        {"type": "mix", "scope": {"all": [{"field": "product.line", "op": "eq", "value": "Road"}]}, "min_share": "0.3"},
        {"type": "distinct", "field": "product.sku", "min": "3"},
        {"type": "tier", "in": ["gold", "silver"]},
        {"type": "certified_people", "min": "2", "certification": "Sales"},
        {"type": "agreement_signed"},
    ]


QUALIFIERS: dict[str, Any] = {
    "qualifiers.0.kind": "min_measure", "qualifiers.0.value": "10,000",
    "qualifiers.1.kind": "mix", "qualifiers.1.share": "30", "qualifiers.1.scope.match": "all",
    "qualifiers.1.scope.0.kind": "test", "qualifiers.1.scope.0.field": "product.line", "qualifiers.1.scope.0.op": "eq",
    "qualifiers.1.scope.0.value": "Road",
    "qualifiers.2.kind": "distinct", "qualifiers.2.field": "product.sku", "qualifiers.2.minimum": "3",
    "qualifiers.3.kind": "tier", "qualifiers.3.tiers": "gold, silver",
    "qualifiers.4.kind": "certified_people", "qualifiers.4.minimum": "2", "qualifiers.4.certification": "Sales",
    "qualifiers.5.kind": "agreement_signed",
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(documents())
def test_any_document_survives_the_page(document: dict[str, Any]) -> None:
    """Document, form, page, what a browser sends of it, document: nothing is lost or added."""
    sent = sent_of(page_of(ProgramEditor.of(document)))
    assert parse_program(ProgramEditor.posted(sent).definition()).to_json() == document


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
@pytest.mark.parametrize(("currency", "lines"), [("CNY", ("Road", "Touring")), ("JPY", ()), ("KWD", ("Road",))])
def test_a_template_is_complete_and_survives_the_page(template: Any, currency: str, lines: tuple[str, ...]) -> None:
    vendor = Vendor(currency, DAY, lines, frozenset({template.code}))
    document = template.document(vendor)
    assert document["code"] == f"{template.code}-2"
    assert set(document["name"]) == {"en", "zh-hans"}
    sent = ProgramEditor.posted(sent_of(page_of(ProgramEditor.of(document))))
    assert sent.is_valid()
    assert parse_program(sent.definition()).to_json() == document


def test_changing_the_kind_and_back_keeps_what_was_typed() -> None:
    editor = posted(type="growth", **BANDS, **RATE_ROWS, baseline="previous_period", spiff_amount="7")
    for kind in ("spiff", "line_rate", "target", "growth"):
        editor = ProgramEditor.posted(sent_of(page_of(editor), type=kind))
    assert [(row.start, row.value) for row in editor.bands] == [("5", "2"), ("10", "3")]
    assert [row.rate for row in editor.rates] == ["3", "1"]
    assert (editor.raw("baseline"), editor.raw("spiff_amount")) == ("previous_period", "7")


def test_conditions_nest_by_hand_and_deeper_ones_are_kept_as_json() -> None:
    leaf = {"field": "partner.tier", "op": "eq", "value": "gold"}
    deep = {"any": [{"all": [leaf, {"not": {"any": [leaf, {"all": [leaf]}]}}]}, leaf]}
    group = group_of({"all": [deep, leaf]})
    assert isinstance(group.items[0], Group)
    inner = group.items[0].items[0]
    assert isinstance(inner, Group)
    assert [type(item) for item in inner.items] == [TestRow, JsonItem]


def test_json_and_rows_change_into_one_another() -> None:
    rows = {"scope.0.kind": "test", "scope.0.field": "partner.tier", "scope.0.op": "eq", "scope.0.value": "gold"}
    as_json = posted(type="marginal", **BANDS, **rows | {"scope.match": "json", "scope.was": "any"})
    leaf = {"field": "partner.tier", "op": "eq", "value": "gold"}
    assert json.loads(as_json.scope.json) == {"any": [leaf]}
    back = posted(**{"scope.match": "all", "scope.was": "json", "scope.json": as_json.scope.json})
    assert (back.scope.match, [type(item) for item in back.scope.items]) == ("any", [TestRow])
    broken = posted(**{"scope.match": "all", "scope.was": "json", "scope.json": '{"any": ['})
    assert (broken.scope.match, broken.scope.json) == ("json", '{"any": [')
    assert broken.scope.errors["json"]


def refused(editor: ProgramEditor) -> ProgramEditor:
    """The editor with the engine's fault put where it belongs."""
    with pytest.raises(Fault) as caught:
        parse_program(editor.definition())
    fault = caught.value
    editor.refuse(Invalid(fields={fault.path: [fault_message(fault)]}))
    return editor


def test_faults_of_rows_stand_at_their_inputs() -> None:
    rate = refused(posted(type="line_rate", **RATE_ROWS | {"rates.1.rate": "much"}))
    assert list(rate.rates[1].errors) == ["rate"]
    when = refused(posted(type="line_rate", **RATE_ROWS | {"rates.0.when.0.value": ["30", "0"]}))
    assert list(when.rates[0].when.items[0].errors) == ["value"]
    band = refused(posted(type="growth", **BANDS | {"bands.1.start": "5"}))
    assert list(band.bands[1].errors) == ["start"]
    points = {"points.0.attainment": "80", "points.0.factor": "1", "points.1.attainment": "60", "points.1.factor": "1"}
    point = refused(posted(type="target", target_by="curve", target_rate="1", **points))
    assert list(point.points[1].errors) == ["attainment"]
    qualifier = refused(posted(type="marginal", **BANDS, **QUALIFIERS | {"qualifiers.2.minimum": "some"}))
    assert list(qualifier.qualifiers[2].errors) == ["minimum"]
    mix = refused(posted(type="marginal", **BANDS, **QUALIFIERS | {"qualifiers.1.scope.0.op": "contains"}))
    assert list(mix.qualifiers[1].scope.items[0].errors) == ["op"]


def test_a_fault_in_a_group_in_a_group_is_found_and_named() -> None:
    nested = {
        "scope.0.kind": "group", "scope.0.match": "none",
        "scope.0.0.kind": "test", "scope.0.0.field": "partner.tier", "scope.0.0.op": "eq", "scope.0.0.value": "gold",
        "scope.0.1.kind": "test", "scope.0.1.field": "sale.quantity", "scope.0.1.op": "gt", "scope.0.1.value": "many",
    }  # fmt: skip
    editor = posted(type="marginal", **BANDS, **nested)
    with pytest.raises(Fault) as caught, translation.override("en"):
        parse_program(editor.definition())
    assert caught.value.path == "$.scope.all[0].not.any[1].value"
    assert editor.place_of(caught.value.path) == "Condition 1.2"
    group = refused(editor).scope.items[0]
    assert isinstance(group, Group)
    assert [list(item.errors) for item in group.items] == [[], ["value"]]


def test_what_is_missing_in_rows_is_told_at_once() -> None:
    typed = RATE_ROWS | {"rates.1.rate": "", "rates.0.when.0.value": ["", ""]}
    empty = {"scope.0.kind": "group", "scope.0.match": "any"}
    editor = posted(type="line_rate", **typed, **empty, **{"qualifiers.0.kind": "tier", "qualifiers.1.kind": "mix"})
    assert not editor.is_valid()
    assert list(editor.rates[0].when.items[0].errors) == ["value"]
    assert list(editor.rates[1].errors) == ["rate"]
    assert list(editor.scope.items[0].errors) == ["match"]
    assert [list(row.errors) for row in editor.qualifiers] == [["tiers"], ["share"]]
    page = page_of(editor)
    assert page.count("field-errors") >= 5


def test_rates_move_up_and_nested_rows_go() -> None:
    editor = posted(type="line_rate", **RATE_ROWS)
    assert editor.rearrange("up:rates.1")
    assert [row.rate for row in editor.rates] == ["1", "3"]
    assert editor.rearrange("add_test:rates.0.when")
    assert editor.rearrange("remove:rates.1.when.0")
    assert [len(row.when.items) for row in editor.rates] == [1, 0]
    assert editor.rearrange("up:rates.0")
    assert [row.rate for row in editor.rates] == ["1", "3"]
    assert not editor.rearrange("save")
