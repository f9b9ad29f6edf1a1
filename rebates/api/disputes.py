from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output, Query
from prm.files.responses import file_response
from prm.identity.rights import Right
from rebates.models import Dispute, DisputeEntry
from rebates.selectors.disputes import STATES, dispute_entries, dispute_file, dispute_get, dispute_list
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import (
    MOST_TEXT,
    dispute_acknowledge,
    dispute_answer,
    dispute_ask,
    dispute_escalate,
    dispute_open,
    dispute_withdraw,
)
from rebates.states import DisputeDecision, DisputeOutcome, DisputeReason, DisputeSide, DisputeStatus

READERS = (Right.STATEMENTS_VIEW, Right.OWN_STATEMENTS_VIEW)
SIDES = (Right.DISPUTES_DECIDE, Right.OWN_STATEMENTS_REVIEW)
EVIDENCE = ("application/pdf", "image/png", "image/jpeg", "image/webp", "text/csv")
FORM_OVERHEAD = 1024 * 1024


def _amount(**options: Any) -> ExactDecimalField:
    return ExactDecimalField(max_digits=20, decimal_places=4, **options)


class DisputeQuery(Query):
    partner_id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    status = serializers.ChoiceField(DisputeStatus.choices)
    state = serializers.ChoiceField(STATES, help_text="`late`: past the due day; `waiting`: for the partner.")
    search = serializers.CharField(help_text="A number such as `D-00012`, or part of a partner's code or name.")


class DisputeOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Shown as D-00012.")
    status = serializers.ChoiceField(DisputeStatus.choices)
    statement_id = serializers.UUIDField()
    line_id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    program_code = serializers.CharField(source="line.version.program.code")
    period = serializers.CharField(source="line.period_key")
    reason = serializers.ChoiceField(DisputeReason.choices)
    stated = DecimalText(help_text="What the line says.")
    claimed = DecimalText(help_text="What the partner says it should be.")
    currency = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="Undecided after this day, it goes to another reviewer.")
    escalated_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(help_text="Empty while there is none.")
    outcome = serializers.CharField()
    granted = DecimalText(help_text="What the decisions add to the line.")
    by_data = serializers.BooleanField(help_text="Corrected data brings the difference instead.")
    decided_at = serializers.DateTimeField(allow_null=True)


class DisputeFileOutput(Output):
    id = serializers.UUIDField(source="file.pk")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size", help_text="Bytes.")


class DisputeEntryOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    side = serializers.ChoiceField(DisputeSide.choices)
    verb = serializers.CharField(help_text="What was done, or `said`.")
    text = serializers.CharField()
    files = DisputeFileOutput(many=True, source="files.all")


class OpenInput(Input):
    line_id = serializers.UUIDField()
    reason = serializers.ChoiceField(DisputeReason.choices)
    claimed = _amount(help_text="What the whole line should be.")
    text = serializers.CharField(max_length=MOST_TEXT)


class WordsInput(Input):
    text = serializers.CharField(max_length=MOST_TEXT)


class WithdrawInput(Input):
    text = serializers.CharField(max_length=MOST_TEXT, default="", allow_blank=True)


class EvidenceInput(Input):
    file = serializers.FileField(use_url=False, max_length=None)


class DecisionInput(Input):
    decision = serializers.ChoiceField(DisputeDecision.choices)
    outcome = serializers.ChoiceField(DisputeOutcome.choices)
    text = serializers.CharField(max_length=MOST_TEXT, default="", allow_blank=True)
    granted = _amount(required=False, help_text="For a part: what the line gets on top.")
    by_data = serializers.BooleanField(default=False, help_text="Accepted; corrected data will bring the difference.")


class Disputes(Endpoint):
    @lists(
        "dispute_list", READERS, output=DisputeOutput, query=DisputeQuery,
        orderings={"-number": ("-number",), "number": ("number",), "due_on": ("due_on", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Dispute]:
        """List disputes of statement lines; a partner's people see their own."""
        return dispute_list(call.actor, **call.query)

    @writes("dispute_open", Right.OWN_STATEMENTS_REVIEW, output=DisputeOutput, body=OpenInput, status=201)
    def post(self, call: Call) -> Dispute:
        """Dispute a line of a statement in review; it is held back from payment until it is decided."""
        return dispute_get(call.actor, dispute_open(actor=call.actor, **call.data).pk)


class DisputeDetail(Endpoint):
    @reads("dispute_get", READERS, output=DisputeOutput)
    def get(self, call: Call, dispute_id: UUID) -> Dispute:
        """Get a dispute."""
        return dispute_get(call.actor, dispute_id)


class OfDispute(Endpoint):
    """Fetching comes before reading the body: what a caller may not see is unknown, whatever is sent to it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        dispute_get(request._request.actor, kwargs["dispute_id"])  # type: ignore[attr-defined]


class DisputeEntries(OfDispute):
    @lists("dispute_entries", READERS, output=DisputeEntryOutput, orderings={"at": ("at", "id")})
    def get(self, call: Call, dispute_id: UUID) -> QuerySet[DisputeEntry]:
        """List what was said and shown, oldest first."""
        return dispute_entries(call.actor, dispute_id)

    @writes("dispute_say", SIDES, output=DisputeOutput, body=WordsInput, status=201)
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Say something: the vendor asks, which stops the clock; the partner answers, which starts it again."""
        say = dispute_answer if call.actor.is_partner else dispute_ask
        say(actor=call.actor, dispute_id=dispute_id, **call.data)
        return dispute_get(call.actor, dispute_id)


class DisputeFiles(OfDispute):
    parser_classes = [MultiPartParser]
    max_body = settings.PRM_UPLOAD_MAX_BYTES + FORM_OVERHEAD

    @writes(
        "dispute_add_evidence", Right.OWN_STATEMENTS_REVIEW, output=DisputeOutput, body=EvidenceInput, status=201,
        media_types=("multipart/form-data",),
    )  # fmt: skip
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Add a piece of evidence: PDF, PNG, JPEG, WebP, XLSX or CSV, by its content."""
        file = call.data["file"]
        dispute_answer(actor=call.actor, dispute_id=dispute_id, text="", files=[(file.name, file)])
        return dispute_get(call.actor, dispute_id)


class DisputeFileContent(Endpoint):
    @sends("dispute_evidence", READERS, media_types=EVIDENCE)
    def get(self, call: Call, dispute_id: UUID, file_id: UUID) -> HttpResponseBase:
        """Download a piece of evidence."""
        return file_response(dispute_file(call.actor, dispute_id, file_id))


class DisputeAcknowledge(Endpoint):
    @writes("dispute_acknowledge", Right.DISPUTES_DECIDE, output=DisputeOutput)
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Take a dispute on as its reviewer."""
        dispute_acknowledge(actor=call.actor, dispute_id=dispute_id)
        return dispute_get(call.actor, dispute_id)


class DisputeDecide(Endpoint):
    @writes("dispute_decide", Right.DISPUTES_DECIDE, output=DisputeOutput, body=DecisionInput, moves_money=True)
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Decide a dispute; what is granted becomes an adjustment of the open period."""
        dispute_decide(actor=call.actor, dispute_id=dispute_id, **call.data)
        return dispute_get(call.actor, dispute_id)


class DisputeWithdraw(Endpoint):
    @writes("dispute_withdraw", Right.OWN_STATEMENTS_REVIEW, output=DisputeOutput, body=WithdrawInput)
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Take a dispute back; the line is paid as stated."""
        dispute_withdraw(actor=call.actor, dispute_id=dispute_id, **call.data)
        return dispute_get(call.actor, dispute_id)


class DisputeEscalate(OfDispute):
    @writes("dispute_escalate", SIDES, output=DisputeOutput, body=WordsInput)
    def post(self, call: Call, dispute_id: UUID) -> Dispute:
        """Take it to another reviewer: the partner after a decision, once; the reviewer before one."""
        dispute_escalate(actor=call.actor, dispute_id=dispute_id, **call.data)
        return dispute_get(call.actor, dispute_id)
