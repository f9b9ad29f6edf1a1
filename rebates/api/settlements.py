from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import Input, Output, Query
from prm.errors import NotFound
from prm.files.responses import file_response
from prm.identity.rights import Right
from rebates.api.shapes import TotalOutput
from rebates.api.statements import StatementIdsInput
from rebates.models import Settlement
from rebates.selectors.payments import payments_of, transfer_outlook
from rebates.selectors.settlements import settlement_exports, settlement_get, settlement_list, settlement_totals
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.states import ExportFormat, SettlementStatus

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv", "application/json",
    "application/xml",
)  # fmt: skip


class SettlementQuery(Query):
    status = serializers.ChoiceField(SettlementStatus.choices)
    search = serializers.CharField(help_text="A number such as `S-00012`, or part of the payment reference.")


class SettlementOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Shown as S-00012.")
    status = serializers.ChoiceField(SettlementStatus.choices)
    statement_count = serializers.IntegerField()
    prepared_by = serializers.CharField(source="prepared_by_label")
    paid_on = serializers.DateField(allow_null=True)
    payment_reference = serializers.CharField()
    created_at = serializers.DateTimeField()


class SettlementDetailOutput(SettlementOutput):
    totals = TotalOutput(many=True)


class PrepareInput(StatementIdsInput):
    deduct_partner_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Partners that deduct what they get this time."
    )


class LeftOutOutput(Output):
    payment_id = serializers.UUIDField(source="payment.pk")
    code = serializers.CharField(help_text="`no_payee_account` or `no_paying_account`.")
    text = serializers.CharField()


class ExportInput(Input):
    format = serializers.ChoiceField(ExportFormat.choices)


class ExportOutput(Output):
    format = serializers.ChoiceField(ExportFormat.choices)
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    left_out = LeftOutOutput(many=True, help_text="Cash payments that no file for the bank has yet, and why.")


class PaidInput(Input):
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=100)


class Settlements(Endpoint):
    @lists(
        "settlement_list", Right.STATEMENTS_VIEW, output=SettlementOutput, query=SettlementQuery,
        orderings={"-number": ("-number",), "number": ("number",)},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Settlement]:
        """List settlements, newest first."""
        return settlement_list(call.actor, **call.query)

    @writes(
        "settlement_prepare", Right.SETTLEMENTS_EDIT, output=SettlementDetailOutput, body=PrepareInput,
        status=201, moves_money=True,
    )  # fmt: skip
    def post(self, call: Call) -> Any:
        """Put approved statements into a new settlement; lines under dispute wait."""
        settlement = settlement_prepare(actor=call.actor, **call.data)
        return _detail(call, settlement.pk)


class SettlementDetail(Endpoint):
    @reads("settlement_get", Right.STATEMENTS_VIEW, output=SettlementDetailOutput)
    def get(self, call: Call, settlement_id: UUID) -> Any:
        """Get a settlement with its totals by currency."""
        return _detail(call, settlement_id)


class SettlementExports(Endpoint):
    @writes("settlement_export", Right.SETTLEMENTS_EDIT, output=ExportOutput, body=ExportInput, status=201)
    def post(self, call: Call, settlement_id: UUID) -> dict[str, Any]:
        """Write the settlement's file; once written, it stays the same."""
        wanted = call.data["format"]
        file = settlement_export(actor=call.actor, settlement_id=settlement_id, format=wanted)
        left_out = transfer_outlook(payments_of(settlement_id)).left_out
        return {"format": wanted, "name": file.name, "size": file.size, "sha256": file.sha256, "left_out": left_out}


class SettlementExportFile(Endpoint):
    @sends("settlement_export_download", Right.SETTLEMENTS_EDIT, media_types=MEDIA_TYPES)
    def get(self, call: Call, settlement_id: UUID, format: str) -> HttpResponseBase:  # noqa: A002 (the address's word)
        """Download the settlement's latest file in a format that it was exported in."""
        export = settlement_exports(call.actor, settlement_id).filter(format=format).last()
        if export is None:
            raise NotFound
        return file_response(export.file)


class SettlementPaid(Endpoint):
    @writes(
        "settlement_mark_paid", Right.SETTLEMENTS_PAY, output=SettlementDetailOutput, body=PaidInput, moves_money=True
    )
    def post(self, call: Call, settlement_id: UUID) -> Any:
        """Say that everything exported in a settlement is paid; what is not ready stays open."""
        settlement_mark_paid(actor=call.actor, settlement_id=settlement_id, **call.data)
        return _detail(call, settlement_id)


def _detail(call: Call, settlement_id: UUID) -> Any:
    settlement: Any = settlement_get(call.actor, settlement_id)
    settlement.totals = settlement_totals(call.actor, settlement_id)
    return settlement
