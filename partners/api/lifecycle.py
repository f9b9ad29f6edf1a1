"""Suspensions, exits, renewals and views of the directory. Decisions are a person's: they need a session, not a key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import BulkRun, DirectoryView, Exit, Renewal, Suspension
from partners.selectors.directory import bulk_get, bulk_list, view_list
from partners.selectors.exits import exit_checklist, exit_get, exit_list
from partners.selectors.renewals import renewal_list
from partners.selectors.suspension import suspension_get, suspension_list
from partners.services.bulk import bulk_start, bulk_undo
from partners.services.directory import view_remove, view_save
from partners.services.exits import exit_cancel, exit_finish, exit_start, exit_waive
from partners.services.renewals import renewal_decide
from partners.services.suspensions import suspension_lift, suspension_start
from partners.states.bulk import BulkStatus, BulkVerb
from partners.states.exits import ExitReason, ExitStatus
from partners.states.renewals import RenewalAdvice, RenewalStatus
from partners.states.suspensions import SuspensionReason, SuspensionScope, SuspensionStatus
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.identity.rights import Right

READERS = (Right.PARTNERS_VIEW, Right.OWN_EARNINGS_VIEW)
"""A partner's people see what concerns their own company."""


class SuspensionQuery(Query):
    partner_id = serializers.UUIDField()
    scope = serializers.ChoiceField(SuspensionScope.choices)
    status = serializers.ChoiceField(SuspensionStatus.choices)


class SuspensionOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    scope = serializers.ChoiceField(SuspensionScope.choices)
    reason_code = serializers.ChoiceField(SuspensionReason.choices)
    reason = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The last day.")
    status = serializers.ChoiceField(SuspensionStatus.choices)
    lifted_on = serializers.DateField(allow_null=True, help_text="The first day on which it holds no more.")
    lift_reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class SuspensionInput(Input):
    example = {"scope": "payouts", "reason_code": "compliance", "reason": "Papers are missing."}

    scope = serializers.ChoiceField(SuspensionScope.choices)
    reason_code = serializers.ChoiceField(SuspensionReason.choices)
    reason = serializers.CharField(max_length=500)
    starts_on = serializers.DateField(required=False, help_text="Today when left out.")
    ends_on = serializers.DateField(required=False, help_text="Until it is lifted when left out.")


class LifecycleReasonInput(Input):
    reason = serializers.CharField(max_length=500)


class ExitQuery(Query):
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(ExitStatus.choices)


class ExitOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(ExitStatus.choices)
    reason_code = serializers.ChoiceField(ExitReason.choices)
    reason = serializers.CharField()
    notice_on = serializers.DateField()
    last_day = serializers.DateField()
    closed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ExitCheckOutput(Output):
    code = serializers.CharField(source="check.code")
    name = serializers.CharField(source="check.name")
    blocks = serializers.BooleanField(source="check.blocks")
    count = serializers.IntegerField()
    is_clear = serializers.BooleanField()
    is_done = serializers.BooleanField(help_text="Clear, waived, or one that does not block.")


class ExitChecklistOutput(Output):
    checks = ExitCheckOutput(many=True)


class ExitInput(Input):
    example = {"reason_code": "performance", "reason": "Sold nothing for a year.", "last_day": "2026-12-31"}

    reason_code = serializers.ChoiceField(ExitReason.choices)
    reason = serializers.CharField(max_length=500)
    notice_on = serializers.DateField(required=False, help_text="Today when left out.")
    last_day = serializers.DateField()


class WaiveInput(LifecycleReasonInput):
    check_code = serializers.CharField(max_length=60)


class RenewalQuery(Query):
    status = serializers.ChoiceField(RenewalStatus.choices)
    advice = serializers.ChoiceField(RenewalAdvice.choices)
    partner_id = serializers.UUIDField()


class RenewalOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    kind = serializers.CharField()
    due_on = serializers.DateField()
    status = serializers.ChoiceField(RenewalStatus.choices)
    advice = serializers.ChoiceField(RenewalAdvice.choices)
    reasons = serializers.ListField(child=serializers.DictField())
    inputs = serializers.DictField()
    advised_at = serializers.DateTimeField()
    note = serializers.CharField()


class RenewalDecisionInput(Input):
    example = {"decision": "watch", "note": "Sales fall.", "task": "Visit them", "task_on": "2026-12-31"}

    decision = serializers.ChoiceField(RenewalAdvice.choices)
    note = serializers.CharField(max_length=500)
    task = serializers.CharField(max_length=300, required=False, allow_blank=True)
    task_on = serializers.DateField(required=False)


class ViewOutput(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    filters = serializers.DictField()
    columns = serializers.ListField(child=serializers.CharField())
    sort = serializers.CharField()
    is_shared = serializers.BooleanField()


class ViewInput(Input):
    example = {"name": "East", "filters": {"region": "East"}, "sort": "name"}

    name = serializers.CharField(max_length=80)
    filters = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True))
    columns = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=20)
    sort = serializers.CharField(max_length=20, required=False)
    is_shared = serializers.BooleanField(required=False)


class BulkOutput(Output):
    id = serializers.UUIDField()
    verb = serializers.ChoiceField(BulkVerb.choices)
    status = serializers.ChoiceField(BulkStatus.choices)
    total = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class BulkInput(Input):
    example = {"verb": "tag_add", "data": {"tag": "vip"}, "filters": {"region": "East"}}

    verb = serializers.ChoiceField(BulkVerb.choices)
    data = serializers.DictField()  # type: ignore[assignment]
    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=2000)
    filters = serializers.DictField(
        child=serializers.CharField(max_length=200, allow_blank=True), required=False,
        help_text="All partners that meet these, when no `ids` are given.",
    )  # fmt: skip


class Suspensions(Endpoint):
    @lists(
        "suspension_list", READERS, output=SuspensionOutput, query=SuspensionQuery,
        orderings={"-starts_on": ("-starts_on", "-id"), "starts_on": ("starts_on", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Suspension]:
        """List suspensions, the latest first."""
        return suspension_list(call.actor, **call.query)


class PartnerSuspensions(Endpoint):
    @writes(
        "suspension_start", Right.LIFECYCLE_DECIDE, output=SuspensionOutput, body=SuspensionInput, status=201
    )  # fmt: skip
    def post(self, call: Call, partner_id: UUID) -> Suspension:
        """Suspend a partner company, or a part of what it does."""
        return suspension_start(actor=call.actor, partner_id=partner_id, **call.data)


class SuspensionLift(Endpoint):
    @writes("suspension_lift", Right.LIFECYCLE_DECIDE, output=SuspensionOutput, body=LifecycleReasonInput)
    def post(self, call: Call, suspension_id: UUID) -> Suspension:
        """Lift a suspension from today on; a planned one never begins."""
        suspension_get(call.actor, suspension_id)
        return suspension_lift(actor=call.actor, suspension_id=suspension_id, **call.data)


class Exits(Endpoint):
    @lists(
        "exit_list", READERS, output=ExitOutput, query=ExitQuery, orderings={"last_day": ("last_day", "id")}
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Exit]:
        """List exits by their last day."""
        return exit_list(call.actor, **call.query)


class PartnerExits(Endpoint):
    @writes("exit_start", Right.LIFECYCLE_DECIDE, output=ExitOutput, body=ExitInput, status=201)
    def post(self, call: Call, partner_id: UUID) -> Exit:
        """Give notice: the partner is leaving until its last day."""
        return exit_start(actor=call.actor, partner_id=partner_id, **call.data)


class ExitChecks(Endpoint):
    @reads("exit_checklist", Right.LIFECYCLE_DECIDE, output=ExitChecklistOutput)
    def get(self, call: Call, exit_id: UUID) -> dict[str, Any]:
        """Get the checklist of an exit as it is now."""
        return {"checks": exit_checklist(call.actor, exit_id)}


class ExitWaivers(Endpoint):
    @writes("exit_waive", Right.LIFECYCLE_DECIDE, output=ExitOutput, body=WaiveInput)
    def post(self, call: Call, exit_id: UUID) -> Exit:
        """Waive a blocking check: somebody else than who started the exit."""
        exit_waive(actor=call.actor, exit_id=exit_id, **call.data)
        return exit_get(call.actor, exit_id)


class ExitFinish(Endpoint):
    @writes("exit_finish", Right.LIFECYCLE_DECIDE, output=ExitOutput, body=LifecycleReasonInput)
    def post(self, call: Call, exit_id: UUID) -> Exit:
        """End the partnership; its people lose their access at once."""
        return exit_finish(actor=call.actor, exit_id=exit_id, **call.data)


class ExitCancel(Endpoint):
    @writes("exit_cancel", Right.LIFECYCLE_DECIDE, output=ExitOutput, body=LifecycleReasonInput)
    def post(self, call: Call, exit_id: UUID) -> Exit:
        """Call an exit off; the partner stays."""
        return exit_cancel(actor=call.actor, exit_id=exit_id, **call.data)


class Renewals(Endpoint):
    @lists(
        "renewal_list", Right.LIFECYCLE_DECIDE, output=RenewalOutput, query=RenewalQuery,
        orderings={"due_on": ("due_on", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Renewal]:
        """List the renewal worklist; without a status what is to be decided."""
        return renewal_list(call.actor, **call.query)


class RenewalDecision(Endpoint):
    @writes("renewal_decide", Right.LIFECYCLE_DECIDE, output=RenewalOutput, body=RenewalDecisionInput)
    def post(self, call: Call, renewal_id: UUID) -> Renewal:
        """Decide about a partner whose term ends."""
        return renewal_decide(actor=call.actor, renewal_id=renewal_id, **call.data)


class DirectoryViews(Endpoint):
    @lists(
        "directory_view_list", Right.PARTNERS_VIEW, output=ViewOutput, orderings={"name": ("name", "id")}
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[DirectoryView]:
        """List the caller's own views of the directory, and everybody's."""
        return view_list(call.actor)

    @writes("directory_view_save", Right.PARTNERS_VIEW, output=ViewOutput, body=ViewInput, status=201)
    def post(self, call: Call) -> DirectoryView:
        """Keep filters, columns and order under a name."""
        return view_save(actor=call.actor, **call.data)


class DirectoryViewDetail(Endpoint):
    @writes("directory_view_remove", Right.PARTNERS_EDIT, output=None, status=204)
    def delete(self, call: Call, view_id: UUID) -> None:
        """Remove a view."""
        view_remove(actor=call.actor, view_id=view_id)


class BulkRuns(Endpoint):
    @lists(
        "bulk_run_list", Right.PARTNERS_VIEW, output=BulkOutput, orderings={"-created_at": ("-created_at", "-id")}
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BulkRun]:
        """List acts on many partners, newest first."""
        return bulk_list(call.actor)

    @writes("bulk_run_start", Right.LIFECYCLE_DECIDE, output=BulkOutput, body=BulkInput, status=201)
    def post(self, call: Call) -> BulkRun:
        """Act on many partners: on these `ids`, or on all that meet the `filters`."""
        return bulk_start(actor=call.actor, **call.data)


class BulkRunUndo(Endpoint):
    @writes("bulk_run_undo", Right.LIFECYCLE_DECIDE, output=BulkOutput)
    def post(self, call: Call, run_id: UUID) -> BulkRun:
        """Put back what the act changed, where nobody has changed it since."""
        bulk_undo(actor=call.actor, run_id=run_id)
        return bulk_get(call.actor, run_id)
