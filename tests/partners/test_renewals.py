"""The renewal worklist: rules over figures, who comes onto it, what a decision keeps and moves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from partners import renewal_inputs
from partners.models import Partner, Renewal
from partners.renewal_rules import advice_of
from partners.selectors.renewals import renewal_list, tasks_open
from partners.services.exits import exit_start
from partners.services.renewals import renewal_decide, renewal_task_done, renewals_prepare, term_set, year_on
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.rebates.world import World

SYSTEM = Actor.system("tests")
NOW = "2026-11-23T04:00:00Z"
TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("figures", "advice", "codes"),
    [
        ({"revenue": "0", "growth": "-1", "recent_orders": "0"}, "exit", ["no_sales", "falls_much"]),
        ({"revenue": "10", "growth": "-0.30", "suspensions": "1"}, "exit", ["falls_much", "suspended"]),
        ({"revenue": "10", "growth": "-0.30"}, "watch", ["falls_much"]),
        ({"revenue": "10", "growth": "-0.29"}, "watch", ["falls"]),
        ({"revenue": "10", "growth": "-0.10"}, "watch", ["falls"]),
        ({"revenue": "10", "growth": "-0.09"}, "renew", ["steady"]),
        ({"revenue": "10", "growth": "0.24"}, "renew", ["steady"]),
        ({"revenue": "10", "growth": "0.25"}, "upgrade", ["grows"]),
        ({"revenue": "10", "growth": "0.90", "disputes": "2"}, "watch", ["disputes", "grows"]),
        ({"revenue": "10", "recent_orders": "0", "certified_people": "0"}, "watch", ["quiet", "uncertified"]),
        ({"revenue": "10", "certified_people": "1", "clawbacks": "0"}, "renew", []),
        ({}, "renew", []),
    ],
)  # fmt: skip
def test_the_same_figures_give_the_same_advice(figures: dict[str, str], advice: str, codes: list[str]) -> None:
    read = {code: Decimal(value) for code, value in figures.items()}
    found, reasons = advice_of(read)
    assert (found, [reason.code for reason in reasons]) == (advice, codes)
    assert all(reason.value == read[reason.figure] for reason in reasons)
    assert advice_of(dict(reversed(read.items()))) == (found, reasons)


@pytest.fixture
def acme(cast: Cast):
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        Partner.objects.update(created_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
        yield cast


def due(acme: Cast, days: int) -> dt.date:
    day = TODAY + dt.timedelta(days=days)
    term_set(actor=acme.manager, partner_id=acme.partner.pk, ends_on=day)
    return day


def test_terms_come_90_days_before_and_reviews_30_and_once(acme: Cast) -> None:
    day = due(acme, 91)
    assert renewals_prepare(actor=SYSTEM) == 0
    with time_machine.travel("2026-11-24T04:00:00Z", tick=False):
        assert renewals_prepare(actor=SYSTEM) == 1
        assert renewals_prepare(actor=SYSTEM) == 0
    [row] = renewal_list(acme.manager)
    assert (row.partner_id, row.kind, row.due_on) == (acme.partner.pk, "term", day)
    with time_machine.travel("2027-01-31T04:00:00Z", tick=False):
        assert renewals_prepare(actor=SYSTEM) == 1
    review = Renewal.objects.get(kind="review")
    assert (review.partner_id, review.due_on) == (acme.other_partner.pk, dt.date(2027, 3, 1))


def test_the_advice_comes_from_the_data_and_is_kept_with_the_decision(acme: Cast) -> None:
    world = World(acme.tenant)
    for sold_on, amount in (("2025-05-10", "10000"), ("2026-05-10", "5000"), ("2026-11-10", "1000")):
        world.sale("P-1", sold_on, amount, currency="CNY")
    day = due(acme, 30)
    renewals_prepare(actor=SYSTEM)
    [row] = renewal_list(acme.manager)
    assert (row.advice, Decimal(row.inputs["revenue"])) == ("watch", Decimal(6000))
    assert Decimal(row.inputs["growth"]) == Decimal("-0.4")
    assert row.reasons[0]["code"] == "falls_much"
    world.sale("P-1", "2026-11-20", "9000", currency="CNY")
    decided = renewal_decide(
        actor=acme.manager, renewal_id=row.pk, decision="renew", note="They are back", task="Send a card"
    )  # fmt: skip
    assert (decided.status, decided.advice, Decimal(decided.inputs["growth"])) == (
        "renewed",
        decided.advice,
        Decimal("0.5"),
    )
    assert Partner.objects.get(pk=acme.partner.pk).renewal_on == year_on(day)
    with pytest.raises(StateError):
        renewal_decide(actor=acme.administrator, renewal_id=row.pk, decision="exit", note="No")
    assert renewals_prepare(actor=SYSTEM) == 0
    decided.refresh_from_db()
    assert Decimal(decided.inputs["growth"]) == Decimal("0.5")


def test_who_is_watched_comes_back_when_the_task_is_done(acme: Cast) -> None:
    due(acme, 10)
    renewals_prepare(actor=SYSTEM)
    [row] = renewal_list(acme.manager)
    call = {"actor": acme.manager, "renewal_id": row.pk, "decision": "watch", "note": "Talk"}
    with pytest.raises(Invalid) as caught:
        renewal_decide(**call)
    assert list(caught.value.fields) == ["task"]
    renewal_decide(**call, task="Visit", task_on=TODAY)
    assert [one.pk for one in tasks_open(acme.manager)] == [row.pk]
    assert renewal_task_done(actor=acme.manager, renewal_id=row.pk).status == "open"
    with pytest.raises(StateError):
        renewal_task_done(actor=acme.manager, renewal_id=row.pk)
    assert Partner.objects.get(pk=acme.partner.pk).renewal_on == TODAY + dt.timedelta(days=10)


def test_who_leaves_is_dropped_with_the_reason(acme: Cast) -> None:
    due(acme, 10)
    renewals_prepare(actor=SYSTEM)
    exit_start(actor=acme.manager, partner_id=acme.partner.pk, reason_code="merger", reason="Sold", last_day=TODAY)
    renewals_prepare(actor=SYSTEM)
    row = Renewal.objects.get()
    assert (row.status, row.note) == ("dropped", "The partner is leaving or has left.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "sell"}, "decision"), ({"note": " "}, "note"), ({"note": "x" * 501}, "note"),
        ({"task": "x" * 301}, "task"), ({"task_on": TODAY - dt.timedelta(days=1)}, "task_on"),
    ],
)  # fmt: skip
def test_wrong_decisions_are_refused_by_field(acme: Cast, changes, field: str) -> None:
    due(acme, 10)
    renewals_prepare(actor=SYSTEM)
    row = Renewal.objects.get()
    with pytest.raises(Invalid) as caught:
        renewal_decide(actor=acme.manager, renewal_id=row.pk, **{"decision": "renew", "note": "Good"} | changes)
    assert list(caught.value.fields) == [field]


def test_who_may(acme: Cast, rival_cast: Cast) -> None:
    due(acme, 10)
    renewals_prepare(actor=SYSTEM)
    row = Renewal.objects.get()
    for actor in (acme.finance, acme.partner_administrator, acme.actor(Role.MARKETING)):
        with pytest.raises(Forbidden):
            renewal_decide(actor=actor, renewal_id=row.pk, decision="renew", note="Good")
        with pytest.raises(Forbidden):
            renewal_list(actor)
    with tenant_context(rival_cast.tenant), pytest.raises(NotFound):
        renewal_decide(actor=rival_cast.manager, renewal_id=row.pk, decision="renew", note="Good")


def test_a_topic_adds_its_figure(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one = renewal_inputs.RenewalInput("at_risk", lambda ids, _today: dict.fromkeys(ids, Decimal(1)))
    monkeypatch.setitem(renewal_inputs._inputs, "at_risk", one)
    due(acme, 10)
    renewals_prepare(actor=SYSTEM)
    assert "at_risk" in [reason["code"] for reason in Renewal.objects.get().reasons]
    assert year_on(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)
