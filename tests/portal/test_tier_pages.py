"""Pages about tiers: the partner's with its simulator and appeal, the vendor's from the editor to the decision."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from partners.models import TierAppeal, TierBacktest, TierScheme, TierStay, TierTrack
from partners.tier_backtest_work import backtest_run
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.ladder import document, evaluate, held, more, on, publish, tier
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
LADDER = document(
    tier("silver", more("revenue", "1000"), benefits=[{"kind": "leads", "text": {"en": "Leads", "zh-hans": "线索"}}]),
    tier("gold", more("revenue", "90000"), more("orders", "3")),
)
SENTENCES = {
    "en": (
        "With ¥979,999.00 more revenue you keep Gold.",
        "With ¥1.00 more revenue your figures are those of Silver.",
    ),
    "zh-Hans": ("销售额增加 ¥979,999.00，即可保住 Gold。", "销售额增加 ¥1.00，数据将对应 Silver。"),
}
GOLD_ONLY = {"field": "partner.tier", "op": "in", "value": ["gold"]}


@pytest.fixture
def sold(cast: Cast) -> Any:
    """The partner is silver since 2026-10-02 by 80,000 in the last four quarters; gold is paid 5 % more."""
    with on("2026-10-02"):
        with tenant_context(cast.tenant):
            world = World(cast.tenant)
            five = {"type": "marginal", "bands": [{"from": "0", "rate": "0.05"}]}
            world.published("GOLD", currency="CNY", scope=GOLD_ONLY, calculation=five)
            for number, text in enumerate(("2025-11-05", "2026-02-05", "2026-05-05", "2026-08-05")):
                world.sale("P-1", text, "20000", currency="CNY", invoice_no=f"I{number}")
            publish(cast.administrator, LADDER)
            evaluate()
        yield world


@pytest.fixture
def losing(sold: World, cast: Cast) -> TierStay:
    """In grace: nothing was sold for two years."""
    for day in ("2028-01-10", "2028-02-20"):
        with on(day), tenant_context(cast.tenant):
            evaluate(cast.partner)
    with tenant_context(cast.tenant):
        stay = held(cast.partner.pk)
    assert stay is not None
    assert stay.status == "grace"
    return stay


def words(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def get(client: Client, name: str, *args: Any, query: str = "", **more_: Any) -> str:
    answer = client.get(reverse(name, args=args) + query, **more_)
    assert answer.status_code == 200, answer.content[:500]
    return words(answer)


def test_the_partner_sees_what_is_missing_and_what_it_is_worth(sold: World, cast: Cast) -> None:
    client = cast.client(Role.PARTNER_SALES)
    page = get(client, "partner:tier")
    assert "Silver" in page
    assert "¥80,000.00" in page
    assert "¥10,000.00 more of Revenue" in page
    assert "With ¥10,000.00 more revenue you reach Gold, worth ¥4,000.00 a year." in page, "without being asked"
    assert "Leads" in page
    told = get(client, "partner:tier", query="?revenue=10,000", HTTP_HX_REQUEST="true")
    assert "With ¥10,000.00 more revenue you reach Gold, worth ¥4,000.00 a year." in told
    assert "To keep" not in told
    assert "With ¥5.00 more revenue your tier stays Silver." in get(client, "partner:tier", query="?revenue=5")
    assert "Write a number such as" in get(client, "partner:tier", query="?revenue=many")
    client.cookies["django_language"] = "zh-hans"
    chinese = get(client, "partner:tier", query="?revenue=10000")
    assert "销售额增加 ¥10,000.00，即可达到 Gold，每年价值 ¥4,000.00。" in chinese
    assert "升至 Gold" in chinese


def test_without_a_scheme_there_is_a_page_that_says_so(cast: Cast) -> None:
    assert "There are no tiers for you yet" in get(cast.client(Role.PARTNER_SALES), "partner:tier")
    assert "No tracks yet" in get(cast.client(Role.CHANNEL_MANAGER), "manager:tiers")


def test_an_appeal_from_the_partner_to_another_persons_decision(losing: TierStay, cast: Cast) -> None:
    with on("2028-02-21"):
        people = cast.client(Role.PARTNER_ADMINISTRATOR)
        assert "Grace period until" in get(people, "partner:tier")
        empty = people.post(reverse("partner:tier_appeal"), {"text": " "})
        assert empty.status_code == 422
        wrong = SimpleUploadedFile("evil.html", b"<script>alert(1)</script>")
        assert people.post(reverse("partner:tier_appeal"), {"text": "x", "files": wrong}).status_code == 422
        file = SimpleUploadedFile("../../orders.csv", b"order,amount\nA-1,5000\n")
        sent = people.post(reverse("partner:tier_appeal"), {"text": "<b>An order</b> is coming", "files": file})
        assert sent.status_code == 302
        raw = people.get(reverse("partner:tier")).content.decode()
        assert "&lt;b&gt;An order&lt;/b&gt;" in raw
        assert "orders.csv" in raw
        assert ".." not in raw[raw.index("orders.csv") - 4 : raw.index("orders.csv")]
        with tenant_context(cast.tenant):
            appeal = TierAppeal.objects.get()
        manager = cast.client(Role.CHANNEL_MANAGER)
        assert "An appeal is open" in get(manager, "manager:tier_stay", losing.pk)
        assert "Blue Harbour" in get(manager, "manager:tiers")
        url = reverse("manager:tier_appeal_decide", args=[appeal.pk])
        missing = manager.post(url, {"outcome": "uphold", "reason": "Order seen"})
        assert missing.status_code == 422
        decided = manager.post(url, {"outcome": "uphold", "reason": "Order seen", "kept_until": "2028-12-31"})
        assert decided.status_code == 302
        assert "You keep Silver until 2028-12-31." in get(people, "partner:tier")
        again = manager.post(url, {"outcome": "reject", "reason": "No"})
        assert again.status_code == 422


def test_a_decision_with_its_reason_and_not_too_early(losing: TierStay, cast: Cast) -> None:
    manager = cast.client(Role.CHANNEL_MANAGER)
    url = reverse("manager:tier_stay_lose", args=[losing.pk])
    with on("2028-02-21"):
        early = manager.post(url, {"reason": "Too little"})
        assert early.status_code == 422
        assert "The grace period is not over yet." in words(early)
    with on("2028-04-20"):
        assert manager.post(url, {"reason": "Too little"}).status_code == 302
        page = get(manager, "manager:tier_stay", losing.pk)
        assert "Downgrade decided" in page
        assert "Too little" in page


FORM = {
    "tiers.0.code": "silver", "tiers.0.en": "Silver", "tiers.0.zh": "银牌", "tiers.0.pass_mark": "",
    "tiers.0.criteria.0.metric": "revenue", "tiers.0.criteria.0.window": "trailing_months",
    "tiers.0.criteria.0.length": "12", "tiers.0.criteria.0.at_least": "1,000", "tiers.0.criteria.0.at_most": "",
    "tiers.0.criteria.0.points": "",
    "tiers.0.criteria.1.metric": "return_rate", "tiers.0.criteria.1.window": "trailing_months",
    "tiers.0.criteria.1.length": "12", "tiers.0.criteria.1.at_most": "5%", "tiers.0.criteria.1.at_least": "",
    "tiers.0.criteria.1.points": "",
    "rules.upgrade": "at_once", "rules.downgrade": "person", "rules.risk_days": "30", "rules.grace_days": "60",
    "rules.appeal_days": "14", "rules.minimum_stay_days": "0", "rules.warnings": "60, 30, 14, 7",
    "rules.keep_until": "",
}  # fmt: skip


def test_from_the_track_to_published_tiers(cast: Cast) -> None:
    manager = cast.client(Role.CHANNEL_MANAGER)
    made = manager.post(reverse("manager:tier_track_new"), {"code": "r", "name_en": "Resellers", "name_zh": "经销商"})
    assert made.status_code == 302
    with tenant_context(cast.tenant):
        track = TierTrack.objects.get()
    draft = reverse("manager:tier_draft", args=[track.pk])
    added = manager.post(draft, FORM | {"action": "add_tier"})
    assert "tiers.1.code" in added.content.decode()
    preview = manager.post(draft, FORM | {"action": "preview"})
    assert "Silver asks for Revenue over the last 12 months: at least ¥1,000.00; Return rate" in words(preview)
    assert "银牌 要求：最近 12 个月销售额：至少 ¥1,000.00" in words(preview)
    wrong = manager.post(draft, FORM | {"tiers.0.criteria.1.at_least": "150%", "action": "save"})
    assert wrong.status_code == 422
    refusal = (
        "Not saved: this has to be put right first Silver · Nobody can reach this: at least 150% is more than at most"
        " 5%. Silver · Nobody can reach this: Return rate is never above 100%."
    )
    assert refusal in words(wrong), "above the form, which is longer than a screen"
    assert manager.post(draft, FORM | {"action": "save"}).status_code == 302
    with tenant_context(cast.tenant):
        saved = TierScheme.objects.get().definition["tiers"][0]["criteria"]
    assert [one.get("at_least") or one.get("at_most") for one in saved] == ["1000", "0.05"]
    assert "5%" in manager.get(draft).content.decode()
    publish_url = reverse("manager:tier_publish", args=[track.pk])
    refused = manager.post(publish_url)
    assert refused.status_code == 422
    assert "First run the back-test" in words(refused)
    assert manager.post(reverse("manager:tier_backtest_new", args=[track.pk])).status_code == 302
    with tenant_context(cast.tenant):
        run = TierBacktest.objects.get()
    assert "Working it out" in get(manager, "manager:tier_backtest", run.pk)
    backtest_run(cast.tenant, run.pk)
    shown = get(manager, "manager:tier_backtest", run.pk)
    assert "Silver: 0 of the 2 partners of the tier below reach it." in shown
    assert manager.post(reverse("manager:tier_backtest", args=[run.pk])).status_code == 302
    assert manager.post(publish_url).status_code == 302
    assert "In force, version 1" in get(manager, "manager:tier_track", track.pk)
    finance = cast.client(Role.FINANCE)
    assert finance.post(reverse("manager:tier_backtest", args=[run.pk])).status_code == 403


def test_figures_lead_to_the_rows_behind_them(sold: World, cast: Cast) -> None:
    answer = cast.client(Role.CHANNEL_MANAGER).get(reverse("manager:partner_tier", args=[cast.partner.pk]))
    link = re.search(r'href="(/m/sales/\?partner=[^"]+)"', answer.content.decode())
    assert link is not None
    assert "since=2025-10-03&amp;until=2026-10-02" in link[1]
    rows = cast.client(Role.CHANNEL_MANAGER).get(link[1].replace("&amp;", "&"))
    assert "¥20,000.00" in words(rows)


def test_the_api_tells_standing_simulation_and_faults(sold: World, cast: Cast) -> None:
    client = cast.client(Role.PARTNER_ADMINISTRATOR)
    base = f"/api/v1/partners/{cast.partner.pk}"
    standing = client.get(f"{base}/tier-standing/").json()
    assert (standing["tier"], [one["is_reached"] for one in standing["tiers"]]) == ("silver", [True, False])
    assert standing["tiers"][1]["criteria"][0]["missing"] == "10000"
    asked = client.post(f"{base}/tier-simulation/", {"changes": {"revenue": "10000"}}, content_type="application/json")
    assert asked.json()["tier_then"] == "gold"
    assert asked.json()["worth"] == [{"currency": "CNY", "amount": "4000.00"}]
    other = client.get(f"/api/v1/partners/{cast.other_partner.pk}/tier-standing/")
    assert other.status_code == 404
    manager = cast.client(Role.CHANNEL_MANAGER)
    with tenant_context(cast.tenant):
        track = TierTrack.objects.get()
    faulty = document(tier("silver", more("revenue", "10", at_most="5")))
    refused = manager.put(
        f"/api/v1/tier-tracks/{track.pk}/draft/", {"definition": faulty}, content_type="application/json"
    )  # fmt: skip
    assert refused.status_code == 422
    assert "$.tiers[0].criteria[0].at_least" in refused.content.decode()
    codes = [one["code"] for one in manager.get("/api/v1/metrics/").json()["metrics"]]
    assert {"revenue", "satisfaction"} <= set(codes)
    fact = {"metric": "satisfaction", "as_of": "2026-09-30", "value": "8.5"}
    told = manager.post(f"{base}/metric-facts/", fact, content_type="application/json")
    assert (told.status_code, told.json()["value"]) == (200, "8.500000")


@pytest.mark.parametrize("locale", ["en", "zh-Hans"])
def test_a_partner_asks_on_a_phone_and_appeals(cast: Cast, browser: Any, transactional_db: None, locale: str) -> None:
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.sale("P-1", "2026-08-05", "20000", currency="CNY")
        far = document(
            tier("silver", more("revenue", "1")), tier("gold", more("revenue", "999999")),
            risk_days=0, grace_days=30, warnings=[30],
        )  # fmt: skip
        world.tier("P-1", "gold", "2026-01-01")
        publish(cast.administrator, far)
        evaluate(cast.partner)
        evaluate(cast.partner)
    page = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale=locale)
    page.goto("/p/tier/")
    kept, fallen = SENTENCES[locale]
    assert page.inner_text("#outcome") == kept, "without being asked"
    assert page.input_value("input[name=revenue]") == "979,999"
    page.fill("input[name=revenue]", "1")
    page.wait_for_selector("#outcome >> text=Silver")
    assert fallen in page.inner_text("#outcome")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("a[href='/p/tier/appeal/']")
    page.fill("textarea[name=text]", "订单即将到来")
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/p/tier/")
    assert "订单即将到来" in page.inner_text("main")
    assert page.errors == []
