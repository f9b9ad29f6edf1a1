"""Writing rows to a file with constant memory: a CSV as PostgreSQL streams it, a workbook row by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.db import connection
from django.db.models import QuerySet

from prm.exports.cells import AMOUNT
from prm.exports.kinds import Column
from prm.money import minor_units

Tick = Callable[[int], None]
"""Told the number of rows written so far; may raise to stop."""

SHEET_ROWS = 1_048_576
PORTION = 2000
# Of every workbook: the present time would make another file of the same rows.
CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001 (a workbook has no time zone)


def write_csv(path: Path, rows: QuerySet[Any], columns: Sequence[Column], tick: Tick) -> int:
    """Returns the number of rows. With a byte order mark, because Excel reads one without in the machine's encoding."""
    paths = paths_of(columns)
    sql, params = rows.values_list(*paths).query.sql_with_params()
    names = {path: f"q.c{number}" for number, path in enumerate(paths)}
    shown = [column.cell.csv(names[column.path], names.get(column.currency, "")) for column in columns]
    aliases = ", ".join(f"c{number}" for number in range(len(paths)))
    with path.open("wb") as file, connection.cursor() as cursor, connection.wrap_database_errors:
        inner = cursor.mogrify(sql, params).decode()
        file.write(b"\xef\xbb\xbf" + _header(columns))
        sink = _Sink(file, tick)
        cursor.copy_expert(
            f"COPY (SELECT {', '.join(shown)} FROM ({inner}) AS q({aliases})) TO STDOUT (FORMAT csv)", sink
        )
    return sink.rows


class _Sink:
    """What COPY writes to: each call is one row."""

    def __init__(self, file: IO[bytes], tick: Tick) -> None:
        self._write, self._tick = file.write, tick
        self.rows = 0

    def write(self, row: bytes) -> None:
        self._write(row)
        self.rows += 1
        if self.rows % PORTION == 0:
            self._tick(self.rows)


def paths_of(columns: Sequence[Column]) -> list[str]:
    """Every path that is read, once; the currencies of amounts too, shown or not."""
    wanted = [column.path for column in columns] + [column.currency for column in columns if column.currency]
    return list(dict.fromkeys(wanted))


def _header(columns: Sequence[Column]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(str(column.label) for column in columns)
    return text.getvalue().encode()


def write_xlsx(
    path: Path, rows: QuerySet[Any], columns: Sequence[Column], tick: Tick, *, title: str, sheet_rows: int = SHEET_ROWS
) -> int:
    """Returns the number of rows. What does not fit one sheet goes on in the next, each with the header."""
    paths = paths_of(columns)
    places = [(column, paths.index(column.path), _place(paths, column.currency)) for column in columns]
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(path.parent),
    }  # fmt: skip
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties({"created": CREATED})
    book = _Book(workbook, title, columns, sheet_rows)
    book.sheet_add()
    number = 0
    for number, values in enumerate(rows.values_list(*paths).iterator(chunk_size=PORTION), 1):
        book.row_write(places, values)
        if number % PORTION == 0:
            tick(number)
    workbook.close()
    return number


def _place(paths: list[str], currency: str) -> int | None:
    return paths.index(currency) if currency else None


class _Book:
    """The sheets of a workbook, one after the other."""

    def __init__(self, workbook: Any, title: str, columns: Sequence[Column], sheet_rows: int) -> None:
        self._workbook, self._columns, self._sheet_rows = workbook, columns, sheet_rows
        self._title = re.sub(r"[\[\]:*?/\\]", " ", title)[:26].strip(" '") or "1"
        self._bold = workbook.add_format({"bold": True})
        self._plain = workbook.add_format({})
        self._amounts: dict[int, Any] = {}
        self._sheets = 0
        self._sheet: Any = None
        self._row = 0

    def sheet_add(self) -> None:
        self._sheets += 1
        name = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet = self._workbook.add_worksheet(name)
        self._sheet.set_column(0, len(self._columns) - 1, 16)
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, [str(column.label) for column in self._columns], self._bold)
        self._row = 0

    def row_write(self, places: Sequence[tuple[Column, int, int | None]], values: Sequence[Any]) -> None:
        if self._row + 1 >= self._sheet_rows:
            self.sheet_add()
        self._row += 1
        for place, (column, index, currency_index) in enumerate(places):
            value = values[index]
            if value is None or value == "":
                continue
            currency = values[currency_index] if currency_index is not None else ""
            written = column.cell.written(value, currency)
            if isinstance(written, Decimal):
                style = self._amount(currency) if column.cell is AMOUNT else self._plain
                self._sheet.write_number(self._row, place, written, style)
            else:
                self._sheet.write_string(self._row, place, written)

    def _amount(self, currency: str) -> Any:
        digits = minor_units(currency)
        if digits not in self._amounts:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self._amounts[digits] = self._workbook.add_format({"num_format": pattern})
        return self._amounts[digits]
