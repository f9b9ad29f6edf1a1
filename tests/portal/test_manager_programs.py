"""The program form: rows and documents are the same thing, faults stand at their rows, nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from portal.manager.editor import ProgramEditor
from portal.manager.editor.conditions import Group, JsonItem, TestRow
from portal.manager.editor.numbers import percent_of, ratio_of
from portal.manager.program_templates import TEMPLATES
from prm.errors import Invalid
from prm.testing.make import Cast
from rebates.engine.program import parse_program
from rebates.models import Accrual, Program, ProgramVersion
from rebates.services.programs import program_create
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.documents import documents
from tests.rebates.world import World, definition

pytestmark = pytest.mark.django_db

FORM: dict[str, Any] = {
    "code": "WIN-Q", "name_en": "Winter push", "name_zh": "冬季冲量", "currency": "cny", "period": "quarter",
    "valid_from": "2026-10-01", "measure": "net_amount", "type": "marginal", "scope.match": "all",
    "returns": "restate", "partner_as_of": "sale",
    "bands.0.start": "0", "bands.0.value": "2", "bands.1.start": "50,000", "bands.1.value": "4.5%",
    "scope.0.kind": "test", "scope.0.field": "partner.region", "scope.0.op": "in", "scope.0.picked": "1",
    "scope.0.value": ["East", "North, West"],
    "scope.1.kind": "test", "scope.1.field": "sale.days_to_pay", "scope.1.op": "lte", "scope.1.value": "30",
}  # fmt: skip
SCOPE = {
    "all": [
        {"field": "partner.region", "op": "in", "value": ["East", "North, West"]},
        {"field": "sale.days_to_pay", "op": "lte", "value": "30"},
    ]
}


SHARES = [{"from": "0.8", "rate": "0.01"}, {"from": "1", "rate": "0.02"}]
AMOUNTS = [{"from": "10", "amount": "5"}, {"from": "100", "amount": "7"}]
RATES = [{"from": "1000", "rate": "0.02"}]
CURVE = [{"attainment": "0.8", "factor": "0.5"}, {"attainment": "1", "factor": "1"}]
GROWTH = {"baseline": "same_period_last_year", "pay_on": "all", "without_baseline": "exclude"}
EVERYTHING: dict[str, Any] = {
    "qualifiers": [
        {"type": "min_measure", "value": "10"},
        {"type": "mix", "scope": {"all": [{"field": "product.line", "op": "eq", "value": "A"}]}, "min_share": "0.3"},
        {"type": "distinct", "field": "product.line", "min": "3"},
        {"type": "tier", "in": ["gold"]},
        {"type": "certified_people", "min": "2"},
        {"type": "agreement_signed"},
        {"type": "no_overdue"},
    ],
    "cap": {"per_period": "100", "program_total": "1000"},
    "minimum_payout": {"amount": "1", "otherwise": "forfeit"},
    "stacking": {"group": "g", "rule": "priority", "priority": 2},
    "payout": {"form": "credit_note"},
}
EVERY_TYPE = [
    definition("P1", calculation=calculation, **EVERYTHING)
    for calculation in (
        {"type": "marginal", "bands": RATES},
        {"type": "retroactive", "bands": RATES},
        {"type": "rolling", "bands": RATES},
        {"type": "total", "bands": RATES},
        {"type": "per_unit", "mode": "marginal", "bands": AMOUNTS},
        {"type": "milestone", "bands": AMOUNTS},
        {"type": "line_rate", "rates": [{"when": {}, "rate": "0.01"}]},
        {"type": "growth", "bands": SHARES, **GROWTH},
        {"type": "target", "bands": SHARES, "pay_on": "all"},
        {"type": "target", "rate": "0.03", "curve": CURVE, "pay_on": "excess"},
        {"type": "new_customer", "rate": "0.05", "window_days": "90"},
        {"type": "new_customer", "amount": "50"},
        {"type": "spiff", "amount": "5"},
    )
]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def query(**data: Any) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in data.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def send(client: Client, program: Program | None = None, **changes: Any) -> Any:
    name, args = ("manager:program_edit", [program.pk]) if program else ("manager:program_new", [])
    return post(client, name, *args, **FORM | changes)


def drafts(vendor: Vendor) -> list[ProgramVersion]:
    with vendor.inside():
        return list(ProgramVersion.objects.order_by("program__code", "number"))


def test_percent_and_ratio_are_exact_and_inverse() -> None:
    for ratio, percent in [("0.025", "2.5"), ("0", "0"), ("1", "100"), ("0.00005", "0.005"), ("12.5", "1250")]:
        assert percent_of(ratio) == percent
        assert ratio_of(percent) == ratio
    assert ratio_of("four") == "four"


def test_the_form_writes_the_document(vendor: Vendor) -> None:
    assert send(vendor.manager).status_code == 302
    [draft] = drafts(vendor)
    said = draft.definition
    assert said["calculation"] == {
        "type": "marginal", "bands": [{"from": "0", "rate": "0.02"}, {"from": "50000", "rate": "0.045"}],
    }  # fmt: skip
    assert said["scope"] == SCOPE
    assert (said["currency"], said["name"]) == ("CNY", {"en": "Winter push", "zh-hans": "冬季冲量"})
    assert (said["valid_from"], said["valid_to"]) == ("2026-10-01", None)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
def test_a_document_survives_the_form(document: dict[str, Any]) -> None:
    whole = parse_program(document).to_json()
    sent = ProgramEditor.posted(sent_back(ProgramEditor.of(whole)))
    assert parse_program(sent.definition()).to_json() == whole


def sent_back(shown: ProgramEditor) -> QueryDict:
    """What a browser sends for a form nobody has touched."""
    data: dict[str, Any] = {name: shown.raw(name) for name in shown.form.fields}
    for index, band in enumerate(shown.bands):
        data |= {f"bands.{index}.start": band.start, f"bands.{index}.value": band.value}
    for index, point in enumerate(shown.points):
        data |= {f"points.{index}.attainment": point.attainment, f"points.{index}.factor": point.factor}
    for index, rate in enumerate(shown.rates):
        data |= {f"rates.{index}.rate": rate.rate} | group_sent(rate.when, f"rates.{index}.when")
    for index, row in enumerate(shown.qualifiers):
        name = f"qualifiers.{index}"
        texts = ("kind", "value", "share", "field", "minimum", "certification", "tiers")
        data |= {f"{name}.{slot}": getattr(row, slot) for slot in texts}
        data |= {f"{name}.picked": "1"} | group_sent(row.scope, f"{name}.scope")
    return query(**data | group_sent(shown.scope, "scope"))


def group_sent(group: Group, name: str) -> dict[str, Any]:
    data: dict[str, Any] = {f"{name}.match": group.match, f"{name}.was": group.match, f"{name}.json": group.json}
    data |= {f"{name}.bare": "1"} if group.bare else {}
    for index, item in enumerate(group.items):
        data |= item_sent(item, f"{name}.{index}")
    return data


def item_sent(item: TestRow | Group | JsonItem, name: str) -> dict[str, Any]:
    if isinstance(item, Group):
        return {f"{name}.kind": "group"} | group_sent(item, name)
    if isinstance(item, JsonItem):
        return {f"{name}.kind": "json", f"{name}.json": item.text}
    return {
        f"{name}.kind": "test", f"{name}.field": item.field, f"{name}.op": item.op, f"{name}.value": item.values,
        f"{name}.picked": "1",
    }  # fmt: skip


BANDS = {
    f"bands.{index}.{slot}": text
    for index, band in enumerate([("0", "2"), ("50000", "4"), ("", ""), ("40000", "6")])
    for slot, text in zip(("start", "value"), band, strict=True)
}


def test_faults_stand_at_their_rows(vendor: Vendor) -> None:
    response = send(vendor.manager, **BANDS)
    assert response.status_code == 422
    bands = response.context["editor"].bands
    assert [list(row.errors) for row in bands] == [[], [], [], ["start"]]
    assert drafts(vendor) == []


def test_what_is_missing_is_told_all_at_once(vendor: Vendor) -> None:
    changes = {"bands.1.value": "", "scope.1.value": "", "qualifiers.0.kind": "mix", "qualifiers.0.share": ""}
    response = send(vendor.manager, code="", currency="", **changes)
    editor = response.context["editor"]
    assert response.status_code == 422
    assert set(editor.form.errors) == {"code", "currency"}
    assert [list(row.errors) for row in editor.bands] == [[], ["value"]]
    assert list(editor.scope.items[1].errors) == ["value"]
    assert list(editor.qualifiers[0].errors) == ["share"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"valid_to": "2026-01-01"}, "valid_to"),
        ({"cap_per_period": "much"}, "cap_per_period"),
        ({"minimum": "-1"}, "minimum"),
        ({"type": "spiff", "spiff_amount": "x"}, "spiff_amount"),
        ({"accumulate": "year_to_date", "rule": "best", "group": "g"}, "accumulate"),
    ],
)
def test_faults_of_the_document_find_their_fields(vendor: Vendor, changes: dict[str, str], field: str) -> None:
    response = send(vendor.manager, **changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_a_condition_typed_as_json_is_refused_where_it_stands(vendor: Vendor) -> None:
    response = send(vendor.manager, **{"scope.match": "json", "scope.was": "json", "scope.json": "{"})
    assert response.status_code == 422
    assert list(response.context["editor"].scope.errors) == ["json"]


def test_an_unknown_place_is_told_above_the_form() -> None:
    editor = ProgramEditor.posted(query(**FORM))
    editor.refuse(Invalid(fields={"$.nonsense.rule": ["Not so."]}))
    assert editor.form.non_field_errors() == ["Not so. (nonsense.rule)"]


def test_a_taken_code_is_refused_at_the_code(vendor: Vendor) -> None:
    send(vendor.manager)
    again = send(vendor.manager)
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["code"]
    assert len(drafts(vendor)) == 1


@pytest.mark.parametrize(
    ("action", "bands", "tests"),
    [
        ("add:bands", 3, 2),
        ("remove:bands.0", 1, 2),
        ("add_test:scope", 2, 3),
        ("add_group:scope", 2, 3),
        ("remove:scope.1", 2, 1),
        ("remove:bands.99", 2, 2),
    ],
)
def test_rows_come_and_go_without_scripts(vendor: Vendor, action: str, bands: int, tests: int) -> None:
    response = send(vendor.manager, action=action)
    editor = response.context["editor"]
    assert response.status_code == 200
    assert (len(editor.bands), len(editor.scope.items)) == (bands, tests)
    assert editor.form["code"].value() == "WIN-Q"
    assert drafts(vendor) == []


def test_going_on_in_json_begins_with_the_rows_and_back(vendor: Vendor) -> None:
    response = send(vendor.manager, action="refresh", **{"scope.match": "json", "scope.was": "all"})
    text = response.context["editor"].scope.json
    assert '"field": "partner.region"' in text
    again = {"scope.match": "all", "scope.was": "json", "scope.json": text}
    rows = send(vendor.manager, action="refresh", **again).context["editor"].scope.items
    assert [row.field for row in rows] == ["partner.region", "sale.days_to_pay"]


def test_preview_speaks_both_languages_before_there_is_a_code(vendor: Vendor) -> None:
    page = text_of(post(vendor.manager, "manager:program_preview", **FORM | {"code": ""}))
    assert "You earn 2% of the part up to CNY 50,000, 4.5% of the part above CNY 50,000." in page
    assert 'lang="zh-hans"' in page
    missing = text_of(post(vendor.manager, "manager:program_preview", **FORM | {"bands.1.value": "much"}))
    assert "Band 2" in missing


@pytest.mark.parametrize("document", EVERY_TYPE, ids=[one["calculation"]["type"] for one in EVERY_TYPE])
def test_every_type_is_shown_written_and_read(vendor: Vendor, document: dict[str, Any]) -> None:
    with vendor.inside():
        made = program_create(actor=vendor.cast.manager, definition=document)
    manager, finance = vendor.manager, vendor.finance
    for language in ("en", "zh-hans"):
        manager.cookies["django_language"] = finance.cookies["django_language"] = language
        for name in ("manager:program", "manager:program_edit"):
            assert f'lang="{language}' in text_of(get(manager, name, made.pk))[:200].lower()
        assert get(finance, "finance:program", made.pk).status_code == 200
        assert get(manager, "manager:programs").status_code == 200


@pytest.mark.parametrize("key", [one.key for one in TEMPLATES])
def test_a_template_can_be_saved_as_it_is(vendor: Vendor, key: str) -> None:
    page = get(vendor.manager, "manager:program_new", template=key)
    sent = sent_back(page.context["editor"])
    response = vendor.manager.post(
        reverse("manager:program_new"), sent.urlencode(), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 302
    assert len(drafts(vendor)) == 1


def test_templates_are_offered_with_their_sentences(vendor: Vendor) -> None:
    page = text_of(get(vendor.manager, "manager:program_templates"))
    assert page.count("?template=") == 7
    assert "the number of days to pay is between 0 and 30" in page
    assert get(vendor.manager, "manager:program_new", template="nonsense").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_the_form_shows_what_it_would_have_cost(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.sale("P-1", "2026-08-05", "60000", currency="CNY", days_to_pay=10)
    page = text_of(post(vendor.manager, "manager:program_preview_cost", **FORM | {"scope.0.value": "East"}))
    assert "¥1,450.00" in page
    assert "Counted ¥60,000.00 of 1 partner; 1 would have been paid." in page


def test_a_copy_needs_a_code_of_its_own(vendor: Vendor) -> None:
    send(vendor.manager)
    [draft] = drafts(vendor)
    editor = get(vendor.manager, "manager:program_new", copy=str(draft.program_id)).context["editor"]
    assert (editor.raw("code"), editor.raw("name_en"), len(editor.bands)) == ("", "Winter push", 2)
    assert get(vendor.manager, "manager:program_new", copy="nonsense").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_publishing_asks_first_and_counts_afterwards(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.sale("P-1", "2026-10-05", "60000", currency="CNY", days_to_pay=10)
    send(vendor.manager, **{"scope.0.value": "East"})
    [draft] = drafts(vendor)
    asked = text_of(get(vendor.manager, "manager:program_publish", draft.program_id))
    assert "A published version never changes." in asked
    assert post(vendor.manager, "manager:program_publish", draft.program_id).status_code == 302
    with vendor.inside():
        vendor.world.update()
        assert Accrual.objects.get().payout == 1450
    again = post(vendor.manager, "manager:program_publish", draft.program_id)
    assert again.status_code == 404


@time_machine.travel(NOW, tick=False)
def test_cost_of_the_last_period_without_regard_to_validity(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.sale("P-1", "2026-08-05", "60000", currency="CNY", days_to_pay=10)
        vendor.world.sale("P-2", "2026-08-05", "10", currency="EUR", days_to_pay=10)
    send(vendor.manager, **{"scope.0.value": "East"})
    [draft] = drafts(vendor)
    page = text_of(get(vendor.manager, "manager:program_cost", draft.program_id))
    assert "In 2026-Q3 it would have cost ¥1,450.00" in page
    assert "1 line would have been an exception." in page
    with vendor.inside():
        assert not Accrual.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_amending_makes_a_draft_and_leaves_the_published_version(vendor: Vendor) -> None:
    with vendor.inside():
        program = vendor.world.published("WIN-Q", currency="CNY", valid_from="2026-10-01", returns="forward")
    response = send(vendor.manager, program, valid_from="2027-01-01", returns="forward")
    assert response.status_code == 302
    versions = drafts(vendor)
    assert [(one.number, one.status) for one in versions] == [(1, "published"), (2, "draft")]
    page = text_of(get(vendor.manager, "manager:program", program.pk))
    assert "Version 2 is a draft: nobody earns by it yet." in page
    assert post(vendor.manager, "manager:program_discard", program.pk).status_code == 302
    assert [one.number for one in drafts(vendor)] == [1]


@time_machine.travel(NOW, tick=False)
def test_ending_needs_a_day_and_a_reason(vendor: Vendor) -> None:
    with vendor.inside():
        program = vendor.world.published("WIN-Q", currency="CNY", valid_from="2026-10-01")
    refused = post(vendor.manager, "manager:program_end", program.pk, ends_on="2026-01-01", reason="Done")
    assert refused.status_code == 422
    assert "ends_on" in refused.context["form"].errors
    assert (
        post(vendor.manager, "manager:program_end", program.pk, ends_on="2026-12-31", reason="Done").status_code == 302
    )
    assert "Ends with 2026-12-31." in text_of(get(vendor.manager, "manager:program", program.pk))


def test_json_out_and_in(vendor: Vendor) -> None:
    send(vendor.manager)
    [draft] = drafts(vendor)
    file = get(vendor.manager, "manager:program_json", draft.program_id, 1)
    assert 'filename="WIN-Q-v1.json"' in file.headers["Content-Disposition"]
    text = text_of(file)
    assert post(vendor.manager, "manager:program_discard", draft.program_id).status_code == 302
    assert post(vendor.manager, "manager:program_import", text=text).status_code == 302
    [again] = drafts(vendor)
    assert again.definition == draft.definition


@pytest.mark.parametrize("text", ["", "{", "[]x", '[{"code": "A"}]', '[{"code": "A", "nonsense": 1}]', "[1]"])
def test_bad_json_is_refused_whole(vendor: Vendor, text: str) -> None:
    assert post(vendor.manager, "manager:program_import", text=text).status_code == 422
    assert drafts(vendor) == []


def test_finance_reads_the_rules_and_changes_none(vendor: Vendor) -> None:
    program = vendor.history()
    page = text_of(get(vendor.finance, "finance:program", program.pk))
    assert "You earn 2%" in page
    assert "/edit/" not in page
    assert get(vendor.finance, "manager:program_edit", program.pk).status_code == 403
