"""One run of the pipeline: open, map, stage, check, apply. The same for files, commands and rows of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from prm.imports.kinds import Applied, ImportKind
from prm.imports.mapping import positions, suggest
from prm.imports.readers import Table
from prm.imports.staging import RowError, Stage

Progress = Callable[[str, int, int], None]
"""Called with phase (`reading`, `checking`, `writing`), rows done and rows expected (0: unknown)."""

ERRORS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Rows by what became of them: `total` = `accepted` + `skipped` (already there) + `refused`."""

    total: int
    accepted: int
    skipped: int
    refused: int
    encoding: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    applied: Applied = field(default=Applied(0, 0))


def run_table(
    kind: ImportKind,
    table: Table,
    *,
    mapping: Mapping[str, str] | None = None,
    import_id: UUID | None = None,
    records_changes: bool = False,
    update_existing: bool = False,
    errors_kept: int | None = ERRORS_KEPT,
    progress: Progress | None = None,
) -> ImportResult:
    """Import the table's rows in the caller's transaction. Raises `Unusable` when the file as a whole is at fault."""
    chosen = dict(mapping) if mapping else suggest(kind, table.columns)
    stage = Stage(
        kind,
        positions(kind, table.columns, chosen),
        len(table.columns),
        import_id=import_id,
        update_existing=update_existing,
        records_changes=records_changes,
    )
    stage.fill(table, (lambda done, total: progress("reading", done, total)) if progress else None)
    _tell(progress, "checking", stage)
    stage.check()
    _tell(progress, "writing", stage)
    applied = kind.apply(stage)
    return ImportResult(
        total=stage.rows,
        accepted=applied.accepted,
        skipped=applied.skipped,
        refused=stage.refused(),
        encoding=table.encoding,
        mapping=chosen,
        errors=list(stage.errors(errors_kept)),
        applied=applied,
    )


def _tell(progress: Progress | None, phase: str, stage: Stage) -> None:
    if progress:
        progress(phase, stage.rows, stage.rows)


def counts(result: object) -> dict[str, int]:
    return {name: getattr(result, name) for name in ("total", "accepted", "skipped", "refused")}
