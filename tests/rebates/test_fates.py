"""The fates that SQL finds for sales are those that the matcher in Python gives, line by line, and add up to all of
them.
"""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from commerce.models import SaleLine
from rebates import fiscal
from rebates.engine.conditions import Condition, matches, parse_condition
from rebates.engine.reading import Node
from rebates.selectors.unpaid import Unpaid, unpaid_programs
from rebates.sql.fates import conjuncts
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
PARTS: list[dict[str, Any]] = [
    {"field": "product.line", "op": "eq", "value": "Road"},
    {"field": "product.category", "op": "not_in", "value": ["Bikes", "Parts"]},
    {"field": "sale.channel", "op": "is_null", "value": False},
    {"field": "sale.net_amount", "op": "gte", "value": "500"},
    {"field": "sale.days_to_pay", "op": "between", "value": ["10", "40"]},
    {"field": "sale.attr.color", "op": "ne", "value": "red"},
    {"not": {"field": "sale.deal_registered", "op": "eq", "value": True}},
    {"any": [{"field": "partner.tier", "op": "eq", "value": "gold"},
             {"field": "sale.channel", "op": "eq", "value": "web"}]},
    {"field": "partner.tier", "op": "in", "value": ["gold", "silver"]},
    {"any": [{"field": "product.line", "op": "eq", "value": "Touring"},
             {"all": [{"field": "sale.channel", "op": "eq", "value": "shop"},
                      {"field": "sale.quantity", "op": "gt", "value": "3"}]}]},
]  # fmt: skip


def cell(line: SaleLine, tier: str, name: str) -> Any:
    room, _sep, column = name.partition(".")
    if name == "partner.tier":
        return tier or None
    if name == "sale.deal_registered":
        return bool(line.deal_ref)
    if name.startswith("sale.attr."):
        return line.attrs.get("color")
    value = getattr(line.product if room == "product" else line, column)
    return Decimal(value) if isinstance(value, int) else value or None


def naive(world: World, one: Unpaid, parts: list[Condition]) -> list[tuple[int, Decimal]]:
    """(lines, amount) by the first part that each sale of the place fails, in the order of the parts."""
    counts, sums = Counter[int](), Counter[int]()
    sold = SaleLine.objects.filter(partner=world.partner("A"), sold_on__range=(one.first, one.last), net_amount__gt=0)
    for line in sold.select_related("product"):
        tier = "gold" if line.sold_on.month > 10 else "silver"
        first = next((i for i, part in enumerate(parts) if not matches(part, lambda n: cell(line, tier, n))), -1)  # noqa: B023
        counts[first] += 1
        sums[first] += line.net_amount  # type: ignore[assignment]
    return [(counts[index], Decimal(sums[index])) for index in sorted(counts)]


@pytest.mark.parametrize("seed", range(4))
@time_machine.travel("2026-12-23T04:00:00Z", tick=False)
def test_fates_in_sql_and_in_python_agree(world: World, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (a world for a test)
    world.tier("A", "silver", "2026-01-01")
    world.tier("A", "gold", "2026-11-01")
    for number, line in enumerate(("Road", "Touring", "Mountain")):
        world.product(f"S{number}", line=line, category=rng.choice(["Bikes", "Parts", ""]))
    for _number in range(40):
        world.sale(
            rng.choice("AAB"), f"2026-{rng.randint(9, 12):02}-{rng.randint(1, 28):02}", str(rng.randint(1, 1000)),
            sku=f"S{rng.randrange(3)}", quantity=str(rng.randint(1, 6)), channel=rng.choice(["", "web", "shop"]),
            deal_ref=rng.choice(["", "D"]), days_to_pay=rng.choice([None, 5, 20, 60]),
            attrs=rng.choice([{}, {"color": "red"}, {"color": "blue"}]),
        )  # fmt: skip
    scopes = {}
    for number in range(14):
        code = f"P{number:02}"
        scopes[code] = rng.sample(PARTS, rng.randint(2, 5))
        world.published(
            code, scope={"all": scopes[code]}, period=rng.choice(["month", "quarter"]),
            valid_from=rng.choice(["2026-01-01", "2026-10-15"]),
        )  # fmt: skip
    world.update()
    found = unpaid_programs(world.system, world.partner("A").pk, on=fiscal.calendar().from_key("2026-Q4"))
    silent = [one for one in found if one.accrual is None and not one.unmet]
    assert silent
    for one in silent:
        parts = list(conjuncts(parse_condition(Node({"all": scopes[one.version.program.code]}))))
        assert [(kept.lines, kept.measure) for kept in one.kept] == naive(world, one, parts)
