from __future__ import annotations

import io
import tracemalloc
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from prm import clock
from prm.files.services import file_open
from rebates import exports
from rebates.csv_cells import csv_cell
from rebates.exports import Row
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_texts_that_start_like_a_formula_get_an_apostrophe(start):
    assert csv_cell(f"{start}cmd") == f"'{start}cmd"


def test_numbers_stay_numbers_with_the_digits_of_their_currency():
    assert csv_cell(Decimal("-12.5000"), "USD") == "-12.50"
    assert csv_cell(Decimal("-12.0000"), "JPY") == "-12"
    assert csv_cell(Decimal("1.2500"), "KWD") == "1.250"
    assert csv_cell("plain - text") == "plain - text"


def fake_rows(count: int) -> Any:
    for number in range(count):
        yield Row(
            "S-00001", f"R-{number:06}", "2026-Q3", f"P{number}", "=1+1", "@x", "ROAD", "rebate", "2026-Q3",
            Decimal("-1.25") if number % 2 else Decimal("10.50"), "USD",
        )  # fmt: skip


@pytest.fixture
def settlement(monkeypatch):
    moment = clock.now()

    class Named(SimpleNamespace):
        def __str__(self) -> str:
            return "S-00001"

    def of(count: int) -> Any:
        monkeypatch.setattr(exports, "rows_of", lambda _settlement: fake_rows(count))
        return Named(created_at=moment)

    return of


def test_a_workbook_is_written_with_constant_memory_and_the_same_bytes(settlement, tmp_path: Path):
    def peak(count: int, name: str) -> int:
        tracemalloc.start()
        exports._write_xlsx(tmp_path / name, settlement(count))
        _current, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10, "warm.xlsx")
    small, large = peak(200, "small.xlsx"), peak(4000, "large.xlsx")
    assert large < small * 3
    exports._write_xlsx(tmp_path / "again.xlsx", settlement(200))
    assert (tmp_path / "small.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_a_workbook_holds_texts_and_numbers_and_the_total(settlement, tmp_path: Path):
    exports._write_xlsx(tmp_path / "x.xlsx", settlement(2))
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [cell.data_type for cell in sheet[2]] == ["s"] * 9 + ["n", "s", "s", "s"]
    assert (sheet["E2"].value, sheet["F2"].value) == ("=1+1", "@x")
    assert [sheet[f"J{row}"].value for row in (2, 3, 4)] == [10.5, -1.25, 9.25]


def test_dollars_and_euros_have_a_total_each(world):
    import time_machine

    from prm.identity.rights import Role
    from rebates.models import Statement

    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.published("USD")
        world.published("EUR", currency="EUR")
        world.rate("EUR", "USD", "2026-01-01", "2")
        world.rate("USD", "EUR", "2026-01-01", "0.5")
        world.sale("A", "2026-07-01", "100")
        finance, second = world.actor(Role.FINANCE), world.actor(Role.FINANCE, "second")
        period_close(actor=finance, kind="quarter", key="2026-Q3")
        ids = list(Statement.objects.values_list("pk", flat=True))
        statement_approve(actor=second, statement_ids=ids)
        made = settlement_prepare(actor=finance, statement_ids=ids)
        stored = settlement_export(actor=finance, settlement_id=made.pk, format="xlsx")
        with file_open(stored) as content:
            sheet = openpyxl.load_workbook(io.BytesIO(content.read())).active
        rows = [(row[0].value, row[9].value, row[10].value) for row in sheet.iter_rows(min_row=2)]
        assert rows == [
            ("S-00001", 1, "EUR"), ("S-00001", 2, "USD"), ("Total", 1, "EUR"), ("Total", 2, "USD"),
        ]  # fmt: skip
        assert stored.name == "S-00001.xlsx"
