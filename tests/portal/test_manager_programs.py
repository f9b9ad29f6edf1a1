"""The program form: rows and documents are the same thing, faults stand at their rows, nothing is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from portal.manager.editor import ProgramEditor
from portal.manager.editor.numbers import percent_of, ratio_of
from prm.errors import Invalid
from prm.testing.make import Cast
from rebates.models import Accrual, Program, ProgramVersion
from tests.portal.forms import sent_of
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

FORM: dict[str, Any] = {
    "code": "WIN-Q", "name_en": "Winter push", "name_zh": "冬季冲量", "currency": "cny", "period": "quarter",
    "valid_from": "2026-10-01", "measure": "net_amount", "type": "marginal",
    "returns": "restate", "partner_as_of": "sale",
    "bands.0.start": "0", "bands.0.value": "2", "bands.1.start": "50,000", "bands.1.value": "4.5%",
    "scope.match": "all", "scope.0.kind": "test", "scope.0.field": "partner.region", "scope.0.op": "in",
    "scope.0.picked": "1", "scope.0.value": ["East", "North, West"],
    "scope.1.kind": "test", "scope.1.field": "sale.days_to_pay", "scope.1.op": "lte", "scope.1.value": "30",
}  # fmt: skip
SCOPE = {
    "all": [
        {"field": "partner.region", "op": "in", "value": ["East", "North, West"]},
        {"field": "sale.days_to_pay", "op": "lte", "value": "30"},
    ]
}


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


def test_faults_stand_at_their_rows(vendor: Vendor) -> None:
    response = send(
        vendor.manager,
        **{"bands.2.start": "", "bands.2.value": "", "bands.3.start": "40000", "bands.3.value": "6"},
    )
    assert response.status_code == 422
    bands = response.context["editor"].bands
    assert [bool(row.errors) for row in bands] == [False, False, False, True]
    assert "start" in bands[3].errors
    assert drafts(vendor) == []


def test_what_is_missing_is_told_all_at_once(vendor: Vendor) -> None:
    empty = {"bands.0.value": "", "bands.1.value": "", "scope.1.value": ""}
    response = send(vendor.manager, code="", currency="", **empty)
    editor = response.context["editor"]
    assert response.status_code == 422
    assert set(editor.form.errors) == {"code", "currency"}
    assert [list(row.errors) for row in editor.bands] == [["value"], ["value"]]
    assert list(editor.scope.items[1].errors) == ["value"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"valid_to": "2026-01-01"}, "valid_to"),
        ({"returns": "never"}, "returns"),
        ({"type": "never"}, "type"),
        ({"cap_per_period": "much"}, "cap_per_period"),
        ({"cap_total": "-1"}, "cap_total"),
        ({"minimum": "x"}, "minimum"),
        ({"priority": "1.5"}, "priority"),
        ({"type": "growth", "baseline": "previous_period", "accumulate": "year_to_date"}, "accumulate"),
        ({"rule": "best", "accumulate": "year_to_date"}, "accumulate"),
        ({"type": "spiff", "spiff_amount": "5", "accumulate": "year_to_date"}, "accumulate"),
        ({"type": "spiff", "spiff_amount": ""}, "spiff_amount"),
        ({"type": "new_customer", "customer_pays": "rate", "customer_rate": "5"}, "window_days"),
        ({"type": "new_customer", "customer_amount": "x"}, "customer_amount"),
        ({"type": "target", "target_by": "curve", "points.0.attainment": "80", "points.0.factor": "1"}, "target_rate"),
    ],
)
def test_faults_of_the_document_find_their_fields(vendor: Vendor, changes: dict[str, str], field: str) -> None:
    response = send(vendor.manager, **changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_an_unknown_place_is_told_above_the_form() -> None:
    editor = ProgramEditor.posted(query(**FORM))
    editor.definition()
    editor.refuse(Invalid(fields={"$.elsewhere.rule": ["Not so."]}))
    assert editor.form.non_field_errors() == ["Not so. (elsewhere.rule)"]


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
        ("remove:scope.x", 2, 2),
        ("add:everything", 2, 2),
    ],
)
def test_rows_come_and_go_without_scripts(vendor: Vendor, action: str, bands: int, tests: int) -> None:
    response = send(vendor.manager, action=action)
    editor = response.context["editor"]
    assert response.status_code == 200
    assert (len(editor.bands), len(editor.scope.items)) == (bands, tests)
    assert editor.form["code"].value() == "WIN-Q"
    assert drafts(vendor) == []


def test_going_on_in_json_begins_with_the_rows(vendor: Vendor) -> None:
    response = send(vendor.manager, action="refresh", **{"scope.match": "json", "scope.was": "all"})
    assert json.loads(response.context["editor"].scope.json) == SCOPE


def test_preview_speaks_both_languages_before_there_is_a_code(vendor: Vendor) -> None:
    page = text_of(post(vendor.manager, "manager:program_preview", **FORM | {"code": ""}))
    assert "You earn 2% of the part up to CNY 50,000, 4.5% of the part above CNY 50,000." in page
    assert 'lang="zh-hans"' in page
    missing = text_of(post(vendor.manager, "manager:program_preview", **FORM | {"bands.1.value": "much"}))
    assert "Band 2" in missing


@time_machine.travel(NOW, tick=False)
def test_publishing_asks_first_and_counts_afterwards(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.sale("P-1", "2026-10-05", "60000", currency="CNY", days_to_pay=10)
    send(vendor.manager, **{"scope.0.value": ["East"]})
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
    send(vendor.manager, **{"scope.0.value": ["East"]})
    [draft] = drafts(vendor)
    page = text_of(get(vendor.manager, "manager:program_cost", draft.program_id))
    assert "In 2026-Q3 it would have cost ¥1,450.00" in page
    assert "1 line would have been an exception." in page
    with vendor.inside():
        assert not Accrual.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_cost_while_writing_names_partners_and_bands(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.partner("P-2", name="Maple", region="East")
        vendor.world.sale("P-1", "2026-08-05", "60000", currency="CNY", days_to_pay=10)
        vendor.world.sale("P-2", "2026-08-05", "1000", currency="CNY", days_to_pay=10)
    least = {"qualifiers.0.kind": "min_measure", "qualifiers.0.value": "5000"}
    answer = post(vendor.manager, "manager:program_preview_cost", **FORM | least | {"code": ""})
    cost = answer.context["cost"]
    assert (cost.payout, cost.partners, cost.earning, cost.unqualified) == (1450, 2, 1, 1)
    assert [(one.name, one.payout) for one in cost.top] == [("Blue Harbour", 1450)]
    assert [(one.index, one.partners) for one in cost.reached] == [(0, 1), (1, 1)]
    page = text_of(answer)
    assert "Blue Harbour" in page
    assert "1 would not have met the requirements." in page
    without_scripts = text_of(send(vendor.manager, action="cost"))
    assert "In 2026-Q3 it would have cost" in without_scripts
    incomplete = post(vendor.manager, "manager:program_preview_cost", **FORM | {"bands.1.value": ""})
    assert text_of(incomplete).strip() == ""


def test_a_copy_has_everything_but_the_code(vendor: Vendor) -> None:
    send(vendor.manager)
    [original] = drafts(vendor)
    page = get(vendor.manager, "manager:program_new", copy=str(original.program_id))
    assert page.context["form"]["code"].value() == ""
    copied = sent_of(text_of(page), code="WIN-2")
    assert vendor.manager.post(reverse("manager:program_new"), dict(copied.lists())).status_code == 302
    made = next(one for one in drafts(vendor) if one.definition["code"] == "WIN-2")
    own = {"code": "WIN-2", "stacking": original.definition["stacking"] | {"group": "WIN-2"}}
    assert made.definition == original.definition | own
    assert get(vendor.manager, "manager:program_new", copy="nonsense").status_code == 404
    assert get(vendor.manager, "manager:program_new", template="nonsense").status_code == 404


def test_other_programs_of_the_group_are_shown(vendor: Vendor) -> None:
    send(vendor.manager, group="base", rule="priority", priority="10")
    page = text_of(send(vendor.manager, code="WIN-2", group="base", action="refresh"))
    assert "Also in this group" in page
    assert ">WIN-Q</a>" in page
    alone = text_of(send(vendor.manager, code="WIN-2", group="elsewhere", action="refresh"))
    assert "Also in this group" not in alone


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


@time_machine.travel(NOW, tick=False)
def test_cost_says_what_the_other_programs_of_its_group_make_of_it(vendor: Vendor) -> None:
    flat = {"type": "marginal", "bands": [{"from": "0", "rate": "0.05"}]}
    with vendor.inside():
        vendor.world.published(
            "OLD", currency="CNY", calculation=flat, stacking={"group": "base", "rule": "best"}
        )  # fmt: skip
        vendor.world.sale("P-1", "2026-08-05", "60000", currency="CNY", days_to_pay=10)
    best = {"group": "base", "rule": "best"}
    said = text_of(post(vendor.manager, "manager:program_preview_cost", **FORM | best))
    assert "1 other program of its group takes part." in said
    assert "Another pays 1 partner more, so this one pays it nothing." in said
    assert "All of them together: ¥3,000.00 instead of ¥3,000.00." in said
    other = text_of(post(vendor.manager, "manager:program_preview_cost", **FORM | best | {"period": "month"}))
    assert "would have cost" not in other
    assert "group" in other
