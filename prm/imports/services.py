"""Imports: upload, start, run, undo. One transaction each, so that a killed worker leaves nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import translation

from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import DomainError, Invalid, NotFound
from prm.files.services import file_path, file_store
from prm.identity.actor import Actor
from prm.ids import new_id
from prm.imports.kinds import kind_named
from prm.imports.mapping import positions, suggest
from prm.imports.models import IMPORT_TRANSITIONS, ColumnMapping, Import, ImportRowError, ImportStatus
from prm.imports.policies import require_kind
from prm.imports.progress import progress_clear, progress_set
from prm.imports.readers import open_table
from prm.imports.run import ImportResult, counts, run_table
from prm.imports.undo import rows_take_back
from prm.outbox.services import emit
from prm.workflow.services import transition

SUBMITTED = "imports.import.submitted"


@transaction.atomic
def import_upload(
    *, actor: Actor, kind: str, name: str, content: IO[bytes] | File[bytes], sender: str = "",
    update_existing: bool = False,
) -> Import:  # fmt: skip
    """Keep the file for a preview. Raises `Unusable` (422) for what is no table, `TooLarge` (413)."""
    import_kind = kind_named(kind)
    require_kind(actor, import_kind)
    stored = file_store(actor=actor, name=name, content=content, purpose="import")
    with file_path(stored) as path:
        try:
            table = open_table(path)
        except Invalid:
            # The row goes with the transaction; the content would stay.
            stored_content_discard(path)
            raise
    run: Import = Import.objects.create(
        kind=kind, sender=sender.strip()[:100], file=stored, update_existing=update_existing, encoding=table.encoding,
        columns=[column[:200] for column in table.columns[:500]],
        mapping=suggest(import_kind, table.columns, mapping_remembered(kind, sender)),
        requested_by_id=actor.id, requested_by_label=actor.label[:254],
    )  # fmt: skip
    record(actor, "imports.import.uploaded", run, {"kind": kind, "file": stored.name, "size": stored.size})
    return run


def stored_content_discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def mapping_remembered(kind: str, sender: str) -> dict[str, str]:
    found = ColumnMapping.objects.filter(kind=kind, sender=sender.strip()).first() if sender.strip() else None
    return dict(found.mapping) if found else {}


@transaction.atomic
def import_start(
    *, actor: Actor, import_id: UUID, mapping: Mapping[str, str] | None = None, dry_run: bool = False,
    update_existing: bool | None = None,
) -> Import:  # fmt: skip
    """Queue the import for a worker; `mapping` is {our column: the file's header}, the suggested one when left out.

    Raises `Unusable` (422) when required columns are missing or the header is ambiguous, `StateError` when it is
    waiting or done.
    """
    run = _locked(import_id)
    kind = kind_named(run.kind)
    require_kind(actor, kind)
    if mapping is not None:
        run.mapping = {ours: header for ours, header in mapping.items() if header}
    positions(kind, run.columns, run.mapping)
    run.dry_run = dry_run
    run.update_existing = run.update_existing if update_existing is None else update_existing
    run.message = ""
    run.save(update_fields=["mapping", "dry_run", "update_existing", "message"])
    _transition(run, "start", actor, "started")
    emit(SUBMITTED, {"import_id": str(run.pk)})
    return run


def import_run(*, actor: Actor, import_id: UUID) -> Import:
    """Do the work of a queued import; does nothing when it is done already. Called by the outbox, and by the command.

    A file that turns out unusable ends the import as failed, with its message; other errors are raised, so that the
    delivery is tried again.
    """
    run = _locked(import_id)
    if run.status not in (ImportStatus.QUEUED, ImportStatus.RUNNING):
        return run
    run.started_at = clock.now()
    run.save(update_fields=["started_at"])
    _transition(run, "run", actor, "running")
    # What goes wrong with the file as a whole is told in the language of the one who sent it.
    with translation.override(require_tenant().locale):
        try:
            result = _work(run)
        except DomainError as fault:
            run.message = str(fault.message)
            _finish(run, "fail", actor, "failed")
            return run
        finally:
            progress_clear(run.pk)
    _keep_result(run, result)
    if run.dry_run:
        _finish(run, "check", actor, "checked")
        return run
    _remember_mapping(run, result.mapping)
    _finish(run, "finish", actor, "finished")
    if result.applied.topic:
        emit(result.applied.topic, result.applied.payload)
    return run


def _work(run: Import) -> ImportResult:
    with transaction.atomic():
        result = _import_file(run)
        if run.dry_run:
            # The same work to the end, so that the answer is the same; then none of it.
            transaction.set_rollback(True)
    return result


def _import_file(run: Import) -> ImportResult:
    with file_path(run.file) as path:
        return run_table(
            kind_named(run.kind),
            open_table(path),
            mapping=run.mapping,
            import_id=run.pk,
            records_changes=True,
            update_existing=run.update_existing,
            progress=partial(progress_set, run.pk),
        )


def _keep_result(run: Import, result: ImportResult) -> None:
    for name, count in counts(result).items():
        setattr(run, name, count)
    run.encoding, run.mapping = result.encoding, result.mapping
    run.save(update_fields=["total", "accepted", "skipped", "refused", "encoding", "mapping"])
    ImportRowError.objects.filter(import_run=run).delete()
    ImportRowError.objects.bulk_create(
        [
            ImportRowError(
                import_run=run, row=error.row, column=error.column[:60], code=error.code, params=error.params,
                content=_content(error.cells),
            )
            for error in result.errors
        ],
        batch_size=1000,
    )  # fmt: skip


def _content(cells: list[str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _finish(run: Import, verb: str, actor: Actor, action: str) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at", "message"])
    _transition(run, verb, actor, action)


def _remember_mapping(run: Import, mapping: dict[str, str]) -> None:
    if run.sender:
        ColumnMapping.objects.update_or_create(kind=run.kind, sender=run.sender, defaults={"mapping": mapping})


@transaction.atomic
def import_undo(*, actor: Actor, import_id: UUID) -> Import:
    """Take the import's rows back. Raises `Conflict` when one is in a settled statement, in use, or changed since."""
    run = _locked(import_id)
    require_kind(actor, kind_named(run.kind))
    _transition(run, "undo", actor, "undone")
    applied = rows_take_back(run)
    if applied.topic:
        emit(applied.topic, applied.payload)
    return run


@transaction.atomic
def import_file_now(
    *,
    actor: Actor,
    kind: str,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    update_existing: bool = False,
    announce: bool = False,
    errors_kept: int | None = None,
) -> ImportResult:
    """Import a local file in the caller's transaction and tenant, without a record of it and without a worker.

    For commands and seeds that account for the result themselves. Returns all errors unless `errors_kept` limits them.
    With `announce` the event of the kind is emitted. Raises `Unusable` when the file as a whole cannot be read.
    """
    import_kind = kind_named(kind)
    require_kind(actor, import_kind)
    result = run_table(
        import_kind, open_table(path), mapping=mapping, import_id=new_id(), update_existing=update_existing,
        errors_kept=errors_kept,
    )  # fmt: skip
    if announce and result.applied.topic:
        emit(result.applied.topic, result.applied.payload)
    return result


def _locked(import_id: UUID) -> Import:
    run = Import.objects.select_related("file").select_for_update(of=("self",)).filter(pk=import_id).first()
    if run is None:
        raise NotFound
    return run


def _transition(run: Import, verb: str, actor: Actor, action: str) -> None:
    transition(run, verb, table=IMPORT_TRANSITIONS, actor=actor, action=f"imports.import.{action}")
