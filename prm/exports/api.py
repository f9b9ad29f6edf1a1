from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import Input, Output, Query
from prm.errors import Invalid
from prm.exports.models import ColumnSet, Export, ExportStatus, FileFormat
from prm.exports.policies import kinds_of
from prm.exports.selectors import column_set_get, column_set_list, export_get, export_list, export_progress
from prm.exports.services import (
    column_set_remove,
    column_set_save,
    export_cancel,
    export_download,
    export_request,
    export_retry,
)
from prm.files.responses import file_response
from prm.identity.rights import Right

MEDIA_TYPES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
RUN = Right.EXPORTS_RUN


class ExportColumnOutput(Output):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    usual = serializers.BooleanField(help_text="In the file unless columns are named.")


class ExportFilterOutput(Output):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField(help_text="`text`, `day` or `choice`.")


class ExportKindOutput(Output):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    columns = ExportColumnOutput(many=True)
    filters = ExportFilterOutput(many=True)


class ExportKindsOutput(Output):
    items = ExportKindOutput(many=True)


class ExportsQuery(Query):
    kind = serializers.CharField()
    status = serializers.ChoiceField(ExportStatus.choices)


class ExportRequestInput(Input):
    kind = serializers.CharField(help_text="A name of `export-kinds/`.")
    format = serializers.ChoiceField(FileFormat.choices)
    filters = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, help_text="Those of the kind."
    )
    columns = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="In the order of the file; the usual ones without it."
    )
    column_set_id = serializers.UUIDField(required=False, help_text="Instead of `columns`.")
    language = serializers.CharField(required=False, help_text="Of the header: `en` or `zh-hans`.")


class ExportJobOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    format = serializers.ChoiceField(FileFormat.choices)
    language = serializers.CharField()
    filters = serializers.DictField()
    columns = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(ExportStatus.choices)
    rows = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of the file; stays when the file has expired.")
    message = serializers.CharField(help_text="Why it failed.")
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the file goes.")


class ExportProgressOutput(Output):
    done = serializers.IntegerField(help_text="Rows written.")
    total = serializers.IntegerField(help_text="0 while unknown.")
    percent = serializers.IntegerField()


class ExportJobDetailOutput(ExportJobOutput):
    progress = serializers.SerializerMethodField()

    @extend_schema_field(ExportProgressOutput)
    def get_progress(self, export: Export) -> dict[str, Any]:
        return ExportProgressOutput(export_progress(export.pk)).data


class ColumnSetQuery(Query):
    kind = serializers.CharField()


class ColumnSetInput(Input):
    kind = serializers.CharField()
    name = serializers.CharField(max_length=80)
    columns = serializers.ListField(child=serializers.CharField())
    is_shared = serializers.BooleanField(default=False, help_text="For everybody at the vendor.")


class ColumnSetOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    is_shared = serializers.BooleanField()
    owner = serializers.CharField(source="owner_label")
    updated_at = serializers.DateTimeField()


class ExportKinds(Endpoint):
    @reads("export_kind_list", RUN, output=ExportKindsOutput)
    def get(self, call: Call) -> dict[str, Any]:
        """List what you may export, with the columns and filters of each kind."""
        return {"items": kinds_of(call.actor)}


class Exports(Endpoint):
    @lists(
        "export_list", RUN, output=ExportJobOutput, query=ExportsQuery,
        orderings={"-created_at": ("-created_at", "-id"), "created_at": ("created_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Export]:
        """List exports, newest first."""
        return export_list(call.actor, **call.query)

    @writes("export_request", RUN, output=ExportJobDetailOutput, body=ExportRequestInput, status=201)
    def post(self, call: Call) -> Export:
        """Ask for a file. It is written in the background: ask for the export until it is done, then for its file."""
        given = dict(call.data)
        set_id = given.pop("column_set_id", None)
        if set_id is not None:
            kept = column_set_get(call.actor, set_id)
            if kept.kind != given["kind"] or given.get("columns"):
                raise Invalid(fields={"column_set_id": [_("This set is of another kind, or columns are given too.")]})
            given["columns"] = kept.columns
        return export_request(actor=call.actor, **given)


class ExportDetail(Endpoint):
    @reads("export_get", RUN, output=ExportJobDetailOutput)
    def get(self, call: Call, export_id: UUID) -> Export:
        """Get an export, with its progress while it runs."""
        return export_get(call.actor, export_id)


class ExportCancel(Endpoint):
    @writes("export_cancel", RUN, output=ExportJobDetailOutput)
    def post(self, call: Call, export_id: UUID) -> Export:
        """Stop an export that waits or runs."""
        return export_cancel(actor=call.actor, export_id=export_id)


class ExportRetry(Endpoint):
    @writes("export_retry", RUN, output=ExportJobDetailOutput)
    def post(self, call: Call, export_id: UUID) -> Export:
        """Queue a failed export again."""
        return export_retry(actor=call.actor, export_id=export_id)


class ExportFile(Endpoint):
    @sends("export_download", RUN, media_types=MEDIA_TYPES)
    def get(self, call: Call, export_id: UUID) -> HttpResponseBase:
        """Download the file of an export that is done."""
        return file_response(export_download(actor=call.actor, export_id=export_id))


class ColumnSets(Endpoint):
    @lists(
        "column_set_list", RUN, output=ColumnSetOutput, query=ColumnSetQuery, orderings={"name": ("name", "id")}
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[ColumnSet]:
        """List your column sets and those of everybody."""
        return column_set_list(call.actor, **call.query)

    @writes("column_set_create", RUN, output=ColumnSetOutput, body=ColumnSetInput, status=201)
    def post(self, call: Call) -> ColumnSet:
        """Keep columns in an order under a name."""
        return column_set_save(actor=call.actor, **call.data)


class ColumnSetDetail(Endpoint):
    @reads("column_set_get", RUN, output=ColumnSetOutput)
    def get(self, call: Call, column_set_id: UUID) -> ColumnSet:
        """Get a column set."""
        return column_set_get(call.actor, column_set_id)

    @writes("column_set_replace", RUN, output=ColumnSetOutput, body=ColumnSetInput)
    def put(self, call: Call, column_set_id: UUID) -> ColumnSet:
        """Replace a column set."""
        return column_set_save(actor=call.actor, column_set_id=column_set_id, **call.data)

    @writes("column_set_remove", RUN, output=None, status=204)
    def delete(self, call: Call, column_set_id: UUID) -> None:
        """Remove a column set."""
        column_set_remove(actor=call.actor, column_set_id=column_set_id)
