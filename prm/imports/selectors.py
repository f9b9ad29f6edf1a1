"""Reading imports: lists, previews, progress and the file of refused rows."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.errors import NotFound, Text
from prm.files.responses import Download
from prm.files.services import file_path
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.kinds import Column, kind_named
from prm.imports.mapping import problems
from prm.imports.messages import reason
from prm.imports.models import Import, ImportRowError
from prm.imports.policies import kinds_of, require_kind
from prm.imports.progress import Progress, progress_get
from prm.imports.readers import open_table

PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """`columns` is the file's header, `wanted` what the kind knows, `mapping` {our column: the file's header}."""

    columns: list[str]
    wanted: list[Column]
    mapping: dict[str, str]
    rows: list[list[str]]
    problems: list[Text]
    encoding: str
    delimiter: str


def import_list(actor: Actor, *, kind: str = "", status: str = "") -> QuerySet[Import]:
    """Imports of the kinds that the actor may run, newest first."""
    actor.require(Right.IMPORTS_RUN)
    found = Import.objects.select_related("file").filter(kind__in=[known.name for known in kinds_of(actor)])
    found = found.filter(kind=kind) if kind else found
    found = found.filter(status=status) if status else found
    return found.order_by("-created_at", "-id")


def import_get(actor: Actor, import_id: UUID) -> Import:
    actor.require(Right.IMPORTS_RUN)
    run = Import.objects.select_related("file").filter(pk=import_id).first()
    if run is None:
        raise NotFound
    require_kind(actor, kind_named(run.kind))
    return run


def import_preview(actor: Actor, import_id: UUID) -> Preview:
    """The file's header, its first rows and what is wrong with the present mapping."""
    run = import_get(actor, import_id)
    kind = kind_named(run.kind)
    with file_path(run.file) as path:
        table = open_table(path)
        rows = table.head(PREVIEW_ROWS)
    return Preview(
        columns=table.columns,
        wanted=list(kind.columns),
        mapping=run.mapping,
        rows=rows,
        problems=problems(kind, table.columns, run.mapping),
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def import_progress(import_id: UUID) -> Progress:
    """Where a running import is; the caller has fetched the import through `import_get`."""
    return progress_get(import_id)


def import_errors(actor: Actor, import_id: UUID) -> QuerySet[ImportRowError]:
    """The refused rows that were kept (the first 10,000 errors), in the order of the file."""
    return import_get(actor, import_id).errors.order_by("row", "id")


def import_errors_csv(actor: Actor, import_id: UUID) -> Download:
    """Row, column, reason and the original cells, fit to be opened in a spreadsheet, mended and imported again."""
    run = import_get(actor, import_id)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(str(cell)) for cell in (_("row"), _("column"), _("reason"), *run.columns)])
    shown: set[int] = set()
    for error in run.errors.order_by("row", "id").iterator(chunk_size=1000):
        cells = json.loads(error.content) if error.content else []
        line = [str(error.row), error.column, error_reason(error), *cells]
        writer.writerow([guarded(cell) for cell in line])
        shown.add(error.row)
    if len(shown) < run.refused:
        more = _("%(count)d further refused rows are not listed.") % {"count": run.refused - len(shown)}
        writer.writerow(["", "", more])
    name = f"{run.file.name.rpartition('.')[0] or run.file.name}-refused.csv"
    return Download(name, "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig"))


def error_reason(error: ImportRowError) -> str:
    """Why the row was refused, in the reader's language."""
    return reason(error.code, error.params)


def guarded(cell: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return cell
    return cell if _is_number(cell) else f"'{cell}"


def _is_number(cell: str) -> bool:
    return cell[:1] in "+-" and cell[1:].replace(".", "", 1).isdigit() and cell.isascii()
