"""Business plans through the pages of both sides: drafted by the manager, agreed by the partner, worked by."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.commitments import commitment
from partners.models import BusinessPlan, JointAction, PlanConsent, PlanGoal
from prm.identity.rights import Role
from prm.testing.make import Cast
from tests.portal.vendor import Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
NOW = "2026-03-02T04:00:00Z"


@pytest.fixture
def vendor(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=True):
        yield Vendor(cast, World(cast.tenant))


def partner(vendor: Vendor) -> Client:
    return vendor.client(Role.PARTNER_ADMINISTRATOR)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def begun(vendor: Vendor) -> BusinessPlan:
    begin = {"partner": "P-1", "fiscal_year": "2026", "title": "Grow together", "ambition": "Twice as much"}
    assert post(vendor.manager, "manager:plan_new", **begin).status_code == 302
    with vendor.inside():
        return BusinessPlan.objects.get()


def add_goal(vendor: Vendor, plan: BusinessPlan, client: Client, surface: str, **changes: str) -> int:
    data = {
        "title": "Growth", "metric": "revenue_growth", "unit": "count", "start_value": "0", "target": "12.5",
        "due_on": "2026-12-31", "side": "partner",
    }  # fmt: skip
    return post(client, f"{surface}:goal_new", plan.pk, **data | changes).status_code


def test_from_the_draft_to_the_work(vendor: Vendor) -> None:
    plan = begun(vendor)
    assert add_goal(vendor, plan, vendor.manager, "manager") == 302
    deals = {"title": "Deals", "metric": "", "target": "12"}
    assert add_goal(vendor, plan, vendor.manager, "manager", **deals) == 302
    sales = vendor.cast.user(Role.PARTNER_SALES).pk
    action = {"title": "Hire two", "owner": f"partner:{sales}", "due_on": "2026-06-30"}
    assert post(vendor.manager, "manager:action_new", plan.pk, **action).status_code == 302
    assert get(partner(vendor), "partner:plan", plan.pk).status_code == 404
    assert post(vendor.manager, "manager:plan_step", plan.pk, "propose").status_code == 302

    assert get(partner(vendor), "partner:own_plan").url == reverse("partner:plan", args=[plan.pk])
    shown = text_of(get(partner(vendor), "partner:plan", plan.pk))
    assert "Read and agree" in shown
    text = text_of(get(partner(vendor), "partner:plan_version", plan.pk, 1))
    assert "12.5%" in words(text)
    [sha256] = set(re.findall(r"\b[0-9a-f]{64}\b", text))
    assert post(partner(vendor), "partner:plan_step", plan.pk, "agree", sha256="0" * 64).status_code == 422
    assert post(partner(vendor), "partner:plan_step", plan.pk, "agree", sha256=sha256).status_code == 302
    with vendor.inside():
        assert PlanConsent.objects.get().version.sha256 == sha256
        goal = PlanGoal.objects.get(title="Deals")
        action_id = JointAction.objects.get().pk

    progress = {"value": "3", "on": "2026-03-01", "note": "Three signed"}
    assert post(partner(vendor), "partner:goal_progress", plan.pk, goal.pk, **progress).status_code == 302
    assert post(partner(vendor), "partner:action_step", action_id, "finish").status_code == 302
    assert post(partner(vendor), "partner:plan_comment", plan.pk, text="<b>Well begun</b>").status_code == 302
    page = text_of(get(vendor.manager, "manager:plan", plan.pk))
    assert "3 of 12 (25%)" in words(page)
    assert "Three signed" in page
    assert "&lt;b&gt;Well begun&lt;/b&gt;" in page


def test_refusals_stand_at_their_fields(vendor: Vendor) -> None:
    plan = begun(vendor)
    assert post(vendor.manager, "manager:plan_new", partner="P-1", fiscal_year="2026", title="Again").status_code == 422
    assert post(vendor.manager, "manager:plan_new", partner="P-9", fiscal_year="2027", title="x").status_code == 422
    assert add_goal(vendor, plan, vendor.manager, "manager", target="many", metric="") == 422
    assert add_goal(vendor, plan, vendor.manager, "manager", due_on="2027-03-01") == 422
    assert post(vendor.manager, "manager:plan_step", plan.pk, "propose").status_code == 422
    assert post(vendor.manager, "manager:plan_step", plan.pk, "withdraw", reason="").status_code == 422
    assert get(vendor.manager, "manager:plan_step", plan.pk, "sell").status_code == 404
    assert get(vendor.manager, "manager:plan_new", partner="nobody").status_code == 404
    owner = {"title": "x", "owner": "vendor:", "name": "", "due_on": "2026-06-30"}
    assert post(vendor.manager, "manager:action_new", plan.pk, **owner).status_code == 422


def test_acts_go_back_to_our_own_pages_only(vendor: Vendor) -> None:
    plan = begun(vendor)
    action = {"title": "Hire", "owner": "vendor:", "name": "Ms Wu", "due_on": "2026-06-30"}
    post(vendor.manager, "manager:action_new", plan.pk, **action)
    with vendor.inside():
        action_id = JointAction.objects.get().pk
    url = reverse("manager:action_step", args=[action_id, "finish"])
    answer = vendor.manager.post(f"{url}?back=https://evil.test/")
    assert (answer.status_code, answer.url) == (302, reverse("manager:actions"))


def test_the_rows_behind_a_promise_are_those_of_the_partner(vendor: Vendor) -> None:
    plan = begun(vendor)
    action = {"title": "Hire", "owner": "vendor:", "name": "Ms Wu", "due_on": "2026-06-30"}
    post(vendor.manager, "manager:action_new", plan.pk, **action)
    query = commitment("actions_on_time").query
    shown = [
        get(vendor.manager, "manager:actions", **query(one.pk, None)).context["page"].paginator.count
        for one in (vendor.cast.partner, vendor.cast.other_partner)
    ]
    assert shown == [1, 0]


def test_who_only_reads_is_offered_nothing(vendor: Vendor) -> None:
    plan = begun(vendor)
    add_goal(vendor, plan, vendor.manager, "manager")
    post(vendor.manager, "manager:plan_step", plan.pk, "propose")
    for client, surface in ((vendor.finance, "manager"), (vendor.client(Role.PARTNER_SALES), "partner")):
        shown = text_of(get(client, f"{surface}:plan", plan.pk))
        assert "/step/" not in shown
        assert "/comment/" not in shown


def test_pages_cost_the_same_for_many(vendor: Vendor) -> None:
    plan = begun(vendor)
    client = vendor.manager

    def cost(page: str, *args: object) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert get(client, page, *args).status_code == 200
        return len(queries)

    add_goal(vendor, plan, client, "manager")
    first = {"title": "Do", "owner": "vendor:", "name": "Ms Wu", "due_on": "2026-06-30"}
    post(client, "manager:action_new", plan.pk, **first)
    get(client, "manager:plan", plan.pk)
    before = (
        cost("manager:plan", plan.pk),
        cost("manager:plans"),
        cost(
            "manager:actions",
        ),
    )
    for number in range(3):
        add_goal(vendor, plan, client, "manager", title=f"Goal {number}", metric="")
        action = {"title": f"Do {number}", "owner": "vendor:", "name": "Ms Wu", "due_on": "2026-06-30"}
        post(client, "manager:action_new", plan.pk, **action)
    get(client, "manager:plan", plan.pk)
    assert (cost("manager:plan", plan.pk), cost("manager:plans"), cost("manager:actions")) == before
    assert before[0] <= 30
    assert before[1] <= 24
