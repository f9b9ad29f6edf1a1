"""Onboarding: templates without circles, plans that start by themselves, tasks of both sides, activation, reminders."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import transaction

from partners.handlers import onboarding as handlers
from partners.models import MetricFact, OnboardingPlan, OnboardingTask, Partner, PlanTemplate
from partners.onboarding_graph import blocked, cycle_in, unknown_keys
from partners.selectors.onboarding import board, figures, plan_get, plan_of, template_list, without_plan
from partners.services.exits import exit_cancel, exit_start
from partners.services.onboarding import plan_start, plan_stop, task_do, task_reopen, task_waive, tasks_remind
from partners.services.onboarding_templates import (
    template_create,
    template_publish,
    template_revise,
    template_task_remove,
    template_task_save,
    template_update,
)
from partners.services.partners import partner_advance, partner_change_status, partner_create
from partners.services.suspensions import suspension_lift, suspension_start
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_member, make_tenant
from prm.workflow.models import Transition
from tests.rebates.test_races import at_once
from tests.rebates.world import World

NOW = "2026-09-28T04:00:00Z"  # a Monday before the golden week, with 10-10 a make-up workday in China
SYSTEM = Actor.system("tests")
TASKS: dict[str, dict[str, Any]] = {
    "team": {"due_days": 3, "weight": 2},
    "kickoff": {"due_days": 5, "side": "vendor", "depends_on": ["team"]},
    "contract": {"due_days": 8, "proof": "file", "depends_on": ["team"]},
    "case": {"due_days": 20, "is_must": False, "proof": "link", "weight": 6},
}


@pytest.fixture
def acme(cast: Cast) -> Any:
    cast.tenant.workday_calendar = "CN"
    cast.tenant.save()
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def template(cast: Cast, code: str = "basic", partner_type: str = "", tasks: Any = None) -> PlanTemplate:
    made = template_create(actor=cast.manager, code=code, name_en=code.title(), days=30, partner_type=partner_type)
    for key, fields in (tasks or TASKS).items():
        template_task_save(actor=cast.manager, template_id=made.pk, key=key, title_en=key.title(), **fields)
    return template_publish(actor=cast.manager, template_id=made.pk)


def newcomer(cast: Cast, code: str = "N-1", **more: Any) -> Partner:
    """A partner whose agreement has just come into force; its plan starts by the event."""
    partner = partner_create(actor=cast.manager, code=code, name=f"New {code}", status="contracting", **more)
    partner = partner_advance(actor=SYSTEM, partner_id=partner.pk, verb="signed")
    handlers.partner_moved({"partner_id": str(partner.pk)})
    return partner


def tasks_of(plan: OnboardingPlan) -> dict[str, OnboardingTask]:
    return {task.key: task for task in plan.tasks.all()}


def worker(cast: Cast, partner: Partner, role: Role = Role.PARTNER_ADMINISTRATOR) -> Actor:
    return Actor.user(make_member(cast.tenant, role, partner, f"{role.value}-{partner.code}@new.test"))


def test_what_waits_for_what() -> None:
    waits = {"a": ["b"], "b": ["c"], "c": [], "d": ["a", "x"]}
    assert unknown_keys(waits) == ["x"]
    assert cycle_in(waits) == []
    assert cycle_in(waits | {"c": ["a"]}) == ["a", "b", "c", "a"]
    assert cycle_in({"a": ["a"]}) == ["a", "a"]
    assert blocked({"a": ["b"], "b": ["c"], "c": []}, {"c"}) == {"a": ["b"]}


def test_a_template_refuses_circles_and_unknown_tasks(acme: Cast) -> None:
    made = template_create(actor=acme.manager, code="t", name_zh="模板", days=60)
    save = lambda key, **more: template_task_save(  # noqa: E731
        actor=acme.manager, template_id=made.pk, key=key, title_en=key, **more
    )
    with pytest.raises(Invalid):
        template_publish(actor=acme.manager, template_id=made.pk)
    first = save("a")
    save("b", depends_on=["a"])
    for depends in (["b"], ["a"], ["z"]):
        with pytest.raises(Invalid) as caught:
            template_task_save(actor=acme.manager, template_id=made.pk, key="a", task_id=first.pk, depends_on=depends)
        assert list(caught.value.fields) == ["depends_on"]
    with pytest.raises(Conflict):
        save("a")
    with pytest.raises(Conflict):
        template_task_remove(actor=acme.manager, template_id=made.pk, task_id=first.pk)
    with pytest.raises(Invalid):
        template_update(actor=acme.manager, template_id=made.pk, days=45)
    with pytest.raises(Forbidden):
        template_create(actor=acme.partner_administrator, code="x", name_en="X", days=30)


def test_published_versions_stay_and_new_ones_replace_them(acme: Cast) -> None:
    first = template(acme)
    with pytest.raises(StateError):
        template_task_save(actor=acme.manager, template_id=first.pk, key="more", title_en="More")
    draft = template_revise(actor=acme.manager, template_id=first.pk)
    assert template_revise(actor=acme.manager, template_id=first.pk) == draft
    assert (draft.version, draft.tasks.count()) == (2, 4)
    other = template_create(actor=acme.manager, code="other", name_en="Other", days=30)
    template_task_save(actor=acme.manager, template_id=other.pk, key="a", title_en="A")
    with pytest.raises(Conflict):
        template_publish(actor=acme.manager, template_id=other.pk)
    template_publish(actor=acme.manager, template_id=draft.pk)
    states = [(one.code, one.version, one.status) for one in template_list(acme.manager)]
    assert states == [("basic", 2, "published"), ("basic", 1, "replaced"), ("other", 1, "draft")]


def test_a_plan_starts_once_with_due_days_of_the_vendors_calendar(acme: Cast) -> None:
    template(acme)
    template(acme, "msp", "msp", {"only": {"due_days": 1}})
    partner = newcomer(acme)
    handlers.partner_moved({"partner_id": str(partner.pk)})
    [plan] = OnboardingPlan.objects.filter(partner=partner)
    assert {key: task.due_on.isoformat() for key, task in tasks_of(plan).items()} == {
        "team": "2026-10-08", "kickoff": "2026-10-10", "contract": "2026-10-14", "case": "2026-10-30",
    }  # fmt: skip
    special = newcomer(acme, "N-2", type="msp")
    assert list(tasks_of(OnboardingPlan.objects.get(partner=special))) == ["only"]


def test_without_a_template_that_fits_nothing_starts(acme: Cast) -> None:
    template(acme, "msp", "msp", {"only": {"due_days": 1}})
    partner = newcomer(acme)
    assert not OnboardingPlan.objects.exists()
    assert list(without_plan(acme.manager)) == [partner]
    assert plan_start(actor=acme.manager, partner_id=partner.pk) is None
    chosen = PlanTemplate.objects.get()
    assert plan_start(actor=acme.manager, partner_id=partner.pk, template_id=chosen.pk) is not None
    early = partner_create(actor=acme.manager, code="E", name="E", status="contracting")
    with pytest.raises(StateError):
        plan_start(actor=acme.manager, partner_id=early.pk)


def test_both_sides_work_until_the_partner_is_active(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    person = worker(acme, partner, Role.PARTNER_SALES)
    plan = OnboardingPlan.objects.get()
    tasks = tasks_of(plan)
    view = plan_of(person, partner.pk)
    assert view is not None
    assert view.next is not None
    assert view.next.task.key == "team"
    assert [(one.task.key, one.waits) for one in view.tasks if one.is_blocked] == [
        ("kickoff", ("Team",)), ("contract", ("Team",)),
    ]  # fmt: skip
    with pytest.raises(StateError) as caught:
        task_do(actor=acme.manager, task_id=tasks["kickoff"].pk)
    assert (caught.value.code, str(caught.value.message)) == ("blocked", "First: Team.")
    task_do(actor=person, task_id=tasks["team"].pk, note="Three people")
    with pytest.raises(Forbidden):
        task_do(actor=person, task_id=tasks["kickoff"].pk)
    with pytest.raises(Invalid) as missing:
        task_do(actor=person, task_id=tasks["contract"].pk)
    assert list(missing.value.fields) == ["file"]
    with pytest.raises(Invalid):
        task_do(actor=person, task_id=tasks["contract"].pk, file=("x.pdf", BytesIO(b"MZ\x90\x00\x03\x00\x00\x00")))
    task_do(actor=person, task_id=tasks["contract"].pk, file=("../x.pdf", BytesIO(b"%PDF-1.7\n%%EOF\n")))
    view = plan_get(acme.manager, plan.pk)
    assert (view.share.percent, view.must.percent) == (30, 75)
    assert {side: share.percent for side, share in view.sides.items()} == {"partner": 33, "vendor": 0}
    assert Partner.objects.get(pk=partner.pk).status == "onboarding"
    with time_machine.travel("2026-10-12T04:00:00Z"):
        task_waive(actor=acme.manager, task_id=tasks["kickoff"].pk, reason="Done by phone")
    assert Partner.objects.get(pk=partner.pk).status == "active"
    plan.refresh_from_db()
    assert (plan.status, plan.activated_on) == ("running", dt.date(2026, 10, 12))
    with pytest.raises(Invalid):
        task_do(actor=person, task_id=tasks["case"].pk, link="javascript:alert(1)")
    task_do(actor=person, task_id=tasks["case"].pk, link="https://blue.example/case")
    plan.refresh_from_db()
    assert plan.status == "completed"
    assert AuditEntry.objects.get(action="partners.onboarding.activated").data == {"days": 14}
    handlers.plan_activated({"plan_id": str(plan.pk)})
    assert Notice.objects.get(kind="partners.onboarding.activated").data == {"days": 14}


def test_reopening_and_stopping_have_reasons(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    plan = OnboardingPlan.objects.get()
    tasks = tasks_of(plan)
    task_do(actor=acme.manager, task_id=tasks["team"].pk)
    task_do(actor=acme.manager, task_id=tasks["kickoff"].pk)
    with pytest.raises(Conflict):
        task_reopen(actor=acme.manager, task_id=tasks["team"].pk, reason="Wrong")
    with pytest.raises(Invalid):
        task_reopen(actor=acme.manager, task_id=tasks["kickoff"].pk, reason="")
    task_reopen(actor=acme.manager, task_id=tasks["kickoff"].pk, reason="Nobody came")
    with pytest.raises(StateError):
        task_do(actor=acme.manager, task_id=tasks["team"].pk)
    with pytest.raises(Invalid):
        task_waive(actor=acme.manager, task_id=tasks["kickoff"].pk, reason=" ")
    Partner.objects.filter(pk=partner.pk).update(status="exiting")
    handlers.partner_moved({"partner_id": str(partner.pk)})
    plan.refresh_from_db()
    assert plan.status == "stopped"
    with pytest.raises(StateError):
        task_do(actor=acme.manager, task_id=tasks["kickoff"].pk)
    with pytest.raises(StateError):
        plan_stop(actor=acme.manager, plan_id=plan.pk, reason="Again")


def test_foreign_plans_do_not_exist(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    [task, *_rest] = OnboardingTask.objects.all()
    with pytest.raises(NotFound):
        task_do(actor=acme.partner_administrator, task_id=task.pk)
    with pytest.raises(NotFound):
        plan_get(acme.partner_administrator, task.plan_id)
    with pytest.raises(Forbidden):
        plan_of(acme.actor(Role.PARTNER_FINANCE), partner.pk)
    with pytest.raises(Forbidden):
        task_waive(actor=worker(acme, partner), task_id=task.pk, reason="We do not want to")


def test_reminders_are_sent_once_and_only_of_what_is_open(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    person = worker(acme, partner)
    tasks = tasks_of(OnboardingPlan.objects.get())
    assert tasks_remind(actor=SYSTEM) == 0
    for day, expected in {"2026-10-05": 1, "2026-10-06": 0, "2026-10-09": 2, "2026-10-12": 2}.items():
        with time_machine.travel(f"{day}T04:00:00Z"):
            assert tasks_remind(actor=SYSTEM) == expected, day
    task_do(actor=person, task_id=tasks["team"].pk)
    for _twice in range(2):
        for message in Message.objects.filter(topic="partners.onboarding.due").order_by("created_at"):
            handlers.tasks_due(message.payload)
    told = sorted(Notice.objects.values_list("kind", "user__email", "data__tasks"))
    managers = [acme.user(role).email for role in (Role.ADMINISTRATOR, Role.CHANNEL_MANAGER)]
    assert told == [
        ("partners.onboarding.due", person.label, ["Contract"]),
        *[("partners.onboarding.vendor_due", one, ["Kickoff"]) for one in managers],
        *[("partners.onboarding.vendor_overdue", one, ["Kickoff"]) for one in managers],
    ]


def test_the_board_and_its_figures(acme: Cast) -> None:
    template(acme)
    slow, quick = newcomer(acme, "SLOW"), newcomer(acme, "QUICK")
    for key in ("team", "kickoff", "contract"):
        task = tasks_of(OnboardingPlan.objects.get(partner=quick))[key]
        more = {"file": ("a.pdf", BytesIO(b"%PDF-1.7\n%%EOF\n"))} if key == "contract" else {}
        with time_machine.travel("2026-10-20T04:00:00Z"):
            task_do(actor=acme.manager, task_id=task.pk, **more)
    MetricFact.objects.create(partner=quick, metric="deals_registered", as_of=dt.date(2026, 11, 2), value=1)
    with time_machine.travel("2026-11-10T04:00:00Z"):
        assert [(view.plan.partner_id, len(view.overdue)) for view in board(acme.manager)] == [
            (slow.pk, 4), (quick.pk, 1),
        ]  # fmt: skip
        found = figures(acme.manager)
    assert (found.running, found.overdue, found.activated) == (2, 2, 1)
    assert (found.to_activation, found.to_first, found.by_sale) == (22, 35, 0)
    sales = World(acme.tenant)
    sales.sale("SLOW", "2026-09-20", "10")  # before its plan began: no success of it
    with time_machine.travel("2026-11-10T04:00:00Z"):
        assert (figures(acme.manager).to_first, figures(acme.manager).by_sale) == (35, 0)
        MetricFact.objects.all().delete()
        sales.sale("QUICK", "2026-10-19", "10")
        found = figures(acme.manager)
    assert (found.to_first, found.by_sale) == (21, 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_close_the_last_two_tasks_at_once_activate_once() -> None:
    cast = make_cast(make_tenant("acme"))
    with transaction.atomic(), tenant_context(cast.tenant):
        template(cast, tasks={"a": {"due_days": 1}, "b": {"due_days": 1}})
        partner = newcomer(cast)
        ids = list(OnboardingTask.objects.values_list("pk", flat=True))
    results = at_once(cast.tenant, *[lambda pk=pk: task_do(actor=cast.manager, task_id=pk) for pk in ids])
    assert {type(one) for one in results} == {OnboardingTask}
    with transaction.atomic(), tenant_context(cast.tenant):
        assert Partner.objects.get(pk=partner.pk).status == "active"
        assert OnboardingPlan.objects.get().status == "completed"
        assert AuditEntry.objects.filter(action="partners.onboarding.activated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_do_the_same_task_at_once_do_it_once() -> None:
    cast = make_cast(make_tenant("acme"))
    with tenant_context(cast.tenant):
        template(cast, tasks={"a": {"due_days": 1}, "b": {"due_days": 1}})
        newcomer(cast)
        pk = OnboardingTask.objects.get(key="a").pk
    calls = [lambda actor=one: task_do(actor=actor, task_id=pk) for one in (cast.manager, cast.administrator)]
    results = at_once(cast.tenant, *calls, lambda: task_waive(actor=cast.manager, task_id=pk, reason="No need"))
    assert sorted(type(one).__name__ for one in results) == ["OnboardingTask", "StateError", "StateError"]
    with tenant_context(cast.tenant):
        verbs = Transition.objects.filter(target_id=str(pk)).values_list("verb", flat=True)
        assert len(verbs) == 1


def test_who_comes_back_goes_on_with_the_onboarding(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    call = {"actor": acme.manager, "partner_id": partner.pk}
    held = suspension_start(**call, scope="all", reason_code="conduct", reason="Broke rules")
    assert status_of(partner) == "suspended"
    suspension_lift(actor=acme.manager, suspension_id=held.pk, reason="Cleared")
    assert status_of(partner) == "onboarding"
    partner_change_status(**call, verb="suspend", reason="Audit")
    partner_change_status(**call, verb="resume", reason="Passed")
    assert status_of(partner) == "onboarding"
    leaving = {"reason_code": "performance", "reason": "Sold", "last_day": dt.date(2026, 12, 31)}
    first = exit_start(**call, **leaving)
    handlers.partner_moved({"partner_id": str(partner.pk)})
    plan = OnboardingPlan.objects.get()
    assert plan.status == "stopped"
    exit_cancel(actor=acme.manager, exit_id=first.pk, reason="Stays")
    handlers.partner_moved({"partner_id": str(partner.pk)})
    plan.refresh_from_db()
    assert (status_of(partner), plan.status) == ("onboarding", "running")
    # Out of a suspension into an exit: what counts is where it worked before.
    partner_change_status(**call, verb="suspend", reason="Audit")
    second = exit_start(**call, **leaving)
    assert second.before == "suspended"
    exit_cancel(actor=acme.manager, exit_id=second.pk, reason="Stays")
    assert status_of(partner) == "suspended"
    partner_change_status(**call, verb="resume", reason="Passed")
    assert status_of(partner) == "onboarding"
    verbs = Transition.objects.filter(target_id=str(partner.pk)).values_list("verb", flat=True)
    assert sorted(verbs) == [
        "leave", "leave", "resume_onboarding", "resume_onboarding", "resume_onboarding", "signed", "stay_onboarding",
        "stay_onboarding", "suspend", "suspend", "suspend", "suspend",
    ]  # fmt: skip


def test_who_finished_while_suspended_comes_back_active(acme: Cast) -> None:
    template(acme, tasks={"team": {"due_days": 3}})
    partner = newcomer(acme)
    call = {"actor": acme.manager, "partner_id": partner.pk}
    partner_change_status(**call, verb="suspend", reason="Audit")
    task_do(actor=acme.manager, task_id=OnboardingTask.objects.get().pk)
    assert status_of(partner) == "suspended"
    partner_change_status(**call, verb="resume", reason="Passed")
    assert status_of(partner) == "active"


def test_a_plan_stopped_by_hand_stays_stopped(acme: Cast) -> None:
    template(acme)
    partner = newcomer(acme)
    plan_stop(actor=acme.manager, plan_id=OnboardingPlan.objects.get().pk, reason="No use")
    handlers.partner_moved({"partner_id": str(partner.pk)})
    assert OnboardingPlan.objects.get().status == "stopped"


def status_of(partner: Partner) -> str:
    return Partner.objects.get(pk=partner.pk).status
