"""Accruing at the expected year-end rate: the worked numbers of an annual program, true-up, and a proof that holds."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine

from prm.errors import Forbidden, Invalid
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates.proof import accruals_differences
from rebates.services.provisions import expectations, provision_rule_set, provisions_update
from tests.rebates.world import day

ANNUAL = {
    "type": "retroactive",
    "bands": [{"rate": "0.02"}, {"from": "1000000", "rate": "0.03"}, {"from": "2000000", "rate": "0.04"}],
}


def provision() -> dict[str, Decimal]:
    rows = balances(by=("period",), accounts=[Account.PROVISION])
    return {row["period"]: row["balance"] for row in rows if row["balance"]}


@pytest.fixture
def annual(world):
    return world.published(calculation=ANNUAL, accumulate="year_to_date")


@pytest.mark.parametrize(
    ("rate", "expected", "beside"),
    [
        ("0.04", 18000, 9000),  # accrue at the expected rate of 4 %
        ("0.036", 16200, 7200),  # the expected value, 0.4 x 3 % + 0.6 x 4 %
        ("0.03", 13500, 4500),  # provision 13,500, actual 9,000: 4,500 to be written off
    ],
)
@time_machine.travel("2026-03-31T04:00:00Z", tick=False)
def test_a_known_rate_provides_for_the_year_end(world, annual, rate, expected, beside):
    world.sale("A", "2026-02-01", "450000")
    world.update()
    finance = world.actor(Role.FINANCE)
    provision_rule_set(actor=finance, program_id=annual.pk, method="rate", rate=Decimal(rate))
    assert provisions_update(actor=finance) == 1
    [found] = expectations(day("2026-03-31"))
    # 9,000 are earned at 2 % of 450,000.
    assert (found.expected, found.accrued) == (Decimal(expected), Decimal(9000))
    assert provision() == {"2026": Decimal(beside)}
    assert provisions_update(actor=finance) == 0
    assert accruals_differences() == []
    with time_machine.travel("2027-01-01T04:00:00Z", tick=False):
        provisions_update(actor=finance)
        assert provision() == {}


@time_machine.travel("2026-06-30T04:00:00Z", tick=False)
def test_half_a_year_goes_on_as_so_far(world, annual):
    world.sale("A", "2026-02-01", "450000")
    world.sale("A", "2026-05-01", "500000")
    world.update()
    provision_rule_set(actor=world.system, program_id=annual.pk, method="linear")
    [found] = expectations(day("2026-06-30"))
    # 181 of 365 days: 950,000 become 1,915,745.856354, which earns 3 %.
    assert (found.measure, found.projected) == (Decimal(950000), Decimal("1915745.856354"))
    assert (found.expected, found.accrued, found.provision) == (Decimal("28500.00"), Decimal(19000), Decimal("9500.00"))


def test_the_true_up_leaves_nothing_at_the_end_of_the_year(world, annual):
    provision_rule_set(actor=world.system, program_id=annual.pk, method="linear")
    for month, amount in ((2, "450000"), (5, "500000"), (8, "600000"), (11, "550000")):
        world.sale("A", f"2026-{month:02}-01", amount)
    world.update()
    expected = {"2026-03-31": "-", "2026-12-31": {}}
    for on, wanted in expected.items():
        with time_machine.travel(f"{on}T04:00:00Z", tick=False):
            provisions_update(actor=world.system)
            if wanted != "-":
                assert provision() == wanted
    assert accruals_differences() == []


@time_machine.travel("2026-03-31T04:00:00Z", tick=False)
def test_last_year_tells_what_follows(world, annual):
    world.sale("A", "2025-01-10", "100000")
    world.sale("A", "2025-11-10", "300000")
    world.sale("A", "2026-01-10", "300000")
    world.update()
    provision_rule_set(actor=world.system, program_id=annual.pk, method="seasonal")
    [found] = expectations(day("2026-03-31"))
    assert (found.projected, found.expected, found.provision) == (1200000, Decimal("9000.00"), Decimal("3000.00"))


def test_a_program_that_is_not_forecast_any_more_gives_its_provision_back(world, annual):
    with time_machine.travel("2026-03-31T04:00:00Z", tick=False):
        world.sale("A", "2026-02-01", "450000")
        world.update()
        provision_rule_set(actor=world.system, program_id=annual.pk, method="rate", rate=Decimal("0.04"))
        provisions_update(actor=world.system)
        provision_rule_set(actor=world.system, program_id=annual.pk, method="")
        provisions_update(actor=world.system)
        assert provision() == {}


def test_who_and_what_is_refused(world, annual):
    with pytest.raises(Forbidden):
        provision_rule_set(actor=world.actor(Role.CHANNEL_MANAGER), program_id=annual.pk, method="linear")
    for method, rate in (("guess", None), ("rate", None), ("rate", Decimal(2))):
        with pytest.raises(Invalid):
            provision_rule_set(actor=world.system, program_id=annual.pk, method=method, rate=rate)
