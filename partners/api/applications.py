from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import Application
from partners.recruitment.checks import check_company
from partners.selectors.applications import STATES, application_get, application_list, candidates_of
from partners.services.application_review import (
    application_approve,
    application_ask,
    application_reject,
    application_take,
)
from partners.states.applications import ApplicationStatus, ReapplyRule, RejectReason
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.identity.rights import Right


class ApplicationQuery(Query):
    state = serializers.ChoiceField(STATES, help_text="`late` is past our own time; drafts only when asked for.")
    status = serializers.ChoiceField(ApplicationStatus.choices)
    form_id = serializers.UUIDField()
    search = serializers.CharField(help_text="A number such as A-00012, a part of the company's name or the e-mail.")


class ApplicationOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Shown as A-00012.")
    form = serializers.CharField(source="form.slug", help_text="The form's address below /join/.")
    partner_type = serializers.CharField(source="form.partner_type")
    status = serializers.ChoiceField(ApplicationStatus.choices)
    legal_name = serializers.CharField()
    country = serializers.CharField()
    contact_name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Of the vendor's answer, in its business hours.")
    paused_at = serializers.DateTimeField(allow_null=True, help_text="Since when the applicant is asked.")
    reviewer = serializers.CharField(source="reviewer_label")
    reject_reason = serializers.CharField(help_text="Empty unless rejected.")
    reapply_on = serializers.DateField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    partner_id = serializers.UUIDField(allow_null=True, help_text="What an approved one became.")
    created_at = serializers.DateTimeField()


class CompanyCheckOutput(Output):
    field = serializers.CharField()
    code = serializers.CharField()
    level = serializers.ChoiceField(["ok", "warn", "bad"])
    value = serializers.CharField(help_text="The normalised value, empty when there is none.")


class CandidateOutput(Output):
    partner_id = serializers.UUIDField(allow_null=True)
    application_id = serializers.UUIDField(source="other_id", allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="What the two have in common.")
    status = serializers.CharField()


class ApplicationDetailOutput(ApplicationOutput):
    answers = serializers.DictField(help_text="By the keys of the form's version.")
    form_version = serializers.IntegerField(source="version.number")
    checks = CompanyCheckOutput(many=True)
    duplicates = CandidateOutput(many=True)


class AskInput(Input):
    text = serializers.CharField(max_length=4000)


class ApproveInput(Input):
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class RejectInput(Input):
    reason = serializers.ChoiceField(RejectReason.choices)
    text = serializers.CharField(max_length=4000)
    reapply = serializers.ChoiceField(ReapplyRule.choices, required=False, help_text="The form's rule when left out.")


class Applications(Endpoint):
    @lists(
        "application_list", Right.APPLICATIONS_VIEW, output=ApplicationOutput, query=ApplicationQuery,
        orderings={"-number": ("-number",), "number": ("number",), "due_at": ("due_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Application]:
        """List applications of companies that want to become partners."""
        return application_list(call.actor, **call.query)


class ApplicationDetail(Endpoint):
    @reads("application_get", Right.APPLICATIONS_VIEW, output=ApplicationDetailOutput)
    def get(self, call: Call, application_id: UUID) -> Application:
        """Get an application with its answers, checks and possible duplicates."""
        return _detailed(call, application_id)


class ApplicationTake(Endpoint):
    @writes("application_take", Right.APPLICATIONS_DECIDE, output=ApplicationOutput)
    def post(self, call: Call, application_id: UUID) -> Application:
        """Take an application on as its reviewer."""
        return application_take(actor=call.actor, application_id=application_id)


class ApplicationAsk(Endpoint):
    @writes("application_ask", Right.APPLICATIONS_DECIDE, output=ApplicationOutput, body=AskInput)
    def post(self, call: Call, application_id: UUID) -> Application:
        """Ask the applicant; the clock stands still until the answer."""
        return application_ask(actor=call.actor, application_id=application_id, **call.data)


class ApplicationApprove(Endpoint):
    @writes("application_approve", Right.APPLICATIONS_DECIDE, output=ApplicationOutput, body=ApproveInput)
    def post(self, call: Call, application_id: UUID) -> Application:
        """Make the company a partner and invite its contact. For people only; every duplicate must be resolved."""
        return application_approve(actor=call.actor, application_id=application_id, **call.data)


class ApplicationReject(Endpoint):
    @writes("application_reject", Right.APPLICATIONS_DECIDE, output=ApplicationOutput, body=RejectInput)
    def post(self, call: Call, application_id: UUID) -> Application:
        """Refuse an application, with a reason and words for the applicant. For people only."""
        return application_reject(actor=call.actor, application_id=application_id, **call.data)


def _detailed(call: Call, application_id: UUID) -> Application:
    found: Any = application_get(call.actor, application_id)
    found.checks = check_company(found.answers | {"email": found.email}) if not found.erased_at else []
    found.duplicates = candidates_of(call.actor, found)
    return found  # type: ignore[no-any-return]
