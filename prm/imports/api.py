from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.parsers import RawCSVParser, RawXLSXParser
from prm.api.serializers import Input, Output, Query
from prm.errors import Invalid
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.imports.kinds import kinds
from prm.imports.models import Import, ImportStatus
from prm.imports.selectors import Preview, import_errors_csv, import_get, import_list, import_preview, import_progress
from prm.imports.services import import_start, import_undo, import_upload

FORM_OVERHEAD = 1024 * 1024
KINDS = "`partners`, `products`, `rates` or `sales`."


class ImportQuery(Query):
    kind = serializers.CharField(help_text=KINDS)
    status = serializers.ChoiceField(ImportStatus.choices)


class UploadQuery(Query):
    kind = serializers.CharField(help_text=f"{KINDS} Needed with a raw body; a form has a field for it.")
    name = serializers.CharField(max_length=200, help_text="The file's name, with a raw body.")
    sender = serializers.CharField(max_length=100, help_text="Who makes such files; the columns are remembered by it.")
    update_existing = serializers.BooleanField(help_text="Change rows that are there already, instead of skipping.")


class UploadInput(Input):
    file = serializers.FileField(use_url=False, max_length=None)
    kind = serializers.CharField(required=False, help_text=KINDS)
    sender = serializers.CharField(required=False, max_length=100)
    update_existing = serializers.BooleanField(required=False)


class ImportOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    sender = serializers.CharField()
    file_name = serializers.CharField(source="file.name")
    status = serializers.ChoiceField(ImportStatus.choices)
    dry_run = serializers.BooleanField()
    update_existing = serializers.BooleanField()
    encoding = serializers.CharField()
    total = serializers.IntegerField(help_text="Rows read.")
    accepted = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="There already.")
    refused = serializers.IntegerField()
    message = serializers.CharField(help_text="Why the file as a whole was refused.")
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ProgressOutput(Output):
    phase = serializers.CharField(help_text="`reading`, `checking` or `writing`; empty when nothing runs.")
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while unknown.")
    percent = serializers.IntegerField()


class ImportDetailOutput(ImportOutput):
    columns = serializers.ListField(child=serializers.CharField(), help_text="The file's header.")
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Our column: the file's header.")
    progress = serializers.SerializerMethodField()

    @extend_schema_field(ProgressOutput)
    def get_progress(self, run: Import) -> dict[str, Any]:
        return ProgressOutput(import_progress(run.pk)).data


class WantedColumnOutput(Output):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]


class PreviewOutput(Output):
    columns = serializers.ListField(child=serializers.CharField(), help_text="The file's header.")
    wanted = WantedColumnOutput(many=True, help_text="The columns of this kind.")
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Our column: the file's header.")
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    problems = serializers.ListField(child=serializers.CharField())
    encoding = serializers.CharField()
    delimiter = serializers.CharField()


class StartInput(Input):
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=200), required=False,
        help_text="Our column: the file's header; the suggested one when left out.",
    )  # fmt: skip
    dry_run = serializers.BooleanField(default=False, help_text="Do everything, then take it back.")
    update_existing = serializers.BooleanField(required=False)


class Imports(Endpoint):
    parser_classes = [MultiPartParser, RawCSVParser, RawXLSXParser]
    max_body = settings.PRM_UPLOAD_MAX_BYTES + FORM_OVERHEAD

    @lists(
        "import_list", Right.IMPORTS_RUN, output=ImportOutput, query=ImportQuery,
        orderings={"-created_at": ("-created_at", "-id"), "created_at": ("created_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Import]:
        """List imports of the kinds that you may run, newest first."""
        return import_list(call.actor, **call.query)

    @writes(
        "import_upload", Right.IMPORTS_RUN, output=ImportDetailOutput, query=UploadQuery, body=UploadInput, status=201,
        media_types=("multipart/form-data", "text/csv", RawXLSXParser.media_type),
    )  # fmt: skip
    def post(self, call: Call) -> Import:
        """Upload a CSV or XLSX file: as a form, or as the whole body with the query parameters."""
        given = call.query | call.data
        file = given["file"]
        _check_kind(given.get("kind", ""))
        return import_upload(
            actor=call.actor, kind=given["kind"], name=given.get("name") or file.name, content=file,
            sender=given.get("sender", ""), update_existing=given.get("update_existing", False),
        )  # fmt: skip


class ImportDetail(Endpoint):
    @reads("import_get", Right.IMPORTS_RUN, output=ImportDetailOutput)
    def get(self, call: Call, import_id: UUID) -> Import:
        """Get an import, with its progress while it runs."""
        return import_get(call.actor, import_id)


class ImportPreview(Endpoint):
    @reads("import_preview", Right.IMPORTS_RUN, output=PreviewOutput)
    def get(self, call: Call, import_id: UUID) -> Preview:
        """Get the file's header and first rows, the suggested mapping, and what is wrong with it."""
        return import_preview(call.actor, import_id)


class ImportStart(Endpoint):
    @writes("import_start", Right.IMPORTS_RUN, output=ImportDetailOutput, body=StartInput)
    def post(self, call: Call, import_id: UUID) -> Import:
        """Queue the import for a worker."""
        return import_start(actor=call.actor, import_id=import_id, **call.data)


class ImportErrors(Endpoint):
    @sends("import_errors", Right.IMPORTS_RUN, media_types=("text/csv",))
    def get(self, call: Call, import_id: UUID) -> HttpResponseBase:
        """Download the refused rows with the reasons, to be mended and imported again."""
        return file_response(import_errors_csv(call.actor, import_id))


class ImportUndo(Endpoint):
    @writes("import_undo", Right.IMPORTS_RUN, output=ImportDetailOutput)
    def post(self, call: Call, import_id: UUID) -> Import:
        """Take the rows of an import back."""
        return import_undo(actor=call.actor, import_id=import_id)


def _check_kind(kind: str) -> None:
    known = [one.name for one in kinds()]
    if kind not in known:
        text: Any = _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(known)}
        raise Invalid(fields={"kind": [text]})
