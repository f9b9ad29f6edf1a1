from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.parsers import RawCSVParser, RawXMLParser, StrictJSONParser
from prm.api.serializers import DecimalText, Input, Output, Query
from prm.identity.rights import Right
from prm.runs.states import RunStatus
from rebates.models import BankResult
from rebates.selectors.bank_results import (
    GROUPS,
    bank_result_get,
    bank_result_list,
    bank_result_view,
    counts_of,
    group_of,
)
from rebates.services.bank_results import MOST_BYTES, bank_result_apply_start, bank_result_upload
from rebates.states import BankResultFormat, BankResultStatus, PaymentStatus, ResultOutcome

FORM_OVERHEAD = 1024 * 1024


class BankResultQuery(Query):
    status = serializers.ChoiceField(BankResultStatus.choices)


class BankResultUploadQuery(Query):
    name = serializers.CharField(max_length=200, help_text="The file's name, with a raw body.")


class BankResultUploadInput(Input):
    file = serializers.FileField(use_url=False, max_length=None)


class BankResultEntriesQuery(Query):
    group = serializers.ChoiceField(
        GROUPS, help_text="`left_out` wants to be looked at, `nothing` is so already or not over."
    )


class BankResultOutput(Output):
    id = serializers.UUIDField()
    file_name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size", help_text="Bytes.")
    sha256 = serializers.CharField(help_text="The same bytes are the same result, however often they are sent.")
    format = serializers.ChoiceField(BankResultFormat.choices)
    message = serializers.CharField(help_text="The bank's message id, empty for a table.")
    status = serializers.ChoiceField(BankResultStatus.choices)
    uploaded_by = serializers.CharField(source="uploaded_by_label")
    created_at = serializers.DateTimeField()
    applied_by = serializers.CharField(source="applied_by_label")
    applied_at = serializers.DateTimeField(allow_null=True)


class BankApplicationOutput(Output):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(RunStatus.choices, help_text="The file is applied when this is `done`.")
    error_code = serializers.CharField(help_text="Why nothing was applied; empty unless failed.")
    error = serializers.CharField(help_text="The same in the words of whoever asked.")
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BankResultDetailOutput(BankResultOutput):
    application = BankApplicationOutput(
        source="runs.first", allow_null=True, help_text="The newest; null when nobody has asked for one."
    )


class BankResultCountsOutput(Output):
    changes = serializers.IntegerField(help_text="Payments that change, or have changed.")
    left_out = serializers.IntegerField(help_text="Entries that change nothing and want to be looked at.")
    nothing = serializers.IntegerField(help_text="Entries that are so already, or that the bank is still at.")


class BankResultEntryOutput(Output):
    row = serializers.IntegerField(help_text="In the file; the header of a table is row 1.")
    reference = serializers.CharField()
    payment_id = serializers.UUIDField(source="payment.pk", allow_null=True, default=None)
    said = serializers.CharField(help_text="The bank's word, such as `ACSC`.")
    outcome = serializers.ChoiceField(ResultOutcome.choices)
    was = serializers.ChoiceField([("", ""), *PaymentStatus.choices], help_text="The payment's state before.")
    on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    amount = DecimalText(allow_null=True, help_text="As the file says, null when it does not.")
    currency = serializers.CharField()


class BankResultEntriesOutput(Output):
    fingerprint = serializers.CharField(help_text="Of the changes: send it to apply them. Empty once applied.")
    counts = BankResultCountsOutput()
    items = BankResultEntryOutput(many=True)


class BankResultApplyInput(Input):
    fingerprint = serializers.CharField(max_length=64, help_text="Of the entries that were looked at.")


class BankResults(Endpoint):
    parser_classes = [MultiPartParser, RawXMLParser, RawCSVParser]
    max_body = MOST_BYTES + FORM_OVERHEAD

    @lists(
        "bank_result_list", Right.SETTLEMENTS_PAY, output=BankResultOutput, query=BankResultQuery,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BankResult]:
        """List the files in which the bank said what became of payments, newest first."""
        return bank_result_list(call.actor, **call.query)

    @writes(
        "bank_result_upload", Right.SETTLEMENTS_PAY, output=BankResultOutput, query=BankResultUploadQuery,
        body=BankResultUploadInput, status=201, media_types=("multipart/form-data", "application/xml", "text/csv"),
    )  # fmt: skip
    def post(self, call: Call) -> BankResult:
        """Bring in the bank's file (pain.002 or CSV): as a form, or as the whole body.

        Nothing changes yet. Bytes that were sent before are the result they were.
        """
        file = call.data["file"]
        return bank_result_upload(actor=call.actor, name=call.query.get("name") or file.name, content=file)


class BankResultDetail(Endpoint):
    @reads("bank_result_get", Right.SETTLEMENTS_PAY, output=BankResultDetailOutput)
    def get(self, call: Call, result_id: UUID) -> BankResult:
        """Get a file of the bank, and what came of applying it."""
        return bank_result_get(call.actor, result_id)


class BankResultEntries(Endpoint):
    @reads("bank_result_entries", Right.SETTLEMENTS_PAY, output=BankResultEntriesOutput, query=BankResultEntriesQuery)
    def get(self, call: Call, result_id: UUID) -> dict[str, Any]:
        """Get what each entry would change now, or has changed."""
        view, wanted = bank_result_view(call.actor, result_id), call.query.get("group")
        return {
            "fingerprint": view.fingerprint,
            "counts": counts_of(view.lines),
            "items": [line for line in view.lines if wanted in (None, group_of(line))],
        }


class BankResultApply(Endpoint):
    parser_classes = [StrictJSONParser]

    @writes(
        "bank_result_apply", Right.SETTLEMENTS_PAY, output=BankResultDetailOutput, body=BankResultApplyInput,
        status=202, moves_money=True,
    )  # fmt: skip
    def post(self, call: Call, result_id: UUID) -> BankResult:
        """Mark the payments as the bank says, in the background: all of them or none, and each file once.

        What stands in the way at this moment is refused at once, and looked at again when it is applied.
        """
        bank_result_apply_start(actor=call.actor, result_id=result_id, **call.data)
        return bank_result_get(call.actor, result_id)
