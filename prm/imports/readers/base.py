"""What every reader of a table offers, and the one way in which a file turns out to be no table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from prm.errors import Invalid, Text
from prm.imports.readers.rows import Tally


class Unusable(Invalid):
    """The file as a whole cannot be read; no row of it was taken."""

    code = "unusable_file"


_TEXTS: dict[str, Text] = {
    "empty": _("The file is empty."),
    "encoding": _("The text encoding is unknown: save the file as UTF-8 (or as GB18030)."),
    "record_too_long": _("This is not a table: one of its lines is longer than any row can be."),
    "header_quotes": _("The header row cannot be read: a quotation mark is not closed."),
    "no_header": _("The first row is empty: it must name the columns."),
    "not_a_table": _("This is neither a CSV file nor an XLSX workbook."),
    "old_workbook": _("This is an old .xls file or a workbook with a password. Save it as .xlsx without a password."),
    "broken_workbook": _("The workbook is damaged or is not an .xlsx file."),
    "bomb": _("The workbook unpacks to far more than its size allows. It was not opened."),
    "no_sheet": _("The workbook has no visible sheet with cells."),
}


def unusable(reason: str) -> Unusable:
    return Unusable(_TEXTS[reason])


class Table(Protocol):
    """A header and records. `tally` is filled while `copy_text` is consumed."""

    columns: list[str]
    encoding: str
    delimiter: str
    size: int
    tally: Tally

    def head(self, count: int) -> list[list[str]]: ...
    def copy_text(self) -> Iterator[str]: ...
