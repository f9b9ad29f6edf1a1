"""The programs that pay nothing, as partners, managers, finance and other systems read why."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine

from partners.models import Partner
from prm.identity.rights import Role
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from rebates.models import Accrual
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
STORAGE = {"field": "product.line", "op": "eq", "value": "Storage"}
EUROPE = {"field": "partner.region", "op": "eq", "value": "Europe"}
FROM_20000 = {"type": "marginal", "bands": [{"from": "20000", "rate": "0.02"}]}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    """Beside P1, which pays: a program for storage, one for Europe, one whose first band is far, one without a rate."""
    found = Vendor(cast, World(cast.tenant))
    with found.inside():
        world = found.world
        world.partner("P-1")
        Partner.objects.filter(code="P-1").update(region="Asia")
        world.published("STORE", currency="CNY", period="month", scope=STORAGE)
        world.published("EU", currency="CNY", scope=EUROPE)
        world.published("HIGH", currency="CNY", calculation=FROM_20000)
        world.published("DOLLAR", currency="USD")
    found.history()
    return found


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


def test_a_partner_reads_why_a_program_paid_nothing(vendor: Vendor) -> None:
    shown = words(get(vendor.client(Role.PARTNER_SALES), "partner:earnings"))
    assert (
        "Program STORE STORE · 2026-10 1 sale line worth ¥15,000.00 is left out:"
        " it counts only where the product line is “Storage”." in shown
    )
    assert "Program STORE STORE · 2026-11 No sale is recorded from 2026-11-01 to 2026-11-23." in shown
    assert "No rebate: ¥5,000.00 of the ¥20,000.00 needed are still missing." in shown
    assert "Program DOLLAR DOLLAR · 2026-Q4 1 sale line cannot be counted yet: data of your vendor is missing." in shown
    assert "1 program for partners of another kind" in shown
    assert "It asks that the partner region is “Europe”; here it is Asia." in shown


def test_in_chinese(vendor: Vendor) -> None:
    client = vendor.client(Role.PARTNER_SALES)
    client.cookies["django_language"] = "zh-hans"
    shown = words(get(client, "partner:earnings"))
    for part in (
        "未产生返利的政策", "1 行销售共 ¥15,000.00 未计入：只有产品线为“Storage”时才计入。",
        "要求合作伙伴所在大区为“Europe”；实际为 Asia。", "2026-11-01 至 2026-11-23 没有销售记录。",
        "1 行销售暂时无法计入：厂商资料不全。",
    ):  # fmt: skip
        assert part in shown


@pytest.mark.parametrize("surface", ["finance", "manager"])
def test_the_vendor_reads_what_pays_and_what_does_not(vendor: Vendor, surface: str) -> None:
    with vendor.inside():
        partner = vendor.world.partner("P-1")
        low = Accrual.objects.get(version__program__code="HIGH", partner=partner, period_key="2026-Q4")
    client = vendor.finance if surface == "finance" else vendor.manager
    html = get(client, f"{surface}:partner_earnings", partner.pk)
    shown = words(html)
    assert "Program P1 P1 v1 2026-Q4 ¥15,000.00 ¥300.00" in shown
    assert "1 sale line cannot be counted yet: No exchange rate CNY → USD on 2026-10-05." in shown
    assert f'href="/{surface[0]}/accruals/{low.pk}/"' in text_of(html)
    earlier = words(get(client, f"{surface}:partner_earnings", partner.pk, period="2026-Q2"))
    assert "No program pays for this period" in earlier
    assert "No sale is recorded from 2026-04-01 to 2026-06-30." in earlier
    assert get(client, f"{surface}:partner_earnings", partner.pk, period="nonsense").status_code == 404


def test_other_systems_read_the_reasons_as_data(vendor: Vendor) -> None:
    with vendor.inside():
        partner = vendor.world.partner("P-1")
    api = ApiClient(vendor.cast.tenant, make_key(vendor.cast))
    rows = api.get(f"partners/{partner.pk}/earnings/unpaid/", on="2026-11-01").json()["items"]
    assert [(row["program_code"], row["period"], row["cause"]) for row in rows] == [
        ("HIGH", "2026-Q4", "pays_nothing"), ("DOLLAR", "2026-Q4", "fault"), ("STORE", "2026-10", "condition"),
        ("STORE", "2026-11", "no_sale"), ("EU", "2026-Q4", "partner"),
    ]  # fmt: skip
    assert (rows[0]["reason"], rows[1]["accrual_id"]) == ("below_first_band", None)
    assert rows[2]["kept"] == [
        {
            "condition": STORAGE,
            "text": {"en": "the product line is “Storage”", "zh-hans": "产品线为“Storage”"},
            "cause": "condition", "lines": 1, "measure": "15000.000000", "program_code": "",
        }
    ]  # fmt: skip
    assert rows[4]["unmet"][0]["found"] == ["Asia"]


def test_months_between_which_one_paid_are_no_run(vendor: Vendor) -> None:
    with vendor.inside():
        world = vendor.world
        world.published("GOLD", currency="CNY", period="month", scope={"field": "partner.tier", "op": "eq",
                                                                       "value": "gold"})  # fmt: skip
        world.tier("P-1", "silver", "2026-01-01")
        world.tier("P-1", "gold", "2026-08-01")
        world.tier("P-1", "silver", "2026-09-01")
        world.sale("P-1", "2026-08-20", "100", currency="CNY")
        world.update()
        key = Partner.objects.get(code="P-1").pk
    shown = words(get(vendor.manager, "manager:partner_earnings", key, period="2026-Q3"))
    assert "GOLD · 2026-07 , 2026-09" in shown
    shown = words(get(vendor.manager, "manager:partner_earnings", key, period="2026-Q2"))
    assert "GOLD · 2026-04 – 2026-06" in shown
