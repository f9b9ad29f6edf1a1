from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import get_language
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import DecimalText, Input, Output, Query
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from rebates.api.shapes import MEASURE, LinePageOutput, LinesQuery, TotalsOutput, cursor_checked, position
from rebates.models import Statement, StatementLine
from rebates.selectors.pages import LinePage
from rebates.selectors.statements import (
    statement_get,
    statement_lines,
    statement_list,
    statement_sales,
    statement_totals,
)
from rebates.services.reviews import statement_agree
from rebates.services.statements import statement_approve
from rebates.statement_pdf import statement_pdf
from rebates.states import PeriodKind, StatementLineKind, StatementStatus

READERS = (Right.STATEMENTS_VIEW, Right.OWN_STATEMENTS_VIEW)
MAX_STATEMENTS = 5000


class StatementQuery(Query):
    partner_id = serializers.UUIDField()
    period = serializers.CharField(source="period_key", help_text="Such as `2026-Q3` or `2026-07`.")
    status = serializers.ChoiceField(StatementStatus.choices)
    settlement_id = serializers.UUIDField()
    search = serializers.CharField(help_text="A number such as `R-000012`, or part of a partner's code or name.")


class StatementOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Shown as R-000012.")
    period_kind = serializers.ChoiceField(PeriodKind.choices, source="period.kind")
    period = serializers.CharField(source="period.key")
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    partner_name = serializers.CharField(source="partner.name")
    currency = serializers.CharField()
    total = DecimalText()
    status = serializers.ChoiceField(StatementStatus.choices)
    prepared_by = serializers.CharField(source="prepared_by_label")
    approved_by = serializers.CharField(source="approved_by_label")
    approved_at = serializers.DateTimeField(allow_null=True)
    review_ends_on = serializers.DateField(allow_null=True, help_text="Last day of the partner's review.")
    agreed_at = serializers.DateTimeField(allow_null=True)
    agreed_by = serializers.CharField(source="agreed_by_label", help_text="Empty when the review ended by itself.")
    settlement_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class StatementLineOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(StatementLineKind.choices)
    program_id = serializers.UUIDField(source="version.program_id")
    program_code = serializers.CharField(source="version.program.code")
    version = serializers.IntegerField(source="version.number")
    period = serializers.CharField(source="period_key", help_text="The period it was earned in.")
    measure = DecimalText(source="shown_measure", allow_null=True, help_text=MEASURE)
    amount = DecimalText()
    reason = serializers.CharField()
    adjustment_id = serializers.UUIDField(allow_null=True)
    explanation = serializers.DictField(source="shown_explanation", help_text="Empty where `measure` is null.")


class PDFQuery(Query):
    language = serializers.ChoiceField(settings.LANGUAGES, help_text="The caller's, unless given.")


class StatementIdsInput(Input):
    statement_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MAX_STATEMENTS, help_text="All or none."
    )


class StatementsOutput(Output):
    items = StatementOutput(many=True)


class Statements(Endpoint):
    @lists(
        "statement_list", READERS, output=StatementOutput, query=StatementQuery,
        orderings={"-number": ("-number",), "number": ("number",), "-total": ("-total", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Statement]:
        """List statements; a partner's people see their own from the approval on."""
        return statement_list(call.actor, **call.query)


class StatementTotals(Endpoint):
    @reads("statement_totals", READERS, output=TotalsOutput, query=StatementQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Sum totals by currency, over all statements that match."""
        return {"items": statement_totals(statement_list(call.actor, **call.query))}


class StatementDetail(Endpoint):
    @reads("statement_get", READERS, output=StatementOutput)
    def get(self, call: Call, statement_id: UUID) -> Statement:
        """Get a statement."""
        return statement_get(call.actor, statement_id)


class StatementLines(Endpoint):
    @lists(
        "statement_lines", READERS, output=StatementLineOutput,
        orderings={"program_code": ("version__program__code", "version__number", "id")},
    )  # fmt: skip
    def get(self, call: Call, statement_id: UUID) -> QuerySet[StatementLine]:
        """List what each program, and each adjustment, adds to a statement."""
        return statement_lines(call.actor, statement_id)


class StatementLineSales(Endpoint):
    @reads("statement_sales", READERS, output=LinePageOutput, query=LinesQuery)
    def get(self, call: Call, statement_line_id: UUID) -> LinePage:
        """List the sale lines behind a statement line with their frozen shares."""
        with cursor_checked():
            return statement_sales(call.actor, statement_line_id, **position(call))


class StatementApprove(Endpoint):
    @writes(
        "statement_approve", Right.STATEMENTS_APPROVE, output=StatementsOutput, body=StatementIdsInput,
        moves_money=True,
    )  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Approve statements that somebody else has prepared, all or none."""
        approved = statement_approve(actor=call.actor, statement_ids=call.data["statement_ids"])
        return {"items": approved}


class StatementAgree(Endpoint):
    @writes("statement_agree", Right.OWN_STATEMENTS_REVIEW, output=StatementOutput)
    def post(self, call: Call, statement_id: UUID) -> Statement:
        """Agree to a statement in review; lines under dispute stay held back."""
        return statement_agree(actor=call.actor, statement_id=statement_id)


class StatementPDF(Endpoint):
    @sends("statement_pdf", READERS, media_types=("application/pdf",), query=PDFQuery)
    def get(self, call: Call, statement_id: UUID) -> HttpResponseBase:
        """Download a statement as a PDF; in Chinese with the total in words."""
        language = call.query.get("language") or get_language() or "en"
        document = statement_pdf(call.actor, statement_id, language)
        return file_response(Download(document.name, "application/pdf", document.content))
