"""Plans, scores and reviews through the REST API, and scores as an export."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from partners.models import BusinessPlan
from partners.services.reviews import review_hold, review_share, review_start
from partners.services.scorecards import line_set, scorecard_create, scorecard_publish
from partners.services.scores import scores_update
from prm.exports.services import export_request
from prm.exports.work import export_run
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from tests.rebates.world import World

NOW = "2026-03-16T04:00:00Z"


@pytest.fixture
def api(cast: Cast, time_machine: Any) -> ApiClient:
    time_machine.move_to(NOW, tick=False)
    return ApiClient(cast.tenant, make_key(cast))


def test_a_plan_from_draft_to_proposal(api: ApiClient, cast: Cast) -> None:
    made = api.post("plans/", {"partner_id": str(cast.partner.pk), "fiscal_year": 2026, "title": "Together"})
    assert made.status_code == 201
    plan_id = made.json()["id"]
    twice = api.post("plans/", {"partner_id": str(cast.partner.pk), "fiscal_year": 2026, "title": "Together"})
    assert (twice.status_code, twice.json()["code"]) == (409, "plan_exists")
    goal = api.post(f"plans/{plan_id}/goals/", {"title": "Growth", "metric": "revenue_growth", "target": "0.12"})
    assert (goal.status_code, goal.json()["unit"], goal.json()["target"]) == (201, "ratio", "0.1200")
    action = {"title": "Hire", "due_on": "2026-06-30", "side": "partner", "owner": "Ms Wu"}
    assert api.post(f"plans/{plan_id}/actions/", action).status_code == 201
    assert api.post(f"plans/{plan_id}/status/", {"verb": "propose"}).json()["status"] == "proposed"
    [version] = api.get(f"plans/{plan_id}/versions/").json()["items"]
    agree = api.post(f"plans/{plan_id}/status/", {"verb": "agree", "sha256": version["sha256"]})
    assert agree.status_code == 403
    with tenant_context(cast.tenant):
        assert BusinessPlan.objects.get().status == "proposed"
    [open_one] = api.get("actions/", state="open").json()["items"]
    done = api.post(f"actions/{open_one['id']}/", {"verb": "finish"})
    assert (done.status_code, done.json()["status"]) == (200, "done")


def scored(cast: Cast) -> None:
    World(cast.tenant).sale("P-1", "2026-03-01", "600", currency="CNY")
    version = scorecard_create(actor=cast.manager, name="All").versions.get()
    line_set(
        actor=cast.manager, version_id=version.pk, side="partner", metric="revenue", target=Decimal(1000),
        floor=Decimal(200),
    )  # fmt: skip
    scorecard_publish(actor=cast.manager, version_id=version.pk)
    scores_update(actor=Actor.system("tests"))


def test_scores_and_the_figures_behind_them(api: ApiClient, cast: Cast) -> None:
    with tenant_context(cast.tenant):
        scored(cast)
    [mine] = api.get("scores/", partner_id=str(cast.partner.pk)).json()["items"]
    assert (mine["partner_score"], mine["vendor_score"], mine["month"]) == ("50.0", None, "2026-03-01")
    [figure] = api.get(f"partners/{cast.partner.pk}/figures/").json()["items"]
    assert (figure["value"], figure["score"], figure["state"]) == ("600.000000", "50.0", "watch")
    [card] = api.get("scorecards/").json()["items"]
    assert (card["status"], card["lines"][0]["metric"]) == ("published", "revenue")


def test_reviews_and_their_packs(api: ApiClient, cast: Cast) -> None:
    made = api.post("reviews/", {"partner_id": str(cast.partner.pk), "period": "2026-Q1"})
    assert made.status_code == 201
    review_id = made.json()["id"]
    assert api.get(f"reviews/{review_id}/pack/").status_code == 404
    assert api.post(f"reviews/{review_id}/share/").json()["status"] == "shared"
    with tenant_context(cast.tenant):
        pack = review_hold(actor=cast.manager, review_id=review_id, sections={"x": {"y": 1}})
    kept = api.get(f"reviews/{review_id}/pack/").json()
    assert (kept["sha256"], kept["document"]["sections"]) == (pack.sha256, {"x": {"y": 1}})


def test_scores_are_exported(api: ApiClient, cast: Cast) -> None:
    with tenant_context(cast.tenant):
        scored(cast)
        asked = export_request(actor=cast.administrator, kind="scores", format="csv", filters={"partner": "P-1"})
        export_run(cast.tenant, asked.pk)
        asked.refresh_from_db()
        with file_open(asked.file) as content:
            text = content.read().decode("utf-8-sig")
    head, row = text.splitlines()
    assert row.startswith("2026-03-01,P-1,Blue Harbour,partner,revenue,600")
    assert len(head.split(",")) == len(row.split(","))


def test_a_partner_reads_its_own(api: ApiClient, cast: Cast) -> None:
    with tenant_context(cast.tenant):
        review = review_start(actor=cast.manager, partner_id=cast.other_partner.pk, period="2026-Q1")
        review_share(actor=cast.manager, review_id=review.pk)
    client = cast.client(Role.PARTNER_ADMINISTRATOR)
    assert client.get("/api/v1/reviews/").json()["items"] == []
    assert client.get(f"/api/v1/reviews/{review.pk}/").status_code == 404
