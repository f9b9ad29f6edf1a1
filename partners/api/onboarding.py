from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from partners.models import OnboardingPlan, PlanTemplate
from partners.selectors.onboarding import PlanView, TaskView, plan_get, plan_list, task_get, template_list
from partners.services.onboarding import plan_start, task_do, task_reopen, task_waive
from partners.states.onboarding import PlanStatus, Proof, Side, TaskStatus, TemplateStatus
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.errors import Invalid
from prm.identity.rights import Right

READERS = (Right.PARTNERS_VIEW, Right.OWN_ONBOARDING_WORK)
WORKERS = (Right.ONBOARDING_EDIT, Right.OWN_ONBOARDING_WORK)


class OnboardingTemplateOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    partner_type = serializers.CharField(help_text="Empty: for every type without a template of its own.")
    days = serializers.IntegerField()
    status = serializers.ChoiceField(TemplateStatus.choices)


class OnboardingPlanQuery(Query):
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(PlanStatus.choices)


class OnboardingPlanOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    template = serializers.CharField(source="template.code")
    status = serializers.ChoiceField(PlanStatus.choices)
    started_on = serializers.DateField()
    activated_on = serializers.DateField(allow_null=True)
    completed_on = serializers.DateField(allow_null=True)


class OnboardingTaskOutput(Output):
    id = serializers.UUIDField(source="task.id")
    key = serializers.CharField(source="task.key")
    title_en = serializers.CharField(source="task.title_en")
    title_zh = serializers.CharField(source="task.title_zh")
    side = serializers.ChoiceField(Side.choices, source="task.side")
    proof = serializers.ChoiceField(Proof.choices, source="task.proof")
    is_must = serializers.BooleanField(source="task.is_must")
    due_on = serializers.DateField(source="task.due_on")
    status = serializers.ChoiceField(TaskStatus.choices, source="task.status")
    is_blocked = serializers.BooleanField()
    is_overdue = serializers.BooleanField()
    note = serializers.CharField(source="task.note")
    link = serializers.CharField(source="task.link")


class OnboardingPlanDetailOutput(Output):
    plan = OnboardingPlanOutput()
    percent = serializers.IntegerField(source="share.percent", help_text="Of the weight of all tasks.")
    tasks = OnboardingTaskOutput(many=True)


class OnboardingPlanInput(Input):
    partner_id = serializers.UUIDField()
    template_id = serializers.UUIDField(required=False, help_text="The one for the partner's type unless given.")


class OnboardingDoInput(Input):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True)


class OnboardingTaskReasonInput(Input):
    reason = serializers.CharField(max_length=500)


class OnboardingTemplates(Endpoint):
    @lists(
        "onboarding_template_list", Right.PARTNERS_VIEW, output=OnboardingTemplateOutput,
        orderings={"code": ("code", "version")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[PlanTemplate]:
        """List every version of the onboarding templates."""
        return template_list(call.actor)


class OnboardingPlans(Endpoint):
    @lists(
        "onboarding_plan_list", READERS, output=OnboardingPlanOutput, query=OnboardingPlanQuery,
        orderings={"-started_on": ("-started_on", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[OnboardingPlan]:
        """List onboarding plans, the newest first."""
        return plan_list(call.actor, **call.query)

    @writes(
        "onboarding_plan_start",
        Right.ONBOARDING_EDIT,
        output=OnboardingPlanOutput,
        body=OnboardingPlanInput,
        status=201,
    )
    def post(self, call: Call) -> OnboardingPlan:
        """Start a partner's plan; the one that runs already is answered."""
        plan = plan_start(actor=call.actor, **call.data)
        if plan is None:
            raise Invalid(_("No published template fits this partner."))
        return plan


class OnboardingPlanDetail(Endpoint):
    @reads("onboarding_plan_get", READERS, output=OnboardingPlanDetailOutput)
    def get(self, call: Call, plan_id: UUID) -> PlanView:
        """Get a plan with its tasks."""
        return plan_get(call.actor, plan_id)


class OnboardingTaskDo(Endpoint):
    @writes("onboarding_task_do", WORKERS, output=OnboardingTaskOutput, body=OnboardingDoInput)
    def post(self, call: Call, task_id: UUID) -> TaskView:
        """Say that a task is done; tasks that want a file are done in the portal."""
        return _done(call, task_id, task_do)


class OnboardingTaskWaive(Endpoint):
    @writes("onboarding_task_waive", Right.ONBOARDING_EDIT, output=OnboardingTaskOutput, body=OnboardingTaskReasonInput)
    def post(self, call: Call, task_id: UUID) -> TaskView:
        """Do without a task."""
        return _done(call, task_id, task_waive)


class OnboardingTaskReopen(Endpoint):
    @writes(
        "onboarding_task_reopen", Right.ONBOARDING_EDIT, output=OnboardingTaskOutput, body=OnboardingTaskReasonInput
    )
    def post(self, call: Call, task_id: UUID) -> TaskView:
        """Open a task again."""
        return _done(call, task_id, task_reopen)


def _done(call: Call, task_id: UUID, service: Any) -> TaskView:
    service(actor=call.actor, task_id=task_id, **call.data)
    return task_get(call.actor, task_id)[1]
