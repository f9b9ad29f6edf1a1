"""The settlement file that finance takes to its payment system: one row for each statement line, totals at the end.

Written row by row with constant memory, the same bytes for the same settlement. Texts that a spreadsheet would read
as a formula are shown as text; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.core.files import File
from django.utils.translation import gettext as _

from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.money import minor_units
from rebates.csv_cells import csv_cell
from rebates.journal_file import write_journal_csv, write_journal_json
from rebates.models import Payment, Settlement, SettlementLine
from rebates.pain001 import write_pain001
from rebates.states import ExportFormat


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
    payment: str = ""
    form: str = ""

    @property
    def cells(self) -> list[str | Decimal]:
        return [getattr(self, name) for name in self.__slots__]


def export_store(
    actor: Actor,
    settlement: Settlement,
    format: str,  # noqa: A002 (the API's word)
    payments: Sequence[Payment],
    run: int,
) -> StoredFile:
    """Write the file and store it. The bank's has these payments, the others have the whole settlement."""
    from prm.files.services import file_store

    wanted = ExportFormat(format)
    name = f"{settlement}{wanted.suffix}" if run == 1 else f"{settlement}-{run}{wanted.suffix}"
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if wanted == ExportFormat.PAIN001:
            write_pain001(path, settlement, payments, run)
        else:
            WRITERS[wanted](path, settlement)
        with path.open("rb") as content:
            return file_store(actor=actor, name=name, content=File(content, name), purpose="export")


def rows_of(settlement: Settlement) -> Iterator[Row]:
    """The lines by statement number, then program code; adjustments after the rebates."""
    lines = (
        SettlementLine.objects.filter(settlement=settlement)
        .select_related(
            "payment", "statement_line__statement__partner", "statement_line__statement__period",
            "statement_line__version__program",
        )
        .order_by(
            "statement_line__statement__number", "-statement_line__kind", "statement_line__version__program__code",
            "statement_line__version__number", "statement_line_id",
        )
    )  # fmt: skip
    for settled in lines.iterator(chunk_size=2000):
        line = settled.statement_line
        partner = line.statement.partner
        yield Row(
            str(settlement), str(line.statement), line.statement.period.key, partner.code, partner.name,
            partner.legal_name, line.version.program.code, line.kind, line.period_key, settled.amount,
            line.statement.currency, str(settled.payment), str(settled.payment.get_form_display()),
        )  # fmt: skip


def headers() -> list[str]:
    return [
        _("Settlement"), _("Statement"), _("Period"), _("Partner code"), _("Partner"), _("Legal name"), _("Program"),
        _("Kind"), _("Earned in"), _("Amount"), _("Currency"), _("Payment"), _("Payout form"),
    ]  # fmt: skip


def _totals() -> defaultdict[str, Decimal]:
    return defaultdict(Decimal)


def _total_row(currency: str, total: Decimal) -> list[str | Decimal]:
    return [_("Total"), *[""] * 8, total, currency, "", ""]


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
    sheet.set_column(0, 12, 16)
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


WRITERS: dict[ExportFormat, Callable[[Path, Settlement], None]] = {
    ExportFormat.XLSX: _write_xlsx,
    ExportFormat.CSV: _write_csv,
    ExportFormat.JOURNAL_CSV: write_journal_csv,
    ExportFormat.JOURNAL_JSON: write_journal_json,
}
