# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Days on which something changes, and returns that name the wrong line: one vendor by hand for each."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rebates.engine.program import parse_programs
from rebates.engine.versions import Version
from rebates.sql import evaluate, orphans
from tests.rebates.small_vendor import Line, Vendor, loaded

pytestmark = pytest.mark.django_db

SALE = Line("1", "P", "S", date(2024, 3, 31), Decimal(2), Decimal("100.00"), "USD")
RETURN = replace(SALE, external_id="2", quantity=Decimal(-1), net_amount=Decimal(-50), reverses="1")


def vendor(*lines: Line, tiers: list[tuple[date, str]] | None = None, rates: dict[str, str] | None = None) -> Vendor:
    return Vendor(
        partners=dict.fromkeys(("P", "Q"), ("VAR", "Europe", "DE", ())),
        tiers={"P": tiers or []},
        products=dict.fromkeys(("S", "T"), ("Road", "Bikes", "", None)),
        rates={("EUR", "USD", date.fromisoformat(day)): Decimal(rate) for day, rate in (rates or {}).items()},
        lines=lines,
    )


def measures(found: Vendor, as_of: date | None = None, **changes: Any) -> dict[str, Decimal]:
    document = {
        "code": "X", "currency": "USD", "period": "quarter", "calculation": {"type": "retroactive", "bands": [{"rate": 1}]},
    }  # fmt: skip
    versions = [Version.of(program) for program in parse_programs([document | changes])]
    with loaded(found):
        return {
            result.period.key: result.measure
            for result in evaluate(versions, calendar=found.calendar, base_currency="USD", as_of=as_of)
        }


GOLD = {"field": "partner.tier", "op": "eq", "value": "gold"}


@pytest.mark.parametrize(("since", "counts"), [("2024-03-30", True), ("2024-03-31", True), ("2024-04-01", False)])
def test_tier_on_the_day_of_sale(since: str, counts: bool) -> None:
    found = vendor(SALE, tiers=[(date(1, 1, 1), "silver"), (date.fromisoformat(since), "gold")])
    assert bool(measures(found, scope=GOLD)) is counts


@pytest.mark.parametrize(("since", "counts"), [("2024-03-30", True), ("2024-03-31", True), ("2024-04-01", False)])
def test_tier_on_the_last_day_of_the_period(since: str, counts: bool) -> None:
    found = vendor(replace(SALE, sold_on=date(2024, 1, 1)), tiers=[(date.fromisoformat(since), "gold")])
    assert bool(measures(found, scope=GOLD, partner_as_of="period_end")) is counts
    assert measures(found, scope=GOLD) == {}


@pytest.mark.parametrize(("as_of", "counts"), [("2024-02-14", False), ("2024-02-15", True)])
def test_tier_at_period_end_is_that_of_an_earlier_cut_off(as_of: str, counts: bool) -> None:
    found = vendor(replace(SALE, sold_on=date(2024, 1, 1)), tiers=[(date(2024, 2, 15), "gold"), (date(2024, 3, 1), "")])
    assert bool(measures(found, date.fromisoformat(as_of), scope=GOLD, partner_as_of="period_end")) is counts


@pytest.mark.parametrize(
    ("rates", "measure"),
    [
        ({"2024-03-31": "2"}, 200),
        ({"2024-03-30": "2", "2024-04-01": "3"}, 200),
        ({"2024-03-30": "2", "2024-03-31": "3"}, 300),
        ({"2000-01-01": "2"}, 200),
        ({"2024-04-01": "2"}, None),
    ],
)
def test_a_rate_holds_from_its_day_to_the_day_before_the_next(rates: dict[str, str], measure: int | None) -> None:
    found = measures(vendor(replace(SALE, currency="EUR"), rates=rates))
    assert found == ({} if measure is None else {"2024-Q1": measure})


def test_no_inversion_and_no_crossing() -> None:
    assert measures(vendor(SALE, rates={"2024-01-01": "2"}), currency="EUR") == {}


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "counts"),
    [("2024-03-31", "2024-03-31", True), ("2024-04-01", None, False), (None, "2024-03-30", False), (None, None, True)],
)
def test_the_first_and_the_last_day_are_valid(valid_from: str | None, valid_to: str | None, counts: bool) -> None:
    assert bool(measures(vendor(SALE), valid_from=valid_from, valid_to=valid_to)) is counts


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reverses": ""}, "return_without_original"),
        ({"reverses": "9"}, "return_of_unknown_line"),
        ({"reverses": "2"}, "return_of_a_return"),
        ({"sku": "T"}, "return_of_another_partners_or_products_line"),
        ({"partner": "Q"}, "return_of_another_partners_or_products_line"),
    ],
)
@pytest.mark.parametrize("policy", ["restate", "forward"])
def test_a_return_that_names_no_sale_counts_nowhere(change: dict[str, Any], reason: str, policy: str) -> None:
    found = vendor(SALE, replace(RETURN, **change))
    assert measures(found, returns=policy) == {"2024-Q1": 100}
    with loaded(found):
        assert [(x.external_id, x.version_id, x.reason) for x in orphans()] == [("2", None, reason)]


def test_where_a_return_counts() -> None:
    found = vendor(
        SALE, replace(RETURN, sold_on=date(2024, 7, 1)), replace(SALE, external_id="3", sold_on=date(2024, 7, 1))
    )
    assert measures(found) == {"2024-Q1": 50, "2024-Q3": 100}
    assert measures(found, returns="forward") == {"2024-Q1": 100, "2024-Q3": 50}
    assert measures(found, date(2024, 6, 30)) == {"2024-Q1": 100}


def test_a_restated_return_takes_everything_but_quantity_and_amount_from_its_original() -> None:
    sale = replace(SALE, currency="EUR", channel="web")
    back = replace(RETURN, currency="EUR", channel="shop", sold_on=date(2024, 7, 1))
    found = vendor(sale, back, rates={"2024-01-01": "2", "2024-07-01": "3"})
    web = {"field": "sale.channel", "op": "eq", "value": "web"}
    assert measures(found, scope=web) == {"2024-Q1": 100}
    assert measures(found, scope=web, returns="forward") == {"2024-Q1": 200}


def test_what_is_positive_reverses_nothing() -> None:
    assert measures(vendor(SALE, replace(SALE, external_id="2", reverses="1"))) == {"2024-Q1": 200}


def test_a_return_before_its_original_arrived_is_found_later() -> None:
    assert measures(vendor(RETURN)) == {}
    assert measures(vendor(RETURN, SALE)) == {"2024-Q1": 50}
