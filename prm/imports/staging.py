"""The stage: a file's rows as texts in a temporary table, where SQL judges and reads them as a set.

COPY into a protected table is refused under row security, so rows go to a temporary table first; the checks are there
anyway. All temporary tables vanish with the transaction or with the next stage.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from prm import clock
from prm.db.scope import require_tenant_id
from prm.imports.kinds import Column, ImportKind, ReferenceColumn, TextColumn
from prm.imports.readers.base import Table

TABLES = ("import_stage", "import_error", "import_work")
ANALYZE_FROM = 200
"""Rows from which statistics pay; below, the planner's guess for a fresh table does no harm."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was refused: our name of the column (empty: the row as a whole), a code, what fills its message."""

    row: int
    column: str
    code: str
    params: dict[str, Any]
    cells: list[str]


class Stage:
    """Rows on trial. `positions` is {our column: position in the file}."""

    def __init__(
        self, kind: ImportKind, positions: Mapping[str, int], width: int, *, import_id: UUID | None = None,
        update_existing: bool = False, records_changes: bool = False,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.positions = dict(positions)
        self.width = width
        self.import_id = import_id
        self.update_existing = update_existing
        self.records_changes = records_changes
        self.tenant_id = require_tenant_id()
        self.tenant = f"{literal(str(self.tenant_id))}::uuid"
        self.now = f"{literal(clock.now().isoformat())}::timestamptz"
        self.rows = 0
        self.set_aside = 0
        self.columns = [kind.column(name) for name in positions]
        self.references = [column for column in self.columns if isinstance(column.type, ReferenceColumn)]

    # Filling

    def fill(self, table: Table, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the table's records in; those that are no records become errors."""
        self._create()
        feed = _Feed(table, progress)
        with connection.cursor() as cursor:
            try:
                cursor.copy_expert("COPY import_stage FROM STDIN", feed, 1 << 20)
            except DatabaseError:
                # psycopg2 turns what `read` raises into a failed COPY.
                if feed.error is not None:
                    raise feed.error from None
                raise
            self.rows, self.set_aside = table.tally.rows, table.tally.issue_count
            for issue in table.tally.issues:
                column = self._column_at(issue.position)
                content = json.dumps(issue.cells, ensure_ascii=False)
                cursor.execute(
                    "INSERT INTO import_error VALUES (%s, %s, %s, %s, %s)",
                    [issue.row, column, issue.code, json.dumps(issue.params), content],
                )
            if self.rows > ANALYZE_FROM:
                cursor.execute("SET LOCAL default_statistics_target = 20")
                cursor.execute("ANALYZE import_stage")
        self._resolve()

    def _create(self) -> None:
        cells = ", ".join(f"c{i} text" for i in range(self.width))
        names = ", ".join([*TABLES, *(self._reference(column) for column in self.references)])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL client_min_messages = warning")
            cursor.execute(f"DROP TABLE IF EXISTS {', '.join('pg_temp.' + name for name in names.split(', '))}")
            cursor.execute(f"CREATE TEMPORARY TABLE import_stage (row integer, {cells}) ON COMMIT DROP")
            cursor.execute(
                "CREATE TEMPORARY TABLE import_error"
                " (row integer, col text, code text, params jsonb, content text) ON COMMIT DROP"
            )

    def _resolve(self) -> None:
        """Look up the ids that the file refers to, once each, by index.

        A plain join with the protected table is planned on statistics of all tenants: a guess of one row for this
        one's seven hundred partners made a nested loop over the whole file of it. LATERAL with LIMIT leaves no choice.
        """
        with connection.cursor() as cursor:
            for column in self.references:
                reference = column.type
                assert isinstance(reference, ReferenceColumn)  # noqa: S101 (chosen by it)
                table = self._reference(column)
                cursor.execute(
                    f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT k.key, t.id"
                    f" FROM (SELECT DISTINCT {self.cell(column.name)} AS key FROM import_stage s) k"
                    f" CROSS JOIN LATERAL (SELECT t.id FROM {reference.table} t WHERE t.tenant_id = {self.tenant}"
                    f" AND t.{reference.key} = k.key LIMIT 1) t"
                )
                cursor.execute(f"ANALYZE {table}")

    # SQL about a row `s` of the stage

    def cell(self, name: str) -> str:
        """The text of our column; empty when the file does not have it."""
        position = self.positions.get(name)
        return "''" if position is None else f"s.c{position}"

    def value(self, name: str) -> str:
        """The typed value of our column; NULL or an empty text when it is missing."""
        column = self.kind.column(name)
        if isinstance(column.type, ReferenceColumn):
            return f"{self._reference(column)}.id"
        return column.type.cast(self.cell(name))

    @property
    def sound(self) -> str:
        """FROM item of the rows without an error, with everything `value` needs."""
        joins = " ".join(self._join(column, "JOIN" if column.required else "LEFT JOIN") for column in self.references)
        return f"import_stage s {joins} WHERE NOT EXISTS (SELECT FROM import_error e WHERE e.row = s.row)"

    def sound_rows(self) -> int:
        """How many rows have no error so far."""
        return int(self.fetch(f"SELECT count(*) FROM {self.sound}")[0][0])

    def _join(self, column: Column, how: str) -> str:
        table = self._reference(column)
        return f"{how} {table} ON {table}.key = {self.cell(column.name)}"

    @staticmethod
    def _reference(column: Column) -> str:
        return f"import_ref_{column.name}"

    def reference(self, name: str) -> str:
        """The table (key, id) of what our column's cells refer to, as far as it exists."""
        return self._reference(self.kind.column(name))

    def _column_at(self, position: int | None) -> str:
        return next((name for name, at in self.positions.items() if at == position), "")

    # Judging

    def check(self) -> None:
        """Refuse the rows whose cells are missing, unreadable or unknown: one error for each faulty cell."""
        tests = {column.name: self._test(column) for column in self.columns}
        joins = " ".join(self._join(column, "LEFT JOIN") for column in self.references)
        faults = ", ".join(
            f"({literal(column.name)}, CASE WHEN ({tests[column.name]}) IS NOT TRUE THEN {self._fault(column)} END,"
            f" {self._params(column)})"
            for column in self.columns
        )
        self.execute(
            f"INSERT INTO import_error (row, col, code, params)"
            f" SELECT s.row, f.col, f.code, f.params FROM import_stage s {joins}"
            f" CROSS JOIN LATERAL (VALUES {faults}) f (col, code, params)"
            f" WHERE ({' AND '.join(tests.values())}) IS NOT TRUE AND f.code IS NOT NULL"
        )
        if self.rows > ANALYZE_FROM:
            self.execute("ANALYZE import_error")

    def _test(self, column: Column) -> str:
        cell = self.cell(column.name)
        if isinstance(column.type, ReferenceColumn):
            found = f"{self._reference(column)}.id IS NOT NULL"
            return found if column.required else f"({cell} = '' OR {found})"
        valid = column.type.valid(cell)
        if column.required:
            return f"CASE WHEN {cell} <> '' THEN {valid} ELSE false END"
        return valid if isinstance(column.type, TextColumn) else f"CASE WHEN {cell} = '' THEN true ELSE {valid} END"

    def _fault(self, column: Column) -> str:
        cell = self.cell(column.name)
        return f"CASE WHEN {cell} = '' THEN 'required' ELSE {column.type.fault(cell)} END"

    def _params(self, column: Column) -> str:
        fixed = literal(json.dumps(column.type.params()))
        return f"{fixed}::jsonb || jsonb_build_object('value', left({self.cell(column.name)}, 80))"

    # Statements are composed of fragments with `literal`s in them, and run without parameters: a % stays a %.

    def execute(self, sql: str) -> int:
        """Run a statement; returns the number of rows."""
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.rowcount)

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    # Results

    def refused(self) -> int:
        """Rows refused, including the set-aside ones that were not kept."""
        [(count, kept)] = self.fetch(
            "SELECT count(DISTINCT row), count(DISTINCT row) FILTER (WHERE content IS NOT NULL) FROM import_error"
        )
        return int(count) - int(kept) + self.set_aside

    def errors(self, limit: int | None = None) -> Iterator[RowError]:
        """In the order of the file, with the row's original cells."""
        cells = ", ".join(f"s.c{i}" for i in range(self.width))
        rows = self.fetch(
            "SELECT e.row, e.col, e.code, e.params, coalesce(e.content::json, json_build_array(" + cells + "))"
            " FROM import_error e LEFT JOIN import_stage s ON s.row = e.row ORDER BY e.row, e.col"
            + (f" LIMIT {limit:d}" if limit is not None else "")
        )
        for row, column, code, params, content in rows:
            yield RowError(row, column, code, _loaded(params), _loaded(content))


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def literal(text: str) -> str:
    """A text constant of SQL (standard_conforming_strings is on, PostgreSQL's default)."""
    return "'" + text.replace("'", "''") + "'"


class _Feed(io.RawIOBase):
    """A table's COPY text as the file that psycopg2 reads from. One read returns one chunk, whatever its size."""

    def __init__(self, table: Table, progress: Callable[[int, int], None] | None) -> None:
        self.table = table
        self.chunks = table.copy_text()
        self.progress = progress
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            for chunk in self.chunks:
                self._tell()
                if chunk:
                    return chunk.encode()
        except Exception as error:
            self.error = error
            raise
        return b""

    def _tell(self) -> None:
        tally = self.table.tally
        if self.progress and tally.bytes_read:
            self.progress(tally.rows, tally.rows * self.table.size // tally.bytes_read)
