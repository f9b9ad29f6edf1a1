"""A table of results (CSV): `reference`, `status`, `date`, `reason`, and if the bank gives them `amount`, `currency`.

Read whole or not at all: a row that cannot be read might be the one that matters.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from prm.imports.readers.base import Unusable
from prm.imports.readers.text import DELIMITERS, detect_encoding
from rebates.bank_results.entries import (
    DAY_FORMATS,
    ISO,
    MOST_ENTRIES,
    Content,
    Entry,
    Verdict,
    amount_of,
    too_many,
    unreadable,
)

COLUMNS: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "payment", "endtoendid", "编号", "付款编号", "参考号"),
    "status": ("status", "result", "状态", "结果", "交易状态"),
    "date": ("date", "day", "日期", "交易日期"),
    "reason": ("reason", "原因", "失败原因", "备注"),
    "amount": ("amount", "金额"),
    "currency": ("currency", "币种"),
}
"""Column → the names that it is known by, in small letters and without blanks."""

OPTIONAL = ("amount", "currency")
WORDS: dict[str, Verdict] = {
    **dict.fromkeys(("PAID", "DONE", "SUCCESS", "成功", "已付款", "已支付", "交易成功"), Verdict.PAID),
    **dict.fromkeys(("FAILED", "FAILURE", "失败", "付款失败", "交易失败"), Verdict.FAILED),
    **dict.fromkeys(("REVERSED", "RETURNED", "已退回", "退票", "退汇"), Verdict.REVERSED),
    **dict.fromkeys(("PENDING", "PROCESSING", "处理中", "待处理"), Verdict.PENDING),
}


def read_table(content: bytes) -> Content:
    """Raises `Unreadable` with the row that stands in the way."""
    with NamedTemporaryFile() as copy:
        copy.write(content)
        copy.flush()
        try:
            encoding = detect_encoding(Path(copy.name))
        except Unusable as fault:
            raise unreadable(fault.message) from fault
    records = _records(content.decode(encoding))
    columns = _columns(next(records, (1, []))[1])
    entries: list[Entry] = []
    for row, cells in records:
        if len(entries) == MOST_ENTRIES:
            raise too_many()
        entries.append(_entry(row, cells, columns))
    return Content("", entries)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(row, trimmed cells), blank rows left out; the header is row 1."""
    unquoted = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=unquoted.count), strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            raise _faulty(row, _("its quotation marks are wrong")) from fault
        if cells is None:
            return
        cells = [cell.strip() for cell in cells]
        if any("\0" in cell or len(cell) > 500 for cell in cells):
            raise _faulty(row, _("a cell is too long or is no text"))
        if any(cells):
            yield row, cells


def _columns(header: list[str]) -> dict[str, int]:
    """Column → its place in the file."""
    plain = ["".join(name.lower().split()) for name in header]
    places = {name: [at for at, title in enumerate(plain) if title in known] for name, known in COLUMNS.items()}
    missing = [name for name, found in places.items() if not found and name not in OPTIONAL]
    if missing:
        raise unreadable(_g("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if any(len(found) > 1 for found in places.values()):
        raise unreadable(_("A column is there twice."))
    return {name: found[0] for name, found in places.items() if found}


def _entry(row: int, cells: list[str], columns: dict[str, int]) -> Entry:
    if len(cells) <= max(columns.values()):
        raise _faulty(row, _("it has too few cells"))
    given = {name: cells[place] for name, place in columns.items()}
    said = given["status"]
    try:
        amount = amount_of(given.get("amount", "").replace(",", ""))
        on = _day(given["date"])
    except ValueError:
        raise _faulty(row, _("its date or its amount cannot be read")) from None
    return Entry(
        row=row, reference=given["reference"][:100] or "—", said=said[:20],
        verdict=WORDS.get(said.upper()) or ISO.get(said.upper(), Verdict.UNREAD), on=on, reason=given["reason"],
        amount=amount, currency=given.get("currency", "").upper()[:3],
    )  # fmt: skip


def _day(text: str) -> dt.date | None:
    for form in DAY_FORMATS if text else ():
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    if text:
        raise ValueError(text)
    return None


def _faulty(row: int, fault: Any) -> Exception:
    return unreadable(_g("Row %(row)s: %(fault)s.") % {"row": row, "fault": fault})
