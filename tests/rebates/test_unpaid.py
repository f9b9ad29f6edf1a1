"""A program that pays a partner nothing says what kept its sales from counting, with numbers and amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Role
from rebates import fiscal
from rebates.selectors.unpaid import Unpaid, unpaid_programs
from rebates.services.periods import period_close
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
ROAD = {"field": "product.line", "op": "eq", "value": "Road"}
EUROPE = {"field": "partner.region", "op": "in", "value": ["Europe"]}
BIG = {"field": "sale.net_amount", "op": "gte", "value": "1000"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


def unpaid(world: World, key: str = "2026-Q4", *, actor: Actor | None = None, partner: str = "A") -> list[Unpaid]:
    period = fiscal.calendar().from_key(key)
    return unpaid_programs(actor or world.system, world.partner(partner).pk, on=period)


def told(world: World, key: str = "2026-Q4", **who: Any) -> list[tuple[Any, ...]]:
    return [
        (one.version.program.code, one.period.key, one.cause.value,
         [(part.cause.value, part.lines, part.measure) for part in one.kept])
        for one in unpaid(world, key, **who)
    ]  # fmt: skip


def test_each_sale_is_told_with_the_first_condition_that_it_fails(world: World) -> None:
    world.published("P", scope={"all": [ROAD, BIG]})
    world.product("M", line="Mountain")
    world.sale("A", "2026-10-05", "5000", sku="M")
    world.sale("A", "2026-11-05", "700", sku="M")
    world.sale("A", "2026-11-06", "999")
    world.sale("B", "2026-11-06", "999", sku="M")
    world.sale("A", "2026-09-30", "40", sku="M")
    world.update()
    assert told(world) == [
        ("P", "2026-Q4", "condition", [("condition", 2, Decimal(5700)), ("condition", 1, Decimal(999))])
    ]
    assert [part.condition.field for part in unpaid(world)[0].kept] == [  # type: ignore[union-attr]
        "product.line", "sale.net_amount",
    ]  # fmt: skip


def test_a_partner_that_the_program_is_not_for_and_what_it_is_instead(world: World) -> None:
    world.partner("A", region="Asia")
    world.published("P", scope={"all": [ROAD, EUROPE]})
    world.sale("A", "2026-10-05", "5000")
    world.update()
    (one,) = unpaid(world)
    assert (one.cause, [row.found for row in one.unmet], one.kept) == ("partner", [("Asia",)], ())


@pytest.mark.parametrize(("since", "as_of", "cause"), [
    ("2026-10-01", "sale", []),
    ("2026-11-01", "sale", [("condition", 1, Decimal(5000))]),
    ("2026-11-01", "period_end", []),
    ("2027-01-01", "sale", "partner"),
])  # fmt: skip
def test_a_tier_is_that_of_the_day_of_sale_or_of_the_period_s_end(
    world: World, since: str, as_of: str, cause: Any
) -> None:
    gold = {"field": "partner.tier", "op": "eq", "value": "gold"}
    world.published("P", scope=gold, partner_as_of=as_of)
    world.tier("A", "gold", since)
    world.sale("A", "2026-10-05", "5000")
    world.update()
    found = told(world)
    if cause == "partner":
        assert [(row[0], row[2]) for row in found] == [("P", "partner")]
    else:
        assert [row[3] for row in found] == ([cause] if cause else [])


def test_nothing_sold_and_periods_that_have_not_begun(world: World) -> None:
    world.published("M", period="month")
    world.published("Y", period="year", valid_from="2026-02-01")
    world.sale("A", "2026-10-05", "5000")
    world.sale("A", "2026-01-05", "5000")
    world.partner("B")
    world.update()
    assert told(world) == [("M", "2026-11", "no_sale", [])]
    assert told(world, partner="B") == [
        ("M", "2026-10", "no_sale", []), ("M", "2026-11", "no_sale", []), ("Y", "2026", "no_sale", []),
    ]  # fmt: skip
    (year,) = [one for one in unpaid(world, partner="B") if one.version.program.code == "Y"]
    assert (str(year.first), str(year.last)) == ("2026-02-01", "2026-12-31")


def test_sales_that_belong_to_a_program_that_comes_first(world: World) -> None:
    first = {"group": "G", "rule": "priority", "priority": 1}
    world.published("ONE", stacking=first, scope=ROAD, valid_to="2026-11-30")
    world.published("TWO", stacking=first | {"priority": 2})
    world.sale("A", "2026-10-05", "5000")
    world.sale("A", "2026-11-05", "-100", reverses="none")
    world.update()
    (one,) = unpaid(world)
    assert (one.version.program.code, one.cause) == ("TWO", "priority")
    assert [(part.program, part.lines, part.measure) for part in one.kept] == [("ONE", 1, Decimal(5000))]


def test_sales_without_a_rate_wait_for_it(world: World) -> None:
    world.published("P", currency="USD")
    world.sale("A", "2026-10-05", "5000", currency="EUR")
    world.sale("A", "2026-10-05", "5000", currency="EUR")
    world.update()
    (one,) = unpaid(world)
    assert [(part.cause, part.lines, part.faults) for part in one.kept] == [
        ("fault", 2, {"no_rate EUR->USD on 2026-10-05": 2})
    ]


def test_sales_after_the_close_and_sales_that_nobody_has_worked_out_yet(world: World) -> None:
    world.published("P")
    world.sale("B", "2026-08-05", "5000")
    world.update()
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    world.sale("A", "2026-08-05", "300")
    world.sale("A", "2026-10-05", "400")
    assert told(world, "2026-Q3") == [("P", "2026-Q3", "late", [("late", 1, Decimal(300))])]
    assert told(world) == [("P", "2026-Q4", "pending", [("pending", 1, Decimal(400))])]


def test_sales_that_count_and_earn_nothing_come_with_their_accrual(world: World) -> None:
    world.published("HIGH", calculation={"type": "marginal", "bands": [{"from": "9000", "rate": "0.02"}]})
    world.published("PAYS")
    world.sale("A", "2026-10-05", "4000")
    world.update()
    (one,) = unpaid(world)
    assert (one.version.program.code, one.cause) == ("HIGH", "pays_nothing")
    assert one.accrual is not None
    assert one.accrual.explanation["next"]["missing"] == "5000"


def test_a_partner_is_not_told_of_programs_for_others_by_name(world: World) -> None:
    world.published("NAMED", scope={"field": "partner.code", "op": "in", "value": ["B", "C"]})
    world.published("TAGGED", scope={"any": [{"field": "partner.tags", "op": "contains", "value": "key"}, ROAD]})
    world.published("REGION", scope=EUROPE)
    world.product("M", line="Mountain")
    world.sale("A", "2026-10-05", "4000", sku="M")
    world.update()
    own = world.actor(Role.PARTNER_SALES, partner=world.partner("A"))
    assert [row[0] for row in told(world)] == ["TAGGED", "NAMED", "REGION"]
    assert [row[0] for row in told(world, actor=own)] == ["REGION"]
    with pytest.raises(NotFound):
        unpaid(world, actor=own, partner="B")


def test_who_sold_nothing_is_not_told_of_programs_for_others_by_name_either(world: World) -> None:
    """Names beside conditions on the sale: without a sale no condition on one fails, and none would hide them."""
    named = {"all": [{"field": "partner.code", "op": "eq", "value": "B"}, ROAD]}
    tagged = {"all": [{"field": "partner.tags", "op": "contains", "value": "key"}, BIG]}
    world.published("NESTED", scope={"all": [named, BIG]})
    world.published("EITHER", scope={"any": [named, tagged]})
    world.published("OPEN", scope={"any": [named, BIG]})
    world.published("NOT", scope={"not": {"any": [{"field": "partner.code", "op": "eq", "value": "A"}, ROAD]}})
    own = world.actor(Role.PARTNER_SALES, partner=world.partner("A"))
    assert [(row[0], row[2]) for row in told(world)] == [
        ("OPEN", "no_sale"), ("EITHER", "partner"), ("NESTED", "partner"), ("NOT", "partner"),
    ]  # fmt: skip
    assert [row[0] for row in told(world, actor=own)] == ["OPEN"]
    assert [row[0] for row in told(world, partner="B")] == ["EITHER", "NESTED", "NOT", "OPEN"]


def test_the_number_of_queries_stays_the_same(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert unpaid(world)
        return len(captured)

    world.published("P", scope=ROAD)
    world.product("M", line="Mountain")
    world.sale("A", "2026-10-05", "4000", sku="M")
    world.update()
    few = queries()
    for number in range(15):
        world.published(f"Q{number}", scope={"all": [ROAD, BIG]}, period="month")
        world.sale("A", "2026-10-06", "4000", sku="M")
    assert queries() == few <= 7
    assert len(unpaid(world)) == 31
