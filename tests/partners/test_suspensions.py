"""Suspension by scope: from which day, until which, what it holds, and two people who click at once."""

from __future__ import annotations

import datetime as dt
from threading import Thread

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from partners.models import Partner, Suspension
from partners.selectors import suspension as selectors
from partners.services import partners as partner_services
from partners.services.suspensions import suspension_lift, suspension_start, suspensions_apply
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_tenant
from prm.workflow.models import Transition

SYSTEM = Actor.system("tests")
NOW = "2026-11-23T04:00:00Z"
TODAY = dt.date(2026, 11, 23)
ORDER = {"reason_code": "compliance", "reason": "Papers are missing"}


@pytest.fixture
def acme(cast: Cast):
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def start(acme: Cast, scope: str, **more) -> Suspension:
    return suspension_start(actor=acme.manager, partner_id=acme.partner.pk, scope=scope, **ORDER | more)


def state(acme: Cast) -> str:
    return Partner.objects.get(pk=acme.partner.pk).status


def held(acme: Cast, on: dt.date | None = None) -> dict[str, bool]:
    scopes = ("all", "leads", "registrations", "payouts")
    return {scope: selectors.is_suspended(acme.partner.pk, scope, on) for scope in scopes}


def test_a_scope_holds_itself_alone_and_all_holds_everything(acme: Cast) -> None:
    payouts = start(acme, "payouts")
    assert held(acme) == {"all": False, "leads": False, "registrations": False, "payouts": True}
    assert state(acme) == "active"
    everything = start(acme, "all")
    assert set(held(acme).values()) == {True}
    assert state(acme) == "suspended"
    assert list(selectors.suspended_ids("leads")) == [acme.partner.pk]
    suspension_lift(actor=acme.manager, suspension_id=everything.pk, reason="Papers came")
    assert state(acme) == "active"
    assert held(acme) == {"all": False, "leads": False, "registrations": False, "payouts": True}
    suspension_lift(actor=acme.manager, suspension_id=payouts.pk, reason="Papers came")
    assert set(held(acme).values()) == {False}
    # What was held on a day stays true of that day; one that was lifted on its first day never held one.
    assert not selectors.is_suspended(acme.partner.pk, "payouts", TODAY)
    assert [row["reason"] for row in Transition.objects.filter(verb="lift").values("reason")] == ["Papers came"] * 2


def test_days_decide_without_any_task_and_the_task_follows(acme: Cast) -> None:
    begins, ends = TODAY + dt.timedelta(days=3), TODAY + dt.timedelta(days=5)
    row = start(acme, "all", starts_on=begins, ends_on=ends)
    assert row.status == "planned"
    day = dt.timedelta(days=1)
    known = [selectors.is_suspended(acme.partner.pk, "leads", TODAY + day * number) for number in range(8)]
    assert known == [False, False, False, True, True, True, False, False]
    assert selectors.suspended_days(acme.partner.pk, "leads", TODAY, TODAY + day * 30) == 3
    states = []
    for number in range(8):
        with time_machine.travel(dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC) + day * number, tick=False):
            suspensions_apply(actor=SYSTEM)
            assert suspensions_apply(actor=SYSTEM) == 0
            states.append(state(acme))
    assert states == ["active"] * 3 + ["suspended"] * 3 + ["active"] * 2
    assert Suspension.objects.get().status == "over"


def test_lifting_counts_from_today_and_days_before_stay_held(acme: Cast) -> None:
    row = start(acme, "leads")
    with time_machine.travel("2026-11-27T04:00:00Z", tick=False):
        suspension_lift(actor=acme.manager, suspension_id=row.pk, reason="Done")
        until = TODAY + dt.timedelta(days=30)
        assert selectors.suspended_days(acme.partner.pk, "leads", TODAY, until) == 4
        assert selectors.is_suspended(acme.partner.pk, "leads", dt.date(2026, 11, 26))
        assert not selectors.is_suspended(acme.partner.pk, "leads")
        with pytest.raises(StateError):
            suspension_lift(actor=acme.manager, suspension_id=row.pk, reason="Again")


def test_a_state_changed_by_itself_keeps_its_row(acme: Cast) -> None:
    call = {"actor": acme.manager, "partner_id": acme.partner.pk}
    partner_services.partner_change_status(**call, verb="suspend", reason="unpaid")
    row = Suspension.objects.get()
    assert (row.scope, row.status, row.reason) == ("all", "in_force", "unpaid")
    assert selectors.is_suspended(acme.partner.pk, "payouts")
    partner_services.partner_change_status(**call, verb="resume", reason="paid")
    row.refresh_from_db()
    assert (row.status, row.lift_reason) == ("lifted", "paid")
    topics = Message.objects.filter(topic__startswith="partners.suspension").order_by("created_at", "id")
    assert list(topics.values_list("topic", flat=True)) == [
        "partners.suspension.started",
        "partners.suspension.lifted",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "sales"}, "scope"),
        ({"reason_code": "mood"}, "reason_code"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"starts_on": TODAY - dt.timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY - dt.timedelta(days=1)}, "ends_on"),
    ],
)
def test_wrong_orders_are_refused_by_field(acme: Cast, changes, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        start(acme, **{"scope": "leads"} | changes)
    assert list(caught.value.fields) == [field]
    assert not Suspension.objects.exists()


def test_who_may_and_what_the_partner_sees(acme: Cast, rival_cast: Cast) -> None:
    for actor in (acme.finance, acme.actor(Role.MARKETING), acme.partner_administrator):
        with pytest.raises(Forbidden):
            suspension_start(actor=actor, partner_id=acme.partner.pk, scope="leads", **ORDER)
    with pytest.raises(NotFound):
        suspension_start(actor=acme.manager, partner_id=rival_cast.partner.pk, scope="leads", **ORDER)
    mine = start(acme, "leads")
    suspension_start(actor=acme.manager, partner_id=acme.other_partner.pk, scope="all", **ORDER)
    assert [row.pk for row in selectors.suspension_list(acme.partner_administrator)] == [mine.pk]
    assert selectors.suspension_list(acme.manager).count() == 2
    with pytest.raises(Invalid):
        suspension_lift(actor=acme.manager, suspension_id=mine.pk, reason="")


def test_one_open_row_a_scope_by_service_and_by_constraint(acme: Cast) -> None:
    start(acme, "leads")
    with pytest.raises(Conflict) as caught:
        start(acme, "leads")
    assert caught.value.code == "suspended_already"
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(
            partner=acme.partner, scope="leads", reason_code="other", reason="x", starts_on=TODAY
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_people_suspend_at_once_and_one_does() -> None:
    cast = make_cast(make_tenant("acme"))
    outcomes: list[str] = []

    def click() -> None:
        try:
            with transaction.atomic(), tenant_context(cast.tenant):
                suspension_start(actor=cast.manager, partner_id=cast.partner.pk, scope="all", **ORDER)
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=click) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused"]
    with tenant_context(cast.tenant):
        assert Suspension.objects.count() == 1
        assert state(cast) == "suspended"
