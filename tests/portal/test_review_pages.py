"""Business reviews through the pages: prepared live, answered by the partner, frozen; scorecards beside them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import BusinessReview, JointAction, Partner, ReviewPack, Scorecard
from partners.services.plans_agreeing import checksum
from partners.services.plans_work import action_change
from partners.services.scorecards import line_set, scorecard_create, scorecard_publish, scorecard_revise
from partners.services.scores import scores_begin, scores_update
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.outbox.registry import handler_named, handlers_of
from prm.testing.make import Cast
from tests.portal.vendor import Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
NOW = "2026-11-23T04:00:00Z"
READER = shutil.which("pdftotext")


@pytest.fixture
def vendor(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=True):
        found = Vendor(cast, World(cast.tenant))
        found.closed()
        with found.inside():
            version = scorecard_create(actor=cast.manager, name="All").versions.get()
            lines = (
                {"side": "partner", "metric": "revenue", "target": Decimal(50000), "floor": Decimal(20000)},
                {"side": "vendor", "metric": "statements_on_time", "target": Decimal("0.9"), "floor": Decimal("0.5")},
            )
            for line in lines:
                line_set(actor=cast.manager, version_id=version.pk, **line)
            scorecard_publish(actor=cast.manager, version_id=version.pk)
            scores_begin(actor=Actor.system("tests"))
        yield found


def partner(vendor: Vendor) -> Client:
    return vendor.client(Role.PARTNER_ADMINISTRATOR)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def begun(vendor: Vendor, period: str = "2026-Q3") -> BusinessReview:
    assert post(vendor.manager, "manager:review_new", partner="P-1", period=period).status_code == 302
    with vendor.inside():
        return BusinessReview.objects.get(period_key=period)


def held(vendor: Vendor, period: str = "2026-Q3") -> BusinessReview:
    review = begun(vendor, period)
    post(vendor.manager, "manager:review_step", review.pk, "share")
    action = {"title": f"Call {period}", "owner": "vendor:", "name": "Ms Wu", "due_on": "2026-12-24"}
    assert post(vendor.manager, "manager:review_action", review.pk, **action).status_code == 302
    assert post(vendor.manager, "manager:review_step", review.pk, "hold").status_code == 302
    return review


def test_from_live_to_frozen(vendor: Vendor) -> None:
    review = begun(vendor)
    assert get(partner(vendor), "partner:review", review.pk).status_code == 404
    texts = {
        "summary": "A good quarter",
        "went_well": "Roads",
        "to_improve": "",
        "outlook": "",
        "meet_on": "2026-12-01",
    }
    assert post(vendor.manager, "manager:review_write", review.pk, **texts).status_code == 302
    assert post(vendor.manager, "manager:review_step", review.pk, "hold").status_code == 422
    assert post(vendor.manager, "manager:review_step", review.pk, "share").status_code == 302
    shown = words(text_of(get(partner(vendor), "partner:review", review.pk)))
    assert "A good quarter" in shown
    assert post(partner(vendor), "partner:review_answer", review.pk, text="We need <samples>").status_code == 302
    assert post(vendor.manager, "manager:review_step", review.pk, "hold").status_code == 302
    with vendor.inside():
        pack = ReviewPack.objects.get()
        assert pack.sha256 == checksum(pack.document)
        assert pack.document["texts"]["partner_words"] == "We need <samples>"
        revenue = pack.document["sections"]["revenue"]
        assert dict(zip(revenue["months"], revenue["values"], strict=True))["2026-08"] == "10000"
        assert revenue["months"][-1] == "2026-09"
        vendor.world.sale("P-1", "2026-08-02", "777", currency="CNY")
        with pytest.raises(ProgrammingError), transaction.atomic():
            ReviewPack.objects.update(sha256="0" * 64)
    assert "We need &lt;samples&gt;" in text_of(get(partner(vendor), "partner:review", review.pk))
    assert "10,777" not in text_of(get(vendor.manager, "manager:review", review.pk))
    assert post(vendor.manager, "manager:review_write", review.pk, **texts).status_code == 422
    assert post(partner(vendor), "partner:review_answer", review.pk, text="x").status_code == 422
    assert post(vendor.manager, "manager:review_step", review.pk, "cancel", reason="x").status_code == 422


def test_the_last_actions_come_first(vendor: Vendor) -> None:
    held(vendor, "2026-Q2")
    with vendor.inside():
        action = JointAction.objects.get()
        action_change(actor=vendor.cast.manager, action_id=action.pk, verb="drop", note="No budget")
    review = held(vendor, "2026-Q3")
    with vendor.inside():
        [before] = ReviewPack.objects.get(review=review).document["before"]
        assert (before["title"], before["status"], before["note"]) == ("Call 2026-Q2", "dropped", "No budget")
    shown = words(text_of(get(vendor.manager, "manager:review", review.pk)))
    assert shown.index("Call 2026-Q2") < shown.index("Scorecard, both sides") < shown.index("Call 2026-Q3")


def test_readers_see_the_sections_of_their_rights(vendor: Vendor) -> None:
    review = held(vendor)
    sales = words(text_of(get(vendor.client(Role.PARTNER_SALES), "partner:review", review.pk)))
    whole = words(text_of(get(partner(vendor), "partner:review", review.pk)))
    assert "Open issues" not in sales
    assert "Open issues" in whole


@pytest.mark.parametrize(("language", "title"), [("en", "Business review"), ("zh-hans", "业务回顾")])
def test_paper_is_the_same_each_time(vendor: Vendor, tmp_path: Path, language: str, title: str) -> None:
    review = held(vendor)
    client = partner(vendor)
    client.cookies["django_language"] = language
    answers = [client.get(f"/p/reviews/{review.pk}/review.pdf", headers={"accept-language": language}) for _ in (1, 2)]
    assert answers[0].content == answers[1].content
    assert answers[0].content.startswith(b"%PDF")
    assert answers[0].headers["Content-Disposition"] == 'attachment; filename="review-P-1-2026-Q3.pdf"'
    if READER is None:
        pytest.skip("there is no pdftotext to read it with")
    path = tmp_path / "review.pdf"
    path.write_bytes(answers[0].content)
    text = subprocess.run([READER, "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    assert title in text
    assert "Blue Harbour" in text


def test_the_partner_is_told(vendor: Vendor) -> None:
    review = begun(vendor)
    post(vendor.manager, "manager:review_step", review.pk, "share")
    with vendor.inside():
        for message in Message.objects.filter(topic="partners.review.shared"):
            for name in handlers_of(message.topic):
                for _twice in range(2):
                    handler_named(name)(message.payload)
        told = Notice.objects.filter(kind="partners.review.shared").values_list("user__email", flat=True)
        assert list(told) == ["partner_administrator@acme.test"]


def test_the_scorecard_shows_both_sides(vendor: Vendor) -> None:
    for client, page, args in (
        (vendor.manager, "manager:partner_scorecard", [vendor.cast.partner.pk]),
        (partner(vendor), "partner:own_scorecard", []),
    ):
        shown = words(text_of(get(client, page, *args)))
        # Revenue 25,000 between 20,000 and 50,000: 16.7. The statement was not approved in 20 days: 0 of 1.
        assert "16.7" in shown
        assert "0 of 1 kept" in shown
    matrix = text_of(get(vendor.manager, "manager:scorecards"))
    assert "Blue Harbour" in matrix
    assert "heat-red" in matrix
    assert get(vendor.manager, "manager:scorecards", sort="-partner:revenue", state="red").status_code == 200
    assert get(vendor.manager, "manager:partner_scorecard", vendor.cast.partner.pk, month="1999-01").status_code == 200


def test_definitions_are_made_and_published(vendor: Vendor) -> None:
    made = post(vendor.manager, "manager:scorecard_definitions", name="Integrators", partner_types="integrator")
    assert made.status_code == 302
    version_id = made.url.rstrip("/").rsplit("/", 1)[1]
    line = {
        "figure": "partner:revenue_growth", "target": "20", "floor": "5", "weight": "2", "window": "trailing_months",
        "length": "12", "owner_label": "",
    }  # fmt: skip
    assert post(vendor.manager, "manager:scorecard_line", version_id, **line | {"floor": "30"}).status_code == 422
    assert post(vendor.manager, "manager:scorecard_line", version_id, **line).status_code == 302
    assert "20.0%" in text_of(get(vendor.manager, "manager:scorecard_version", version_id))
    assert post(vendor.manager, "manager:scorecard_publish", version_id).status_code == 302


MORE = (
    ("partner", "certified_people"), ("partner", "orders"), ("partner", "new_customers"), ("partner", "product_lines"),
    ("vendor", "payments_on_time"), ("vendor", "disputes_on_time"), ("vendor", "applications_on_time"),
)  # fmt: skip


def test_the_matrix_costs_the_same_for_many_partners_and_figures(vendor: Vendor) -> None:
    client = vendor.manager

    def fill(code: str, count: int) -> None:
        with vendor.inside():
            Partner.objects.bulk_create([Partner(code=f"{code}{one}", name=f"{code}{one}") for one in range(count)])
            scores_update(actor=Actor.system("tests"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(get(client, "manager:scorecards").context["page"]) >= 12
        return len(queries)

    fill("X", 10)
    cost()
    before = cost()
    with vendor.inside():
        draft = scorecard_revise(actor=vendor.cast.manager, scorecard_id=Scorecard.objects.get().pk)
        for side, code in MORE:
            line = {"side": side, "metric": code, "target": Decimal(1), "floor": Decimal(0)}
            line_set(actor=vendor.cast.manager, version_id=draft.pk, **line)
        scorecard_publish(actor=vendor.cast.manager, version_id=draft.pk)
    fill("Y", 190)
    assert cost() == before
    assert len(get(client, "manager:scorecards").context["lines"]) == 9
    assert before <= 30


def test_only_quarters_that_have_begun(vendor: Vendor) -> None:
    assert post(vendor.manager, "manager:review_new", partner="P-1", period="2027-Q1").status_code == 422
    begun(vendor)
    assert post(vendor.manager, "manager:review_new", partner="P-1", period="2026-Q3").status_code == 422
    with vendor.inside():
        assert BusinessReview.objects.get().ends_on == dt.date(2026, 9, 30)
