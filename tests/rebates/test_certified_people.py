"""Certified people as a condition of a program: counted on the period's last day, recalculated when they change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
import time_machine

from partners.models import Certificate
from partners.selectors.endings import endings_of
from partners.services.certificates import certificate_award, certificate_revoke, certification_save
from partners.services.people import person_move
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates import handlers
from rebates.models import Accrual
from tests.rebates.world import World

NOW = "2026-09-15T04:00:00Z"


@pytest.fixture
def world(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        made = World(cast.tenant)
        for code in ("net", "sec"):
            certification_save(actor=cast.manager, code=code, name_en=code, level="expert", validity_months=12)
        yield made


def award(cast: Cast, email: str, code: str = "net", issued: str = "2026-01-15", **more: Any) -> Certificate:
    certificate = certificate_award(
        actor=cast.manager, email=email, certification=code, issued_on=dt.date.fromisoformat(issued),
        partner_id=cast.partner.pk, **more,
    )  # fmt: skip
    settle()
    return certificate


def settle() -> None:
    for message in Message.objects.filter(topic__startswith="partners.certificate.").order_by("created_at"):
        handlers.certificates_changed(message.payload)


def payouts() -> dict[tuple[str, str], tuple[D, str]]:
    rows = Accrual.objects.select_related("version__program")
    return {(row.version.program.code, row.period_key): (row.payout, row.reason) for row in rows}


def test_people_are_counted_on_the_last_day_of_the_period(cast: Cast, world: World) -> None:
    for code, rule in {"ANY": {"min": "2"}, "NET": {"min": "1", "certification": "net"}}.items():
        world.published(code, currency="CNY", qualifiers=[{"type": "certified_people", **rule}])
    world.sale("P-1", "2026-04-10", "10000", currency="CNY")
    world.sale("P-1", "2026-07-10", "10000", currency="CNY")
    world.update()
    assert {amount for amount, _reason in payouts().values()} == {D(0)}
    award(cast, "a@b.example", "net", "2026-08-01")
    assert {key: found[0] for key, found in payouts().items()} == {
        ("ANY", "2026-Q2"): D(0), ("ANY", "2026-Q3"): D(0), ("NET", "2026-Q2"): D(0), ("NET", "2026-Q3"): D("200.00"),
    }  # fmt: skip
    award(cast, "a@b.example", "sec", "2026-02-01")
    assert payouts()["ANY", "2026-Q3"][0] == D(0)
    second = award(cast, "c@d.example", "sec", "2026-02-01", expires_on=dt.date(2026, 9, 29))
    assert payouts()["ANY", "2026-Q2"][0] == D("200.00")
    assert payouts()["ANY", "2026-Q3"][0] == D(0)
    award(cast, "c@d.example", "sec", "2026-09-10")
    assert payouts()["ANY", "2026-Q3"][0] == D("200.00")
    person_move(
        actor=cast.manager, person_id=second.person_id, partner_id=cast.other_partner.pk,
        valid_from=dt.date(2026, 9, 1), reason="Changed jobs",
    )  # fmt: skip
    settle()
    assert payouts()["ANY", "2026-Q2"][0] == D("200.00")
    assert payouts()["ANY", "2026-Q3"][0] == D(0)


def test_revoking_takes_the_present_period_and_leaves_the_past(cast: Cast, world: World) -> None:
    world.published("NET", currency="CNY", qualifiers=[{"type": "certified_people", "min": "1"}])
    world.sale("P-1", "2026-04-10", "10000", currency="CNY")
    world.sale("P-1", "2026-07-10", "10000", currency="CNY")
    certificate = award(cast, "a@b.example")
    world.update()
    assert {found[0] for found in payouts().values()} == {D("200.00")}
    certificate_revoke(actor=cast.manager, certificate_id=certificate.pk, reason="Forged")
    settle()
    assert {key[1]: found[0] for key, found in payouts().items()} == {"2026-Q2": D("200.00"), "2026-Q3": D(0)}


def test_the_simulator_knows_the_rebate_that_would_be_lost(cast: Cast, world: World) -> None:
    world.published("NET", currency="CNY", qualifiers=[{"type": "certified_people", "min": "1"}])
    world.published("TWO", currency="CNY", qualifiers=[{"type": "certified_people", "min": "2"}])
    world.sale("P-1", "2026-07-10", "10000", currency="CNY")
    award(cast, "a@b.example", "net", "2025-10-20")
    world.update()
    [step] = endings_of(cast.partner_administrator, partner_id=cast.partner.pk)
    assert step.last_day == dt.date(2026, 10, 20)
    found = [(one.kind, one.text, one.amount, one.currency) for one in step.effects]
    assert found == [
        ("count", "Certified people: 0 instead of 1", None, ""),
        ("rebate", "Program NET", D("200.00"), "CNY"),
    ]
