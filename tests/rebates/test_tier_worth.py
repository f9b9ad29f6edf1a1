"""What a tier is worth, and what another scheme would have cost: the same engine with another tier history."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from partners.selectors.tier_simulation import assessed, shortest_way, simulate
from partners.selectors.tiers import standing_get, tier_worth, tier_worths
from partners.tier_backtest_work import outcome_of
from partners.tiers.money import costs_of
from prm.errors import Invalid, NotFound
from prm.identity.rights import Role
from prm.ids import new_id
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.ladder import document, evaluate, more, on, publish, tier
from tests.rebates.world import World, day

GOLD_ONLY = {"field": "partner.tier", "op": "in", "value": ["gold"]}
LADDER = document(tier("silver", more("revenue", "1000")), tier("gold", more("revenue", "90000"), more("orders", "3")))


@pytest.fixture
def sold(cast: Cast):
    """The partner is silver with 4 × 20,000 in the last four quarters; gold alone is paid 5 %, everybody 1 %."""
    with on("2026-10-02"), tenant_context(cast.tenant):
        world = World(cast.tenant)
        flat = {"type": "marginal", "bands": [{"from": "0", "rate": "0.01"}]}
        world.published("ALL", currency="CNY", calculation=flat)
        five = {"type": "marginal", "bands": [{"from": "0", "rate": "0.05"}]}
        world.published("GOLD", currency="CNY", scope=GOLD_ONLY, calculation=five)
        world.tier("P-1", "silver", "2020-01-01")
        for number, text in enumerate(("2025-11-05", "2026-02-05", "2026-05-05", "2026-08-05")):
            world.sale("P-1", text, "20000", currency="CNY", invoice_no=f"I{number}")
        world.sale("P-2", "2026-08-05", "500000", currency="CNY")
        publish(cast.administrator, LADDER)
        evaluate()
        yield world


def test_worth_is_what_the_tier_would_have_brought_over_four_quarters(sold: World, cast: Cast) -> None:
    assert tier_worth(cast.partner.pk, "silver", "gold") == {"CNY": D("4000.00")}
    assert tier_worth(cast.partner.pk, "gold", "silver") == {"CNY": D("-4000.00")}
    assert tier_worth(cast.partner.pk, "silver", "silver") == {}
    own, other = cast.partner.pk, cast.other_partner.pk
    asked = {(own, "silver", "gold"), (own, "", "gold"), (own, "gold", ""), (other, "silver", "gold")}
    assert tier_worths(asked) == {
        (own, "silver", "gold"): {"CNY": D("4000.00")}, (own, "", "gold"): {"CNY": D("4000.00")},
        (own, "gold", ""): {"CNY": D("-4000.00")}, (other, "silver", "gold"): {"CNY": D("25000.00")},
    }  # fmt: skip


def test_more_revenue_is_more_growth_too(sold: World, cast: Cast) -> None:
    sold.sale("P-1", "2025-08-05", "100000", currency="CNY")
    growing = more("revenue_growth", "0.2", length=3)
    revenue = more("revenue", "1000")
    publish(cast.administrator, document(tier("silver", revenue), tier("gold", revenue, growing)))
    evaluate()
    actor = cast.partner_administrator
    [growth] = standing_get(actor).next.open
    assert growth.value == D("-0.8"), "20,000 after 100,000"
    almost, enough = (simulate(actor, {"revenue": D(amount)}) for amount in (99999, 100000))
    assert (almost.is_up, enough.is_up) == (False, True)
    assert [one.value for one in enough.assessment.of(2).checks] == [D(180000), D("0.2")]
    said = simulate(actor, {"revenue": D(100000), "revenue_growth": D("0.1")})
    assert not said.is_up, "whoever says the growth is believed"
    way = shortest_way(standing_get(actor))
    assert way is not None
    assert (way.goal.code, dict(way.changes), way.is_kept) == ("gold", {"revenue_growth": D("0.2")}, False)


def test_two_more_orders_and_some_revenue_make_gold(sold: World, cast: Cast) -> None:
    actor = cast.partner_administrator
    standing = standing_get(actor)
    assert (standing.tier, standing.next.tier.code) == ("silver", "gold")
    assert [check.missing for check in standing.next.open] == [D(10000)]
    less = simulate(actor, {"revenue": D(9999)})
    assert (less.is_up, less.worth) == (False, {})
    found = simulate(actor, {"revenue": D(10000)})
    assert found.is_up
    assert found.then.code == "gold"
    assert found.worth == {"CNY": D("4000.00")}
    down = simulate(actor, {"revenue": D(-79500)})
    assert (down.is_down, down.then) == (True, None)
    assert assessed(standing, {"certified_people": D(-2)}) == standing.assessment, "the tiers do not look at it"
    with pytest.raises(Invalid) as refused:
        simulate(actor, {"satisfaction": D(1), "revenue": D(10) ** 12})
    assert set(refused.value.fields) == {"satisfaction", "revenue"}
    with pytest.raises(NotFound):
        simulate(actor, {}, cast.other_partner.pk)


def test_who_is_about_to_lose_a_tier_reads_what_keeps_it(sold: World, cast: Cast) -> None:
    actor = cast.partner_administrator
    sold.tier("P-1", "gold", "2026-10-01")
    way = shortest_way(standing_get(actor))
    assert way is not None
    assert (way.goal.code, dict(way.changes), way.is_kept) == ("gold", {"revenue": D(10000)}, True)
    assert way.worth == {"CNY": D("4000.00")}
    found = simulate(actor, {"revenue": D(10000)})
    assert (found.is_up, found.is_kept, found.worth) == (False, True, {"CNY": D("4000.00")})
    assert shortest_way(standing_get(cast.actor(Role.PARTNER_SALES))).changes == way.changes


def test_costs_of_another_history(sold: World, cast: Cast) -> None:
    history = {cast.partner.pk: [(day("2020-01-01"), "silver"), (day("2026-04-01"), "gold")]}
    [cost] = costs_of(history, day("2025-10-01"), day("2026-09-30"))
    assert (cost.code, cost.currency, cost.before, cost.after) == ("rebates", "CNY", D(0), D("2000.00"))
    assert costs_of({}, day("2025-10-01"), day("2026-09-30")) == []


def test_a_back_test_says_who_moves_who_reaches_what_and_what_it_costs(sold: World, cast: Cast) -> None:
    draft = document(tier("silver", more("revenue", "1000")), tier("gold", more("revenue", "50000")))
    from partners.models import TierTrack
    from partners.tiers.reading import scheme_read

    outcome = outcome_of(scheme_read(draft), TierTrack.objects.get(), day("2026-10-02"), new_id())
    assert [one["day"] for one in outcome["quarters"]][-2:] == ["2026-06-30", "2026-09-30"]
    assert outcome["quarters"][-1]["counts"] == [0, 0, 2]
    assert outcome["quarters"][-2] == {
        "day": "2026-06-30", "counts": [1, 0, 1], "up": 1, "down": 0, "same": 1,
    }  # fmt: skip
    assert outcome["reach"] == [
        {"tier": "silver", "below": 2, "reach": 2, "share": "1", "is_low": False},
        {"tier": "gold", "below": 2, "reach": 2, "share": "1", "is_low": False},
    ]
    assert [(one["code"], one["from"], one["to"]) for one in outcome["moves"]] == [
        ("P-2", "", "gold"), ("P-1", "silver", "gold"),
    ]  # fmt: skip
    # Gold from 2026-07-01 on, the day after 60,000 were reached: 5 % of the last 20,000.
    assert outcome["costs"] == [{"code": "rebates", "currency": "CNY", "before": "0", "after": "1000"}]
