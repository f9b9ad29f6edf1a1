"""Exports: ask for one, stop it, try again, hand out its file; and the sets of columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.exports.kinds import ExportKind, columns_read, filters_read, kind_named, rows_of
from prm.exports.models import ACTIVE, EXPORT_TRANSITIONS, ColumnSet, Export, ExportStatus, FileFormat
from prm.exports.policies import require_kind, visible_sets
from prm.exports.selectors import export_get
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.progress import stop_ask
from prm.workflow.services import transition

WATCH = "exports.export.watch"
"""Internal: somebody has to work on the export until it has ended."""
WAITING_AT_MOST = 20


@transaction.atomic
def export_request(
    *,
    actor: Actor,
    kind: str,
    format: str,  # noqa: A002 (the API's word)
    columns: Sequence[str] | None = None,
    filters: Mapping[str, Any] | None = None,
    language: str = "",
) -> Export:
    """Queue an export for a worker; without columns the usual ones of the kind.

    Raises `Invalid` for unknown kinds, formats, columns, filters and languages, `Forbidden` for a kind that the actor
    may not see, `Conflict` (code `too_many`) while many are waiting already.
    """
    wanted = kind_checked(actor, kind)
    if format not in FileFormat.values:
        raise Invalid(fields={"format": [_("Choose XLSX or CSV.")]})
    spoken = language_read(language)
    names = columns_read(wanted, columns)
    read = filters_read(wanted, actor, filters or {})
    # Authorises, and judges what only the rows' own app can judge.
    rows_of(wanted, actor, read)
    if Export.objects.filter(status__in=ACTIVE).count() >= WAITING_AT_MOST:
        raise Conflict(_("Many exports are waiting already. Try again when some have ended."), code="too_many")
    export: Export = Export.objects.create(
        kind=kind, format=format, language=spoken, filters=read, columns=names, name=_file_name(wanted, format),
        requested_by_id=actor.id, requested_by_label=actor.label[:254],
    )  # fmt: skip
    chosen = {"kind": kind, "format": format} | ({"filters": read} if read else {})
    record(actor, "exports.export.requested", export, chosen)
    emit(WATCH, {"export_id": str(export.pk)})
    return export


def kind_checked(actor: Actor, name: str) -> ExportKind:
    actor.require(Right.EXPORTS_RUN)
    try:
        kind = kind_named(name)
    except NotFound:
        raise Invalid(fields={"kind": [_("This can't be exported.")]}) from None
    require_kind(actor, kind)
    return kind


def language_read(language: str) -> str:
    """A language of the product; the active one for none."""
    known = dict(settings.LANGUAGES)
    spoken = (language or translation.get_language() or "en").lower()
    if spoken not in known:
        raise Invalid(fields={"language": [_("Choose one of: %(names)s.") % {"names": ", ".join(known)}]})
    return spoken


def _file_name(kind: ExportKind, format: str) -> str:  # noqa: A002 (the API's word)
    day = clock.today(require_tenant())
    earlier = Export.objects.filter(name__startswith=f"{kind.name}-{day}").count()
    return f"{kind.name}-{day}-{earlier + 1}.{format}"


@transaction.atomic
def export_cancel(*, actor: Actor, export_id: UUID) -> Export:
    """Stop an export that waits or runs; whatever has been written of it is thrown away. Raises `StateError`."""
    export = _locked(actor, export_id)
    export.finished_at = clock.now()
    export.save(update_fields=["finished_at"])
    transition(export, "cancel", table=EXPORT_TRANSITIONS, actor=actor, action="exports.export.cancelled")
    transaction.on_commit(lambda: stop_ask(export_id))
    return export


@transaction.atomic
def export_retry(*, actor: Actor, export_id: UUID) -> Export:
    """Queue a failed export again, with all its attempts. Raises `StateError`."""
    export = _locked(actor, export_id)
    transition(export, "retry", table=EXPORT_TRANSITIONS, actor=actor, action="exports.export.retried")
    export.attempts, export.message, export.finished_at = 0, "", None
    export.save(update_fields=["attempts", "message", "finished_at"])
    emit(WATCH, {"export_id": str(export.pk)})
    return export


@transaction.atomic
def export_download(*, actor: Actor, export_id: UUID) -> StoredFile:
    """The file, and an entry in the audit trail. Raises `StateError` when there is none: not done yet, or expired."""
    export = export_get(actor, export_id)
    if export.status != ExportStatus.DONE:
        raise StateError(_("The export is not done."), code="not_done")
    if export.file is None:
        raise StateError(_("The file has expired. Export again."), code="expired")
    record(actor, "exports.export.downloaded", export, {"sha256": export.sha256})
    return export.file  # type: ignore[no-any-return]


def _locked(actor: Actor, export_id: UUID) -> Export:
    export_get(actor, export_id)
    return Export.objects.select_for_update().get(pk=export_id)


@transaction.atomic
def column_set_save(
    *,
    actor: Actor,
    kind: str,
    name: str,
    columns: Sequence[str],
    is_shared: bool = False,
    column_set_id: UUID | None = None,
) -> ColumnSet:
    """Keep columns in this order under a name; with `column_set_id` in place of an earlier set.

    Raises `Invalid` for unknown columns or an empty name, `NotFound` for another person's set, `Conflict` when the name
    is taken.
    """
    wanted = kind_checked(actor, kind)
    given = name.strip()
    if not 0 < len(given) <= 80 or "\0" in given:
        raise Invalid(fields={"name": [_("Give it a name of at most 80 characters.")]})
    if not columns:
        raise Invalid(fields={"columns": [_("Choose at least one column.")]})
    kept = _own_set(actor, column_set_id) if column_set_id else ColumnSet()
    if column_set_id is None or not is_shared:
        # A set that stops being everybody's becomes that of the one who says so.
        kept.owner_id, kept.owner_label = actor.id, actor.label[:254]
    kept.kind, kept.name, kept.columns, kept.is_shared = kind, given, columns_read(wanted, columns), is_shared
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Invalid(fields={"name": [_("There is a column set of this name already.")]}) from None
    action = "exports.column_set.changed" if column_set_id else "exports.column_set.created"
    record(actor, action, kept, {"kind": kind, "columns": kept.columns, "is_shared": is_shared})
    return kept


@transaction.atomic
def column_set_remove(*, actor: Actor, column_set_id: UUID) -> None:
    """Raises `NotFound` for another person's set."""
    kept = _own_set(actor, column_set_id)
    record(actor, "exports.column_set.removed", kept, {"kind": kept.kind})
    kept.delete()


def _own_set(actor: Actor, column_set_id: UUID) -> ColumnSet:
    actor.require(Right.EXPORTS_RUN)
    found = ColumnSet.objects.select_for_update().filter(visible_sets(actor), pk=column_set_id).first()
    if found is None:
        raise NotFound
    return found


def keep_until() -> dt.datetime:
    return clock.now() + dt.timedelta(days=settings.PRM_EXPORT_KEEP_DAYS)
