"""XLSX workbooks: the first visible sheet, cells by their type. Judged by the archive's directory before unpacking."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from prm.imports.readers.base import unusable
from prm.imports.readers.rows import MAX_CELL, Tally, encode

MAX_UNPACKED = 600 << 20
MAX_RATIO = 30
SMALL = 20 << 20
"""Bytes up to which any ratio is harmless."""
MAX_ENTRIES = 2_000


def check_archive(path: Path) -> None:
    """Raise `Unusable` for what is no XLSX workbook, and for one that would unpack to more than it should."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise unusable("broken_workbook") from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise unusable("bomb")
    if unpacked > SMALL and unpacked > MAX_RATIO * path.stat().st_size:
        raise unusable("bomb")
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise unusable("not_a_table")


class WorkbookTable:
    def __init__(self, path: Path) -> None:
        check_archive(path)
        self.path = path
        self.encoding = "xlsx"
        self.delimiter = ""
        self.size = path.stat().st_size
        self.tally = Tally()
        self.columns: list[str] = []
        for _row, cells in self._records():
            self.columns = [cell.strip() for cell in cells]
            break
        while self.columns and not self.columns[-1]:
            self.columns.pop()

    def head(self, count: int) -> list[list[str]]:
        rows: list[list[str]] = []
        for row, cells in self._records():
            if row > 1 and any(cells):
                rows.append([cell.strip()[:MAX_CELL] for cell in cells])
            if len(rows) == count:
                break
        return rows

    def copy_text(self) -> Iterator[str]:
        self.tally = Tally()
        width = len(self.columns)
        records = ((row, self._fitted(cells, width)) for row, cells in self._records() if row > 1)
        return encode(records, width, self.tally)

    @staticmethod
    def _fitted(cells: list[str], width: int) -> list[str]:
        """A sheet leaves out the empty cells at the end of a row."""
        return cells + [""] * (width - len(cells)) if len(cells) < width else cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        with _sheet(self.path) as sheet:
            for row, values in enumerate(sheet.iter_rows(values_only=True), 1):
                yield row, [cell_text(value) for value in values]


_BROKEN = (InvalidFileException, KeyError, ValueError, OSError, SyntaxError, zipfile.BadZipFile, EOFError)


@contextmanager
def _sheet(path: Path) -> Iterator[Any]:
    # As a file: openpyxl would judge a path by its suffix, and stored files have none.
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
            if sheet is None:
                raise unusable("no_sheet")
            # The stated dimension is the writer's word; the cells are the truth.
            sheet.reset_dimensions()
            yield sheet
        except _BROKEN:
            raise unusable("broken_workbook") from None


def cell_text(value: object) -> str:
    """The cell as a CSV file would have it: ISO dates, plain decimals of the 15 digits that a spreadsheet keeps."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _plain(value: float) -> str:
    # 0.1 + 0.2 is shown, and meant, as 0.3: binary noise behind the 15th digit is not the user's.
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
