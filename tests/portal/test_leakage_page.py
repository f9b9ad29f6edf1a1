"""The leakage report as finance reads and downloads it."""

from __future__ import annotations

import pytest
import time_machine

from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Leakage", "Sales recorded late", "Open")), ("zh-hans", ("返利漏损", "销售补录", "少付"))],
)
def test_leakage_lists_what_a_closed_period_paid_too_little(
    vendor: Vendor, language: str, said: tuple[str, ...]
) -> None:
    vendor.closed()
    empty = text_of(get(vendor.finance, "finance:leakage"))
    assert "Nothing leaked" in empty
    with vendor.inside():
        vendor.world.sale("P-1", "2026-08-02", "500", currency="CNY")
    client = vendor.finance
    client.cookies["django_language"] = language
    text = text_of(get(client, "finance:leakage"))
    for part in (*said, "¥10.00"):
        assert part in text
    lines = get(vendor.finance, "finance:leakage_csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",10.00," in lines[1]
