"""The joint business plan: written by turn, agreed to the letter, worked by."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from partners.models import BusinessPlan, JointAction, PlanConsent, PlanVersion
from partners.selectors.plans import action_list, plan_comments, plan_current, plan_get, plan_list, plan_progress
from partners.services.plans import goal_add, goal_remove, goal_update, plan_start, plan_update
from partners.services.plans_agreeing import (
    plan_agree,
    plan_close,
    plan_hand_over,
    plan_propose,
    plan_recall,
    plan_reopen,
    plan_revise,
    plan_withdraw,
)
from partners.services.plans_work import (
    action_add,
    action_change,
    action_remove,
    actions_tell_overdue,
    goal_enter,
    plan_comment,
)
from partners.states.plans import PLAN_TRANSITIONS, PlanStatus
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.outbox.registry import handler_named, handlers_of
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.rebates.world import World

NOW = "2026-03-02T04:00:00Z"


@pytest.fixture(autouse=True)
def _inside(cast: Cast, time_machine: Any) -> Any:
    time_machine.move_to(NOW, tick=False)
    with tenant_context(cast.tenant):
        yield


def draft(cast: Cast, actor: Actor | None = None, **changes: Any) -> BusinessPlan:
    fields = {"partner_id": cast.partner.pk, "fiscal_year": 2026, "title": "Grow together"} | changes
    return plan_start(actor=actor or cast.manager, **fields)


def proposed(cast: Cast) -> BusinessPlan:
    plan = draft(cast)
    goal_add(actor=cast.manager, plan_id=plan.pk, title="Revenue", target=D(500), unit="money")
    action_add(
        actor=cast.manager, plan_id=plan.pk, title="Hire two", due_on=dt.date(2026, 6, 30), side="partner",
        owner_id=cast.user(Role.PARTNER_SALES).pk,
    )  # fmt: skip
    plan_propose(actor=cast.manager, plan_id=plan.pk)
    return plan


def agreed(cast: Cast) -> BusinessPlan:
    plan = proposed(cast)
    return plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=plan.versions.get().sha256)


def topics() -> list[str]:
    return list(
        Message.objects.filter(topic__startswith="partners.plan.").order_by("id").values_list("topic", flat=True)
    )


def test_from_draft_to_agreement(cast: Cast) -> None:
    plan = proposed(cast)
    plan.refresh_from_db()
    assert (plan.status, plan.turn) == ("proposed", "partner")
    version = plan.versions.get()
    assert version.document == {
        "partner": "P-1", "fiscal_year": 2026, "title": "Grow together", "ambition": "",
        "goals": [{"title": "Revenue", "metric": "", "unit": "money", "currency": "CNY", "start": "0", "target": "500",
                   "due_on": "2026-12-31", "side": "partner"}],
        "actions": [{"title": "Hire two", "side": "partner", "owner": "Partner sales", "due_on": "2026-06-30"}],
    }  # fmt: skip
    with pytest.raises(Forbidden) as same:
        plan_agree(actor=cast.administrator, plan_id=plan.pk, sha256=version.sha256)
    assert same.value.code == "same_side"
    plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=version.sha256)
    plan.refresh_from_db()
    assert plan.status == "agreed"
    [consent] = PlanConsent.objects.all()
    assert (consent.side, consent.author_label) == ("partner", "partner_administrator@acme.test")
    assert topics() == ["partners.plan.started", "partners.plan.proposed", "partners.plan.agreed"]
    with pytest.raises(StateError):
        plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=version.sha256)


def test_only_the_proposed_text_is_agreed_to(cast: Cast) -> None:
    plan = proposed(cast)
    old = plan.versions.get().sha256
    plan_recall(actor=cast.manager, plan_id=plan.pk)
    goal = plan.goals.get()
    goal_update(actor=cast.manager, goal_id=goal.pk, target=D(900))
    plan_propose(actor=cast.manager, plan_id=plan.pk)
    with pytest.raises(Conflict) as changed:
        plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=old)
    assert changed.value.code == "text_changed"
    assert [one.number for one in plan.versions.all()] == [2, 1]


def test_sides_write_by_turn(cast: Cast) -> None:
    plan = draft(cast)
    with pytest.raises(NotFound):
        plan_get(cast.partner_administrator, plan.pk)
    plan_hand_over(actor=cast.manager, plan_id=plan.pk)
    with pytest.raises(StateError) as turn:
        plan_update(actor=cast.manager, plan_id=plan.pk, title="Mine")
    assert turn.value.code == "not_your_turn"
    plan_update(actor=cast.partner_administrator, plan_id=plan.pk, title="Ours", ambition="More")
    goal_add(actor=cast.partner_administrator, plan_id=plan.pk, title="Deals", target=D(12))
    with pytest.raises(Forbidden):
        plan_update(actor=cast.actor(Role.PARTNER_SALES), plan_id=plan.pk, title="No")
    plan_propose(actor=cast.partner_administrator, plan_id=plan.pk)
    with pytest.raises(StateError):
        plan_recall(actor=cast.manager, plan_id=plan.pk)
    with pytest.raises(Invalid):
        plan_revise(actor=cast.manager, plan_id=plan.pk, reason=" ")
    plan_revise(actor=cast.manager, plan_id=plan.pk, reason="Twelve is too few.")
    plan.refresh_from_db()
    assert (plan.status, plan.turn, plan.title) == ("draft", "vendor", "Ours")
    assert [one.text for one in plan_comments(cast.manager, plan.pk)] == ["Twelve is too few."]


def test_a_plan_of_a_year_is_one(cast: Cast) -> None:
    first = draft(cast)
    with pytest.raises(Conflict) as twice:
        draft(cast)
    assert twice.value.code == "plan_exists"
    plan_withdraw(actor=cast.manager, plan_id=first.pk, reason="Another way")
    second = draft(cast)
    assert plan_current(cast.manager, cast.partner.pk) == second
    with pytest.raises(Invalid):
        draft(cast, fiscal_year=2031)


def test_what_was_proposed_stays_and_so_does_consent(cast: Cast) -> None:
    plan = agreed(cast)
    for rows in (PlanVersion.objects.all(), PlanConsent.objects.all()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(author_label="x")
    version = plan.versions.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanConsent.objects.create(
            version=version, proposed_by="vendor", side="vendor", author_label="x", at=version.at
        )  # fmt: skip
    with pytest.raises(StateError):
        goal_update(actor=cast.manager, goal_id=plan.goals.get().pk, target=D(1))
    plan_reopen(actor=cast.manager, plan_id=plan.pk, reason="The market fell.")
    goal_update(actor=cast.manager, goal_id=plan.goals.get().pk, target=D(400))
    plan_propose(actor=cast.manager, plan_id=plan.pk)
    assert [one.document["goals"][0]["target"] for one in plan.versions.all()] == ["400", "500"]


def test_goals_are_checked(cast: Cast) -> None:
    plan = draft(cast)

    def faults(**changes: Any) -> set[str]:
        with pytest.raises(Invalid) as refused:
            goal_add(actor=cast.manager, plan_id=plan.pk, **{"title": "A", "target": D(1)} | changes)
        return set(refused.value.fields)

    assert faults(title=" ") == {"title"}
    assert faults(target=D(5), start_value=D(5)) == {"target"}
    assert faults(due_on=dt.date(2027, 1, 1)) == {"due_on"}
    assert faults(unit="money", currency="XXQ") == {"currency"}
    assert faults(unit="stones", side="moon") == {"unit", "side"}
    assert faults(target=D(10) ** 16) == {"target"}
    with pytest.raises(Invalid) as empty:
        plan_propose(actor=cast.manager, plan_id=plan.pk)
    assert empty.value.code == "no_goals"


def test_progress_is_entered_and_shares_are_exact(cast: Cast) -> None:
    plan = draft(cast)
    up = goal_add(actor=cast.manager, plan_id=plan.pk, title="Deals", target=D(12), start_value=D(4))
    goal_add(actor=cast.manager, plan_id=plan.pk, title="Days to answer", target=D(2), start_value=D(10))
    plan_propose(actor=cast.manager, plan_id=plan.pk)
    with pytest.raises(StateError):
        goal_enter(actor=cast.partner_administrator, goal_id=up.pk, value=D(6))
    plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=plan.versions.get().sha256)
    goal_enter(actor=cast.partner_administrator, goal_id=up.pk, value=D(6), on=dt.date(2026, 2, 1), note="Two signed")
    goal_enter(actor=cast.manager, goal_id=up.pk, value=D(13))
    down = plan.goals.get(title="Days to answer")
    goal_enter(actor=cast.manager, goal_id=down.pk, value=D(8))
    with pytest.raises(Invalid):
        goal_enter(actor=cast.manager, goal_id=down.pk, value=D(8), on=dt.date(2026, 3, 3))
    first, second = plan_progress(cast.partner_administrator, plan)
    assert (first.value, first.share, first.is_reached, len(first.entries)) == (D(13), D("1.1250"), True, 2)
    assert (second.share, second.is_reached, second.as_of) == (D("0.2500"), False, dt.date(2026, 3, 2))


def test_figures_count_by_themselves(cast: Cast) -> None:
    world = World(cast.tenant)
    world.sale("P-1", "2025-12-31", "900", currency="CNY")
    world.sale("P-1", "2026-01-01", "100", currency="CNY")
    world.sale("P-1", "2026-03-02", "25", currency="CNY")
    world.sale("P-1", "2026-03-03", "7", currency="CNY")
    world.sale("P-2", "2026-02-01", "5000", currency="CNY")
    plan = draft(cast)
    early = dt.date(2026, 1, 31)
    add = {"actor": cast.manager, "plan_id": plan.pk, "metric": "revenue", "unit": "count"}
    goal = goal_add(title="Revenue", target=D(500), **add)
    goal_add(title="Till January", target=D(200), due_on=early, **add)
    goal_add(actor=cast.manager, plan_id=plan.pk, title="Score", target=D("4.5"), metric="satisfaction")
    assert (goal.unit, goal.currency) == ("money", "CNY")
    with pytest.raises(Invalid):
        goal_add(actor=cast.manager, plan_id=plan.pk, title="A", target=D(1), metric="stones")
    found = plan_progress(cast.manager, plan)
    assert [(one.value, one.share, one.as_of) for one in found] == [
        (D(125), D("0.2500"), dt.date(2026, 3, 2)), (D(100), D("0.5000"), early), (None, None, dt.date(2026, 3, 2)),
    ]  # fmt: skip
    plan_propose(actor=cast.manager, plan_id=plan.pk)
    plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=plan.versions.get().sha256)
    with pytest.raises(StateError) as counted:
        goal_enter(actor=cast.manager, goal_id=goal.pk, value=D(1))
    assert counted.value.code == "counted"


def test_the_other_side_is_told_once(cast: Cast) -> None:
    agreed(cast)
    for message in Message.objects.filter(topic__startswith="partners.").order_by("id"):
        for name in handlers_of(message.topic):
            for _twice in range(2):
                handler_named(name)(message.payload)
    told = Notice.objects.values_list("kind", "user__email").order_by("kind", "user__email")
    assert list(told) == [
        ("partners.action.assigned", "partner_sales@acme.test"),
        ("partners.plan.agreed", "administrator@acme.test"),
        ("partners.plan.agreed", "channel_manager@acme.test"),
        ("partners.plan.agreed", "partner_administrator@acme.test"),
        ("partners.plan.proposed", "partner_administrator@acme.test"),
    ]


def test_actions_have_owners_of_their_side_and_an_end(cast: Cast) -> None:
    plan = agreed(cast)
    with pytest.raises(Invalid) as wrong:
        action_add(
            actor=cast.manager, plan_id=plan.pk, title="Call", due_on=dt.date(2026, 4, 1), side="vendor",
            owner_id=cast.user(Role.PARTNER_SALES).pk,
        )  # fmt: skip
    assert set(wrong.value.fields) == {"owner"}
    added = action_add(
        actor=cast.partner_administrator, plan_id=plan.pk, title="Call", due_on=dt.date(2026, 4, 1), side="vendor",
        owner="Ms Wu",
    )  # fmt: skip
    with pytest.raises(Invalid):
        action_change(actor=cast.manager, action_id=added.pk, verb="drop")
    action_change(actor=cast.manager, action_id=added.pk, verb="drop", note="No budget")
    added.refresh_from_db()
    assert (added.status, added.note, added.ended_by_label) == ("dropped", "No budget", "channel_manager@acme.test")
    action_change(actor=cast.manager, action_id=added.pk, verb="reopen")
    added.refresh_from_db()
    assert (added.status, added.ended_at) == ("open", None)
    with pytest.raises(StateError):
        action_change(actor=cast.manager, action_id=added.pk, verb="reopen")
    with pytest.raises(StateError):
        action_remove(actor=cast.manager, action_id=added.pk)
    assert [one.title for one in action_list(cast.manager, state="open")] == ["Call", "Hire two"]


def test_overdue_is_told_once(cast: Cast, time_machine: Any) -> None:
    agreed(cast)
    system = Actor.system("partners.watch")
    assert actions_tell_overdue(actor=system) == 0
    time_machine.move_to("2026-07-01T04:00:00Z", tick=False)
    assert [actions_tell_overdue(actor=system) for _ in range(2)] == [1, 0]
    assert Message.objects.filter(topic="partners.action.overdue").count() == 1
    [row] = plan_list(cast.manager)
    assert (row.open_actions, row.late_actions) == (1, 1)


def test_others_do_not_exist(cast: Cast, rival_cast: Cast) -> None:
    plan, stranger = agreed(cast), Actor.user(cast.members[Role.PARTNER_ADMINISTRATOR])
    other = draft(cast, partner_id=cast.other_partner.pk)
    plan_hand_over(actor=cast.manager, plan_id=other.pk)
    with pytest.raises(NotFound):
        plan_get(stranger, other.pk)
    with pytest.raises(NotFound):
        plan_start(actor=stranger, partner_id=cast.other_partner.pk, fiscal_year=2027, title="x")
    with pytest.raises(Forbidden):
        plan_get(cast.actor(Role.MARKETING), plan.pk)
    with tenant_context(rival_cast.tenant), pytest.raises(NotFound):
        plan_get(rival_cast.manager, plan.pk)


def test_a_new_year_may_take_goals_over_and_the_old_is_closed(cast: Cast, time_machine: Any) -> None:
    plan = agreed(cast)
    plan_comment(actor=cast.partner_administrator, plan_id=plan.pk, text="Well begun")
    time_machine.move_to("2027-01-05T04:00:00Z", tick=False)
    following = draft(cast, fiscal_year=2027, like=plan.pk)
    assert [(one.title, one.target, one.due_on) for one in following.goals.all()] == [
        ("Revenue", D(500), dt.date(2027, 12, 31))
    ]
    goal_remove(actor=cast.manager, goal_id=following.goals.get().pk)
    with pytest.raises(Forbidden):
        plan_close(actor=cast.partner_administrator, plan_id=plan.pk)
    plan_close(actor=cast.manager, plan_id=plan.pk, text="Well done")
    with pytest.raises(StateError):
        plan_comment(actor=cast.manager, plan_id=plan.pk, text="More")
    assert [one.text for one in plan_comments(cast.manager, plan.pk)] == ["Well begun", "Well done"]


def test_lists_cost_the_same_for_many(cast: Cast) -> None:
    agreed(cast)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(plan_list(cast.manager))
        return len(queries)

    before = cost()
    draft(cast, partner_id=cast.other_partner.pk)
    assert cost() == before


def test_every_state_is_reached_and_left(cast: Cast) -> None:
    assert set(PLAN_TRANSITIONS) == set(PlanStatus)
    reached = {PlanStatus.DRAFT} | {state for verbs in PLAN_TRANSITIONS.values() for state in verbs.values()}
    assert reached == set(PlanStatus)
    assert JointAction.objects.count() == 0
