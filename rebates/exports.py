"""The settlement file that finance takes to its payment system: one row for each statement line, totals at the end.

Written row by row with constant memory, the same bytes for the same settlement. Texts that a spreadsheet would read
as a formula are shown as text; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import xlsxwriter
from django.core.files import File
from django.db.models import Sum
from django.utils.translation import gettext as _

from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.money import minor_units
from rebates.models import Settlement, StatementLine
from rebates.states import ExportFormat

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Place = tuple[UUID, str, str]
"""(partner, period key, currency)"""


@dataclass(frozen=True, slots=True)
class Row:
    """One statement line."""

    settlement: str
    statement: str
    period: str
    partner_code: str
    partner_name: str
    legal_name: str
    program: str
    kind: str
    origin_period: str
    amount: Decimal
    currency: str

    @property
    def cells(self) -> list[str | Decimal]:
        return [getattr(self, name) for name in self.__slots__]


def statement_totals_of(settlement: Settlement) -> dict[Place, Decimal]:
    rows = settlement.statements.values_list("partner_id", "period__key", "currency").annotate(Sum("total"))
    return {(partner_id, key, currency): total for partner_id, key, currency, total in rows if total}


def ledger_totals(settlement: Settlement) -> dict[Place, Decimal]:
    """What the ledger owes, or has paid, for the partners, periods and currencies of the settlement's statements."""
    places = set(settlement.statements.values_list("partner_id", "period__key", "currency"))
    rows = balances(
        by=("partner_id", "period", "currency"),
        accounts=[Account.PAYABLE, Account.PAID],
        partner_ids=sorted({partner_id for partner_id, _key, _currency in places}),
        periods=sorted({key for _partner, key, _currency in places}),
    )
    found = {(row["partner_id"], row["period"], row["currency"]): row["balance"] for row in rows}
    return {place: found[place] for place in places if found.get(place)}


def export_store(actor: Actor, settlement: Settlement, format: str) -> StoredFile:  # noqa: A002 (the API's word)
    """Write the file and store it."""
    from prm.files.services import file_store

    name = f"{settlement}.{format}"
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write = _write_xlsx if format == ExportFormat.XLSX else _write_csv
        write(path, settlement)
        with path.open("rb") as content:
            return file_store(actor=actor, name=name, content=File(content, name), purpose="export")


def rows_of(settlement: Settlement) -> Iterator[Row]:
    """The lines by statement number, then program code; adjustments after the rebates."""
    lines = (
        StatementLine.objects.filter(statement__settlement=settlement)
        .select_related("statement__partner", "statement__period", "version__program", "adjustment")
        .order_by("statement__number", "-kind", "version__program__code", "version__number", "id")
    )
    for line in lines.iterator(chunk_size=2000):
        partner = line.statement.partner
        yield Row(
            str(settlement), str(line.statement), line.statement.period.key, partner.code, partner.name,
            partner.legal_name, line.version.program.code, line.kind, line.period_key, line.amount,
            line.statement.currency,
        )  # fmt: skip


def headers() -> list[str]:
    return [
        _("Settlement"), _("Statement"), _("Period"), _("Partner code"), _("Partner"), _("Legal name"), _("Program"),
        _("Kind"), _("Earned in"), _("Amount"), _("Currency"),
    ]  # fmt: skip


def _totals() -> defaultdict[str, Decimal]:
    return defaultdict(Decimal)


def _total_row(currency: str, total: Decimal) -> list[str | Decimal]:
    return [_("Total"), *[""] * 8, total, currency]


def csv_cell(value: str | Decimal, currency: str = "") -> str:
    """A number as it is, to the currency's digits; a text that would be read as a formula behind an apostrophe."""
    if isinstance(value, Decimal):
        return f"{value:.{minor_units(currency)}f}"
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def _write_csv(path: Path, settlement: Settlement) -> None:
    # With a byte order mark, because Excel reads a CSV without one in the machine's own encoding.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer, totals = csv.writer(file), _totals()
        writer.writerow(csv_cell(text) for text in headers())
        for row in rows_of(settlement):
            totals[row.currency] += row.amount
            writer.writerow(csv_cell(value, row.currency) for value in row.cells)
        for currency, total in sorted(totals.items()):
            writer.writerow(csv_cell(value, currency) for value in _total_row(currency, total))


def _write_xlsx(path: Path, settlement: Settlement) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(str(path), options)
    # The present time would make every export of the same settlement another file.
    workbook.set_properties({"created": settlement.created_at.replace(tzinfo=None), "title": str(settlement)})
    styles = _Styles(workbook)
    sheet = workbook.add_worksheet(_("Lines"))
    sheet.set_column(0, 10, 16)
    sheet.write_row(0, 0, headers(), styles.bold)
    totals, number = _totals(), 0
    for number, row in enumerate(rows_of(settlement), 1):
        totals[row.currency] += row.amount
        _write_row(sheet, number, row.cells, styles.amount(row.currency))
    for offset, (currency, total) in enumerate(sorted(totals.items()), 1):
        _write_row(sheet, number + offset, _total_row(currency, total), styles.amount(currency, bold=True))
    workbook.close()


class _Styles:
    """Cell formats: amounts with the digits of their currency."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.bold = workbook.add_format({"bold": True})
        self._amounts: dict[tuple[int, bool], Any] = {}

    def amount(self, currency: str, *, bold: bool = False) -> Any:
        digits = minor_units(currency)
        if (digits, bold) not in self._amounts:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self._amounts[digits, bold] = self.workbook.add_format({"num_format": pattern, "bold": bold})
        return self._amounts[digits, bold]


def _write_row(sheet: Any, number: int, cells: list[str | Decimal], style: Any) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, Decimal):
            sheet.write_number(number, column, value, style)
        else:
            sheet.write_string(number, column, value)
