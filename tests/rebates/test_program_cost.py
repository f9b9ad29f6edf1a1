"""What a program would have cost beside the programs in force of its group."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from prm.identity.rights import Role
from rebates.engine.program import parse_program
from rebates.engine.reading import Fault
from rebates.selectors.preview import CostPreview, program_cost
from tests.rebates.world import World, definition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def november() -> Any:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


def flat(rate: str) -> dict[str, Any]:
    return {"type": "marginal", "bands": [{"from": "0", "rate": rate}]}


def group(rule: str, priority: int = 10) -> dict[str, Any]:
    return {"group": "base", "rule": rule, "priority": priority}


def cost(world: World, code: str, **changes: Any) -> CostPreview:
    rules = parse_program(definition(code, **changes))
    return program_cost(world.actor(Role.CHANNEL_MANAGER), rules)


def sold(world: World) -> World:
    world.product("X", line="Road")
    world.product("Y", line="Touring")
    world.sale("A", "2026-08-05", "1000", sku="X")
    world.sale("B", "2026-08-05", "1000", sku="Y")
    return world


ROAD = {"field": "product.line", "op": "eq", "value": "Road"}


def test_in_a_best_group_it_pays_only_where_it_pays_most(world):
    """OLD pays 5 % of Road and nothing else; 3 % of everything wins at B alone."""
    sold(world).published("OLD", scope=ROAD, calculation=flat("0.05"), stacking=group("best"))
    found = cost(world, "NEW", calculation=flat("0.03"), stacking=group("best"))
    assert (found.payout, found.partners, found.earning) == (Decimal("30.00"), 2, 1)
    assert found.group is not None
    assert (found.group.programs, found.group.outdone) == (1, 1)
    assert found.group.changes == [("USD", Decimal("50.00"), Decimal("80.00"))]


def test_in_a_priority_group_it_counts_the_lines_that_are_left_to_it(world):
    sold(world).published("OLD", scope=ROAD, calculation=flat("0.05"), stacking=group("priority", 1))
    behind = cost(world, "NEW", calculation=flat("0.03"), stacking=group("priority", 2))
    assert (behind.payout, behind.partners) == (Decimal("30.00"), 1)
    assert behind.group is not None
    assert behind.group.changes == [("USD", Decimal("50.00"), Decimal("80.00"))]
    before = cost(world, "NEW", calculation=flat("0.03"), stacking=group("priority", 0))
    assert (before.payout, before.partners) == (Decimal("60.00"), 2)
    assert before.group is not None
    assert before.group.changes == [("USD", Decimal("50.00"), Decimal("60.00"))]


def test_an_amendment_is_compared_with_its_own_version_in_force(world):
    sold(world).published("OLD", scope=ROAD, calculation=flat("0.05"), stacking=group("best"))
    world.published("NEW", calculation=flat("0.03"), stacking=group("best"))
    found = cost(world, "NEW", calculation=flat("0.06"), stacking=group("best"))
    assert (found.payout, found.earning) == (Decimal("120.00"), 2)
    assert found.group is not None
    assert (found.group.outdone, found.group.changes) == (0, [("USD", Decimal("80.00"), Decimal("120.00"))])


def test_alone_and_stacked_there_is_no_group(world):
    sold(world).published("OLD", scope=ROAD, calculation=flat("0.05"), stacking=group("stack"))
    stacked = cost(world, "NEW", calculation=flat("0.03"), stacking=group("stack"))
    assert (stacked.payout, stacked.group) == (Decimal("60.00"), None)
    alone = cost(world, "NEW", calculation=flat("0.03"), stacking={"group": "mine", "rule": "best"})
    assert (alone.payout, alone.group) == (Decimal("60.00"), None)


def test_what_can_not_stand_in_its_group_is_refused(world):
    sold(world).published("OLD", calculation=flat("0.05"), stacking=group("best"))
    with pytest.raises(Fault) as fault:
        cost(world, "NEW", calculation=flat("0.03"), stacking=group("best"), period="month")
    assert fault.value.path == "$.period"
