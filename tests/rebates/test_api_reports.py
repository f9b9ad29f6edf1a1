"""The month-end report and the balances of a past day through the REST API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from tests.rebates.world import World


@pytest.fixture
def api(cast: Cast) -> Iterator[ApiClient]:
    """P-1 earns 20.00 in October and 10.00 in November; P-2 6.00 in October."""
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        with time_machine.travel("2026-10-10T04:00:00Z", tick=False):
            world.published("P1", currency="CNY")
            world.sale("P-1", "2026-10-01", "1000", currency="CNY")
            world.sale("P-2", "2026-10-01", "300", currency="CNY")
            world.update()
        with time_machine.travel("2026-11-10T04:00:00Z", tick=False):
            world.sale("P-1", "2026-11-01", "500", currency="CNY")
            world.update()
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield ApiClient(cast.tenant, make_key(cast))


def test_the_liability_of_a_month(api: ApiClient) -> None:
    report = api.get("liability/").json()
    assert (report["since"], report["until"], report["reconciles"]) == ("2026-11-01", "2026-11-23", True)
    total = report["totals"][0]
    assert (total["currency"], total["opening_accrued"], total["accruals"], total["closing_accrued"]) == (
        "CNY", "26.0000", "10.0000", "36.0000",
    )  # fmt: skip
    by_partner = api.get("liability/", since="2026-10-01", until="2026-10-31", by="partner").json()
    assert [(row["partner_code"], row["program_id"], row["accruals"]) for row in by_partner["rows"]] == [
        ("P-1", None, "20.0000"), ("P-2", None, "6.0000"),
    ]  # fmt: skip
    assert api.get("liability/", since="2026-10-02", until="2026-10-01").status_code == 422
    months = api.get("liability/months/", months="2").json()["items"]
    assert [(row["month"], row["accrued"]) for row in months] == [("2026-10-01", "26.0000"), ("2026-11-01", "36.0000")]


def test_the_balances_of_a_past_day(api: ApiClient) -> None:
    first = api.get("as-of/balances/", on="2026-10-31", limit="1").json()
    second = api.get("as-of/balances/", on="2026-10-31", cursor=first["next_cursor"]).json()
    rows = first["items"] + second["items"]
    assert sorted((row["period"], row["then_accrued"], row["now_accrued"]) for row in rows) == [
        ("2026-Q4", "20.0000", "30.0000"), ("2026-Q4", "6.0000", "6.0000"),
    ]  # fmt: skip
    assert second["next_cursor"] is None
    changed = api.get("as-of/balances/", on="2026-10-31", only_changed="true").json()["items"]
    assert [row["now"] for row in changed] == ["30.0000"]
    total = api.get("as-of/totals/", on="2026-10-31").json()["items"]
    assert [(row["currency"], row["then"], row["now"]) for row in total] == [("CNY", "26.0000", "36.0000")]
    place = {name: changed[0][name] for name in ("partner_id", "program_id", "period", "currency")}
    journals = api.get("as-of/journals/", on="2026-10-31", **place).json()["items"]
    assert [(row["kind"], row["accrued"], row["effective_on"]) for row in journals] == [
        ("rebates.accrual", "10.0000", "2026-11-10")
    ]
    assert set(api.get("as-of/journals/").json()["fields"]) == {"partner_id", "program_id", "period", "currency"}
    assert api.get("as-of/totals/", on="2026-11-24").status_code == 422


def test_the_rules_of_a_past_day(api: ApiClient) -> None:
    for on, known in (("2026-10-09", False), ("2026-10-10", True)):
        found = api.get("as-of/versions/", on=on).json()["items"]
        assert [(row["program_code"], row["number"], row["is_known"]) for row in found] == [("P1", 1, known)]
