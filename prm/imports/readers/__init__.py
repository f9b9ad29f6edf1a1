"""Readers: from an uploaded file to numbered records, with bounded memory and without trusting its name."""

from __future__ import annotations

from pathlib import Path

from prm.imports.readers.base import Table, Unusable, unusable
from prm.imports.readers.text import TextTable
from prm.imports.readers.workbook import WorkbookTable

__all__ = ["Table", "Unusable", "open_table"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_table(path: Path) -> Table:
    """Raises `Unusable`, whose message says what is wrong with the file."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise unusable("empty")
    if start.startswith(_OLE):
        raise unusable("old_workbook")
    table: Table = WorkbookTable(path) if start.startswith(_ZIP) else TextTable(path)
    if not any(table.columns):
        raise unusable("no_header")
    return table
