"""The vendor's page of what ends: what it costs is reckoned for the whole page at once, for any number of partners."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.handlers import certificates as handlers
from partners.models import Partner
from partners.selectors import tiers
from partners.services.certificates import certificate_award, certificates_warn, certification_save
from partners.tiers.money import worths_of
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_partner
from tests.partners.ladder import document, evaluate, on, publish, tier
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
PEOPLE = {"metric": "certified_people", "window": "as_of"}
LEADS = [{"kind": "leads", "text": {"en": "Leads of your region", "zh-hans": "所在区域的销售线索"}}]
LADDER = document(
    tier("silver", PEOPLE | {"at_least": "1"}), tier("gold", PEOPLE | {"at_least": "2"}, benefits=LEADS)
)  # fmt: skip
GOLD_ONLY = {"field": "partner.tier", "op": "in", "value": ["gold"]}


@pytest.fixture
def vendor(cast: Cast) -> Any:
    """P-1 is gold by two certified people, of whom one certificate ends soon; gold is paid 5 %."""
    with on("2026-10-02"):
        with tenant_context(cast.tenant):
            certification_save(actor=cast.manager, code="net", name_en="Net", level="expert", validity_months=12)
            five = {"type": "marginal", "bands": [{"from": "0", "rate": "0.05"}]}
            world = World(cast.tenant)
            world.published("GOLD", currency="CNY", scope=GOLD_ONLY, calculation=five)
            golden(cast, world, cast.partner, 80000)
            publish(cast.administrator, LADDER)
            evaluate()
        yield world


def golden(cast: Cast, world: World, partner: Partner, sold: int) -> None:
    for number, issued in enumerate((dt.date(2025, 10, 20), dt.date(2026, 9, 1))):
        email = f"{partner.code}.{number}@b.example".lower()
        certificate_award(
            actor=cast.manager, email=email, certification="net", issued_on=issued, partner_id=partner.pk
        )  # fmt: skip
    world.sale(partner.code, "2026-05-05", str(sold), currency="CNY")


def asked(cast: Cast) -> tuple[str, int]:
    client = cast.client(Role.CHANNEL_MANAGER)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse("manager:certification"))
    assert answer.status_code == 200
    return answer.content.decode(), len(captured)


def test_the_page_asks_as_much_for_one_partner_as_for_many(vendor: World, cast: Cast) -> None:
    asked(cast)
    page, few = asked(cast)
    assert "Tier Silver instead of Gold, worth ¥4,000.00 a year" in page
    assert "No longer: Leads of your region" in page
    with tenant_context(cast.tenant):
        for number in range(9):
            golden(cast, vendor, make_partner(cast.tenant, f"R-{number}"), 10000 * number + 10000)
        evaluate()
    page, many = asked(cast)
    assert page.count("Tier Silver instead of Gold") == 10
    assert "worth ¥4,500.00 a year" in page
    assert many == few


def test_a_partner_is_reckoned_once_however_many_certificates_end(
    vendor: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(*given: Any) -> Any:
        calls.append(given)
        return worths_of(*given)

    monkeypatch.setattr(tiers, "worths_of", counted)
    with tenant_context(cast.tenant):
        for number in range(5):
            certificate_award(
                actor=cast.manager, email=f"more{number}@b.example", certification="net",
                issued_on=dt.date(2025, 10, 20), partner_id=cast.partner.pk,
            )  # fmt: skip
        evaluate()
        assert certificates_warn(actor=Actor.system("tests")) == 6
        [message] = Message.objects.filter(topic="partners.certificates.expiring")
        assert {one["days"] for one in message.payload["endings"]} == {30}
        for _twice in range(2):
            handlers.certificates_expiring(message.payload)
        told = Notice.objects.filter(kind="partners.certificate.expiring_tier")
        said = "Tier Silver instead of Gold, worth ¥4,000.00 a year; No longer: Leads of your region"
        assert [one.data["tier"] for one in told] == [said] * 6
    assert len(calls) == 2, "once for each delivery"
    assert Decimal(told[0].data["before"]) == 7
