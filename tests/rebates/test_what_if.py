"""What a partner would earn by selling more, to the cent what it earns once it is sold; and nothing is written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from commerce.models import SaleLine
from prm.errors import Forbidden, Invalid
from prm.identity.rights import Role
from rebates.models import Accrual
from rebates.whatif.partner import More, cheapest_steps, gain_of, what_if, what_if_lines
from tests.rebates.world import World, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

BONUS = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.01"}, {"from": "40000", "rate": "0.03"}]}
ROAD = {"field": "product.line", "op": "eq", "value": "Road"}


@pytest.fixture
def november() -> Any:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


@pytest.fixture
def sold(world: World) -> World:
    """A has sold 30,000 of Road and 5,000 of Touring, B 100,000; ALL pays 2 % and 4 % from 50,000, ROAD all at 1 % or
    3 %.
    """
    world.product("T", line="Touring")
    world.published("ALL")
    world.published("ROAD", scope=ROAD, calculation=BONUS)
    world.sale("A", "2026-10-05", "30000", quantity="300")
    world.sale("A", "2026-10-06", "5000", quantity="5", sku="T")
    world.sale("B", "2026-10-05", "100000")
    world.update()
    return world


def asker(world: World, code: str = "A") -> Any:
    return world.actor(Role.PARTNER_SALES, name=code.lower(), partner=world.partner(code))


def more(**said: Any) -> More:
    return More(**{"sold_on": day("2026-12-10"), "line": "Road"} | said)


def figures(found: Any) -> dict[str, tuple[str, str]]:
    return {one.version.program.code: (f"{one.before:.2f}", f"{one.after:.2f}") for one in found.changes}


def test_each_program_pays_what_its_bands_say_of_the_larger_measure(sold):
    found = what_if(asker(sold), more(amount=Decimal(20000)))
    # ALL: 35,000 → 55,000, 700 → 50,000 at 2 % and 5,000 at 4 %. ROAD: 30,000 at 1 % → 50,000 at 3 %.
    assert figures(found) == {"ROAD": ("300.00", "1500.00"), "ALL": ("700.00", "1200.00")}
    assert found.gains == {"USD": Decimal(1700)}
    assert gain_of(found.changes, "USD") == (Decimal(1000), Decimal(2700))
    assert (found.product.sku, found.quantity, found.currency) == ("X", Decimal(200), "USD")
    assert not found.is_partial


def test_it_is_what_is_earned_once_it_is_sold(sold):
    told = figures(what_if(asker(sold), more(quantity=Decimal("77.5"))))
    sold.sale("A", "2026-12-10", "7750", quantity="77.5")
    sold.update()
    earned = Accrual.objects.filter(partner__code="A", period_key="2026-Q4")
    assert {code: after for code, (_before, after) in told.items()} == {
        one.version.program.code: f"{one.payout:.2f}" for one in earned
    }


def test_nothing_is_written(sold):
    lines, accruals = SaleLine.objects.count(), sorted(Accrual.objects.values_list("pk", "measure", "payout"))
    what_if(asker(sold), more(amount=Decimal(20000)))
    what_if(asker(sold), more(sku="T", line="", amount=Decimal(1)))
    assert SaleLine.objects.count() == lines
    assert sorted(Accrual.objects.values_list("pk", "measure", "payout")) == accruals


def test_a_partner_reckons_with_its_own_sales_alone(sold):
    # B's 100,000 would lift A over both bands.
    assert figures(what_if(asker(sold), more(amount=Decimal(1)))) == {
        "ALL": ("700.00", "700.02"), "ROAD": ("300.00", "300.01"),
    }  # fmt: skip
    assert figures(what_if(asker(sold, "B"), more(amount=Decimal(100))))["ALL"] == ("3000.00", "3004.00")
    with pytest.raises(Forbidden):
        what_if(sold.actor(Role.FINANCE), more(amount=Decimal(1)))


def test_a_product_counts_where_the_programs_say(sold):
    found = what_if(asker(sold), more(line="", sku="T", quantity=Decimal(2)))
    # 2 units at the price of the latest sale, 1,000 each; Touring is outside ROAD.
    assert figures(found) == {"ALL": ("700.00", "740.00")}
    assert found.amount == Decimal(2000)


def test_conditions_see_the_sale_as_the_latest_one_of_the_product(sold):
    sold.published("WEB", scope={"field": "sale.channel", "op": "eq", "value": "web"})
    assert "WEB" not in figures(what_if(asker(sold), more(amount=Decimal(100))))
    sold.sale("A", "2026-11-01", "100", channel="web", attrs={"size": "XL"})
    assert figures(what_if(asker(sold), more(amount=Decimal(100))))["WEB"] == ("2.00", "4.00")


def test_shared_budgets_and_margins_are_left_out_and_said_so(sold):
    sold.published("BUDGET", cap={"program_total": "100"})
    sold.published("MARGIN", measure="margin")
    found = what_if(asker(sold), more(amount=Decimal(100)))
    assert figures(found).keys() == {"ALL", "ROAD"}
    assert found.is_partial


def test_the_best_of_a_group_may_change_hands(world):
    group = {"group": "G", "rule": "best"}
    world.published("FLAT", stacking=group, calculation={"type": "marginal", "bands": [{"from": "0", "rate": "0.02"}]})
    world.published("STEP", stacking=group, calculation=BONUS)
    world.sale("A", "2026-10-05", "30000")
    world.update()
    found = what_if(asker(world), more(amount=Decimal(10000)))
    # 600 of FLAT against 300 of STEP; then 800 against 40,000 at 3 %.
    assert figures(found) == {"STEP": ("0.00", "1200.00"), "FLAT": ("600.00", "0.00")}
    assert found.gains == {"USD": Decimal(600)}


def test_the_cheapest_step_pays_most_for_each_unit_missing(sold):
    steps = cheapest_steps(asker(sold))
    # ROAD: 10,000 more bring 40,000 x 3 % - 300 = 900; ALL: 15,000 more bring 1,000 - 700 = 300.
    assert [(one.accrual.version.program.code, one.next_band.missing, one.next_band.gain) for one in steps] == [
        ("ROAD", Decimal(10000), Decimal(900)), ("ALL", Decimal(15000), Decimal(300)),
    ]  # fmt: skip


def test_lines_sold_come_first(sold):
    sold.product("A1", line="Accessories")
    assert what_if_lines(asker(sold)) == ["Road", "Touring", "Accessories"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({}, "amount"),
        ({"line": "Nowhere", "amount": Decimal(1)}, "line"),
        ({"sku": "NONE", "amount": Decimal(1)}, "sku"),
        ({"sold_on": dt.date(2026, 11, 22), "amount": Decimal(1)}, "sold_on"),
        ({"sold_on": dt.date(2027, 1, 1), "amount": Decimal(1)}, "sold_on"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_at_its_field(sold, said, field):
    with pytest.raises(Invalid) as refused:
        what_if(asker(sold), more(**said))
    assert list(refused.value.fields) == [field]


def test_units_of_a_product_never_sold_need_a_price(sold):
    sold.product("A1", line="Accessories")
    with pytest.raises(Invalid):
        what_if(asker(sold), more(line="Accessories", quantity=Decimal(3)))
    assert figures(what_if(asker(sold), more(line="Accessories", amount=Decimal(100))))["ALL"] == ("700.00", "702.00")


@pytest.mark.parametrize(
    ("price", "said", "field"),
    [
        ("1000", {"amount": Decimal("0.0001")}, "amount"),
        ("0.000001", {"amount": Decimal(10) ** 11}, "amount"),
        ("1000", {"quantity": Decimal(10) ** 11}, "quantity"),
        ("1000", {"quantity": Decimal("0.0000001")}, "quantity"),
    ],
)
def test_what_no_sale_line_can_hold_is_refused_too(sold, price, said, field):
    sold.product("P", line="Pennies")
    sold.sale("A", "2026-10-07", price, sku="P")
    with pytest.raises(Invalid) as refused:
        what_if(asker(sold), more(line="Pennies", **said))
    assert list(refused.value.fields) == [field]
