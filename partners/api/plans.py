from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from partners.metrics import Unit
from partners.models import BusinessPlan, GoalEntry, JointAction, PlanGoal, PlanVersion
from partners.selectors.plans import (
    ACTION_STATES,
    Progress,
    action_get,
    action_list,
    goal_get,
    plan_get,
    plan_list,
    plan_progress,
    plan_versions,
)
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
from partners.services.plans_work import action_add, action_change, goal_enter
from partners.states.plans import PLAN_REASONED, ActionStatus, PlanStatus, Side
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output, Query
from prm.errors import NotFound
from prm.identity.rights import Right

READERS = (Right.SCORECARDS_VIEW, Right.OWN_PLANS_VIEW)
WRITERS = (Right.SCORECARDS_EDIT, Right.OWN_PLANS_EDIT)
STEPS = ("propose", "hand_over", "agree", "recall", "revise", "reopen", "withdraw", "close")
PLAIN = {"propose": plan_propose, "hand_over": plan_hand_over, "recall": plan_recall, "close": plan_close}
REASONED = {"revise": plan_revise, "reopen": plan_reopen, "withdraw": plan_withdraw}
RATIO = "Ratios are fractions: 0.12 is 12 %."


def _figure(**options: Any) -> ExactDecimalField:
    return ExactDecimalField(max_digits=20, decimal_places=4, **options)


class PlanQuery(Query):
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(PlanStatus.choices)
    fiscal_year = serializers.IntegerField()
    search = serializers.CharField(help_text="Part of the partner's code or name.")


class PlanOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    fiscal_year = serializers.IntegerField(help_text="Named by the calendar year in which it ends.")
    title = serializers.CharField()
    ambition = serializers.CharField()
    status = serializers.ChoiceField(PlanStatus.choices)
    turn = serializers.ChoiceField(Side.choices, help_text="Who writes, or is asked to answer.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class GoalOutput(Output):
    id = serializers.UUIDField(source="goal.id")
    title = serializers.CharField(source="goal.title")
    metric = serializers.CharField(source="goal.metric", help_text="Empty: progress is entered.")
    unit = serializers.ChoiceField(Unit.choices, source="goal.unit")
    currency = serializers.CharField(source="goal.currency")
    start_value = DecimalText(source="goal.start_value")
    target = DecimalText(source="goal.target", help_text=RATIO)
    due_on = serializers.DateField(source="goal.due_on")
    side = serializers.ChoiceField(Side.choices, source="goal.side")
    value = DecimalText(allow_null=True)
    share = DecimalText(allow_null=True, help_text="0 at the start, 1 at the target.")
    as_of = serializers.DateField(allow_null=True)


class PlanVersionOutput(Output):
    number = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Send it with `agree`.")
    document = serializers.JSONField()
    side = serializers.ChoiceField(Side.choices, help_text="Who proposed it.")
    at = serializers.DateTimeField()


class GoalsOutput(Output):
    goals = GoalOutput(many=True)


class ActionOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    plan_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    side = serializers.ChoiceField(Side.choices)
    owner = serializers.CharField(source="owner_label")
    due_on = serializers.DateField()
    status = serializers.ChoiceField(ActionStatus.choices)
    note = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ActionQuery(Query):
    partner_id = serializers.UUIDField()
    plan_id = serializers.UUIDField()
    state = serializers.ChoiceField(ACTION_STATES)
    side = serializers.ChoiceField(Side.choices)


class TextInput(Input):
    title = serializers.CharField(max_length=200)
    ambition = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class PlanInput(TextInput):
    example = {"partner_id": "01a0fac4-da00-708b-9692-2aa0671b4f5e", "fiscal_year": 2026, "title": "Grow together"}

    partner_id = serializers.UUIDField()
    fiscal_year = serializers.IntegerField()
    like = serializers.UUIDField(required=False, help_text="A plan whose goals it takes over.")


class GoalInput(Input):
    title = serializers.CharField(max_length=200)
    metric = serializers.CharField(max_length=60, required=False, allow_blank=True)
    unit = serializers.ChoiceField(Unit.choices, required=False)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    start_value = _figure(required=False)
    target = _figure(help_text=RATIO)
    due_on = serializers.DateField(required=False)
    side = serializers.ChoiceField(Side.choices, required=False)


class EntryInput(Input):
    value = _figure(help_text=RATIO)
    on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class GoalEntryOutput(Output):
    id = serializers.UUIDField()
    on = serializers.DateField()
    value = DecimalText()
    note = serializers.CharField()


class ActionInput(Input):
    title = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    side = serializers.ChoiceField(Side.choices)
    owner_id = serializers.UUIDField(required=False, help_text="A user of that side.")
    owner = serializers.CharField(max_length=254, required=False, help_text="The name of somebody without a login.")


class ActionStepInput(Input):
    verb = serializers.ChoiceField(["finish", "drop", "reopen"])
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True, help_text="Why, for `drop`.")


class StepInput(Input):
    verb = serializers.ChoiceField(STEPS)
    reason = serializers.CharField(
        max_length=4000, default="", allow_blank=True, help_text=f"For {sorted(PLAN_REASONED)}."
    )
    sha256 = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="For `agree`: the text meant."
    )


class Plans(Endpoint):
    @lists(
        "plan_list", READERS, output=PlanOutput, query=PlanQuery,
        orderings={"-updated_at": ("-updated_at", "-id"), "updated_at": ("updated_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BusinessPlan]:
        """List joint business plans; a partner's people see their own."""
        return plan_list(call.actor, **call.query)

    @writes("plan_start", WRITERS, output=PlanOutput, body=PlanInput, status=201)
    def post(self, call: Call) -> BusinessPlan:
        """Begin the plan of a partner and a fiscal year as a draft."""
        return plan_get(call.actor, plan_start(actor=call.actor, **call.data).pk)


class Fetched(Endpoint):
    """Fetching comes before reading the body: what a caller may not see is unknown, whatever is sent to it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        actor = request._request.actor  # type: ignore[attr-defined]
        if "plan_id" in kwargs:
            plan_get(actor, kwargs["plan_id"])
        if "goal_id" in kwargs and goal_get(actor, kwargs["goal_id"]).plan_id != kwargs["plan_id"]:
            raise NotFound
        if "action_id" in kwargs:
            action_get(actor, kwargs["action_id"])


class PlanDetail(Fetched):
    @reads("plan_get", READERS, output=PlanOutput)
    def get(self, call: Call, plan_id: UUID) -> BusinessPlan:
        """Get a plan."""
        return plan_get(call.actor, plan_id)

    @writes("plan_update", WRITERS, output=PlanOutput, body=TextInput, partial=True)
    def patch(self, call: Call, plan_id: UUID) -> BusinessPlan:
        """Change the texts of a draft while it is the caller's turn."""
        plan_update(actor=call.actor, plan_id=plan_id, **call.data)
        return plan_get(call.actor, plan_id)


class PlanStep(Fetched):
    @writes("plan_step", WRITERS, output=PlanOutput, body=StepInput)
    def post(self, call: Call, plan_id: UUID) -> BusinessPlan:
        """Propose a plan, answer a proposal, take it back, close it. Only a person agrees."""
        verb, reason = call.data["verb"], call.data["reason"]
        if verb == "agree":
            plan_agree(actor=call.actor, plan_id=plan_id, sha256=call.data["sha256"])
        elif verb in REASONED:
            REASONED[verb](actor=call.actor, plan_id=plan_id, reason=reason)
        else:
            PLAIN[verb](actor=call.actor, plan_id=plan_id)
        return plan_get(call.actor, plan_id)


class PlanVersions(Fetched):
    @lists("plan_versions", READERS, output=PlanVersionOutput, orderings={"-number": ("-number",)})
    def get(self, call: Call, plan_id: UUID) -> QuerySet[PlanVersion]:
        """List the texts that were proposed."""
        return plan_versions(call.actor, plan_id)


class PlanGoals(Fetched):
    @reads("plan_goals", READERS, output=GoalsOutput)
    def get(self, call: Call, plan_id: UUID) -> dict[str, list[Progress]]:
        """Get the goals of a plan and how far each is."""
        return {"goals": plan_progress(call.actor, plan_get(call.actor, plan_id))}

    @writes("goal_add", WRITERS, output=GoalOutput, body=GoalInput, status=201)
    def post(self, call: Call, plan_id: UUID) -> Progress:
        """Add a goal to a draft."""
        return _shown(call, goal_add(actor=call.actor, plan_id=plan_id, **call.data))


class PlanGoalDetail(Fetched):
    @writes("goal_update", WRITERS, output=GoalOutput, body=GoalInput, partial=True)
    def patch(self, call: Call, plan_id: UUID, goal_id: UUID) -> Progress:
        """Change a goal of a draft."""
        return _shown(call, goal_update(actor=call.actor, goal_id=goal_id, **call.data))

    @writes("goal_remove", WRITERS, output=None, status=204)
    def delete(self, call: Call, plan_id: UUID, goal_id: UUID) -> None:
        """Take a goal out of a draft."""
        goal_remove(actor=call.actor, goal_id=goal_id)


class GoalEntries(Fetched):
    @writes("goal_enter", WRITERS, output=GoalEntryOutput, body=EntryInput, status=201)
    def post(self, call: Call, plan_id: UUID, goal_id: UUID) -> GoalEntry:
        """Enter how far a goal is that no figure counts."""
        return goal_enter(actor=call.actor, goal_id=goal_id, **call.data)


class PlanActions(Fetched):
    @writes("action_add", WRITERS, output=ActionOutput, body=ActionInput, status=201)
    def post(self, call: Call, plan_id: UUID) -> JointAction:
        """Add an action to a plan."""
        return action_add(actor=call.actor, plan_id=plan_id, **call.data)


class Actions(Endpoint):
    @lists(
        "action_list", READERS, output=ActionOutput, query=ActionQuery,
        orderings={"due_on": ("due_on", "id"), "-due_on": ("-due_on", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[JointAction]:
        """List what people of both sides have promised."""
        return action_list(call.actor, **call.query)


class ActionDetail(Fetched):
    @reads("action_get", READERS, output=ActionOutput)
    def get(self, call: Call, action_id: UUID) -> JointAction:
        """Get an action."""
        return action_get(call.actor, action_id)

    @writes("action_change", WRITERS, output=ActionOutput, body=ActionStepInput)
    def post(self, call: Call, action_id: UUID) -> JointAction:
        """Finish an action, drop it with a reason, or take it up again."""
        return action_change(actor=call.actor, action_id=action_id, **call.data)


def _shown(call: Call, goal: PlanGoal) -> Progress:
    found = plan_progress(call.actor, plan_get(call.actor, goal.plan_id))
    return next(one for one in found if one.goal.pk == goal.pk)
