"""Taking an import back: created rows go, changed rows become what they were, unless somebody relies on them.

Apps above may hang things on imported rows. They register a clean-up for what can be derived anew and a veto for what
cannot be given up; whatever they forget, the foreign keys refuse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from psycopg2.errors import ForeignKeyViolation

from prm.errors import Conflict
from prm.imports.kinds import Applied, kind_named
from prm.imports.models import Import

Hook = Callable[[Import], None]

_vetoes: dict[str, list[Hook]] = defaultdict(list)
_cleanups: dict[str, list[Hook]] = defaultdict(list)


def register_undo_veto(kind: str, check: Hook) -> None:
    """`check(import)` raises `Conflict` with a message for the reader when imports of this kind must stay."""
    _vetoes[kind].append(check)


def register_undo_cleanup(kind: str, clean: Hook) -> None:
    """`clean(import)` removes derived rows that refer to the import's rows, before these are removed."""
    _cleanups[kind].append(clean)


def rows_take_back(run: Import) -> Applied:
    """Undo the import's rows in the caller's transaction. Raises `Conflict` when they are in use or were changed."""
    for check in _vetoes[run.kind]:
        check(run)
    for clean in _cleanups[run.kind]:
        clean(run)
    try:
        with transaction.atomic():
            return kind_named(run.kind).undo(run)
    except IntegrityError as error:
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise Conflict(
                _("Something refers to rows of this import (such as a settled statement), so it cannot be undone."),
                code="import_in_use",
            ) from error
        raise


def rows_restore(run: Import, model: type[Model]) -> int:
    """Put back the rows of one table that `ImportChange` remembers; returns how many.

    Raises `Conflict` when a row that the import changed has been changed since.
    """
    table = model._meta.db_table
    fields = [field for field in model._meta.local_fields if not field.generated]
    names = [str(field.column) for field in fields if field.column not in ("id", "tenant_id")]
    columns = ", ".join(names)
    restored = ", ".join(f"r.{name}" for name in names)
    changes = (
        "imports_importchange c WHERE c.import_id = %(run)s::uuid AND c.table_name = %(table)s AND c.object_id = t.id"
    )
    params = {"run": str(run.pk), "table": table}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} t, {changes} AND c.after IS NOT NULL AND c.after <> to_jsonb(t)", params
        )
        if cursor.fetchone() != (0,):
            raise Conflict(
                _("Rows that this import changed have been changed again since, so it cannot be undone."),
                code="changed_since",
            )
        cursor.execute(
            f"UPDATE {table} t SET ({columns})"
            f" = (SELECT {restored} FROM jsonb_populate_record(NULL::{table}, c.before) r)"
            f" FROM {changes} AND c.before IS NOT NULL",
            params,
        )
        count = int(cursor.rowcount)
        cursor.execute(f"DELETE FROM {table} t USING {changes} AND c.before IS NULL", params)
        return count + int(cursor.rowcount)
