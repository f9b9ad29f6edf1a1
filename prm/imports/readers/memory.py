"""Rows that come from a caller instead of a file, on the same way into the stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prm.imports.readers.rows import MAX_CELL, Tally, encode_one


class RowsTable:
    """`rows` are texts in the order of `columns`; the first one is row 2, as below a header."""

    encoding = ""
    delimiter = ""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.columns = list(columns)
        self.rows = rows
        self.size = 0
        self.tally = Tally()

    def head(self, count: int) -> list[list[str]]:
        return [[cell.strip()[:MAX_CELL] for cell in row] for row in self.rows[:count]]

    def copy_text(self) -> Iterator[str]:
        """A blank row counts: its sender waits for an answer about it."""
        self.tally = Tally()
        for row, cells in enumerate(self.rows, 2):
            yield encode_one(row, cells, len(self.columns), self.tally, keep_blank=True) or ""
