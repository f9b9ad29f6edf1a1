"""Exports: what is asked for, the file and its checksum."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection

from prm import clock
from prm.errors import Forbidden, Invalid, NotFound
from prm.exports.cells import AMOUNT, CODE, DAY, FORMULA_STARTS, INSTANT, NUMBER, TEXT
from prm.exports.kinds import kind_named
from prm.exports.models import Export
from prm.exports.selectors import export_get, export_list
from prm.exports.services import (
    export_cancel,
)
from prm.exports.writers import write_csv, write_xlsx
from prm.identity.actor import Actor
from prm.identity.rights import Right, Role
from tests.prm.exporting import _english, ask, content, finance, run, sell, table, world
from tests.rebates.world import World

__all__ = ["_english", "finance", "world"]


def test_a_csv_holds_the_rows_in_order_with_numbers_as_numbers_and_formulas_as_text(world, finance):
    sell(world)
    export = run(ask(finance))
    assert (export.status, export.rows, export.attempts) == ("done", 3, 1)
    assert table(export) == [
        ["Line id", "Partner code", "Partner", "Sold on", "Quantity", "Net amount", "Currency"],
        ["L2", "A", "'=1+1", "2026-07-01", "1", "100.5", "CNY"],
        ["L1", "A", "'=1+1", "2026-07-02", "-0.25", "-3.5", "CNY"],
        ['with "quotes", and\nlines', "B", "Partner B", "2026-07-03", "1", "7", "CNY"],
    ]


def test_the_checksum_is_that_of_the_file_and_the_same_request_gives_the_same_bytes(world, finance):
    sell(world)
    for format_ in ("csv", "xlsx"):
        first = run(ask(finance, format=format_))
        with time_machine.travel("2027-01-01T00:00:00Z"):
            second = run(ask(finance, format=format_))
        assert first.sha256 == hashlib.sha256(content(first)).hexdigest()
        assert (first.sha256, first.size) == (second.sha256, second.size)
        assert first.name != second.name
    assert run(ask(finance, filters={"partner": "A"})).sha256 != run(ask(finance)).sha256


def test_filters_and_columns_say_what_is_in_the_file(world, finance):
    sell(world)
    export = run(ask(finance, columns=["net_amount", "external_id"], filters={"since": "2026-07-02", "partner": "A"}))
    assert table(export) == [["Net amount", "Line id"], ["-3.5", "L1"]]
    assert (export.filters, export.columns) == ({"since": "2026-07-02", "partner": "A"}, ["net_amount", "external_id"])
    usual = ask(finance, columns=None)
    assert usual.columns == kind_named("sales").usual
    chinese = run(ask(finance, columns=["currency"], language="zh-hans"))
    assert table(chinese)[0] == ["币种"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "passwords"}, "kind"),
        ({"format": "pdf"}, "format"),
        ({"columns": ["external_id", "margin"]}, "columns"),
        ({"columns": ["external_id", "external_id"]}, "columns"),
        ({"filters": {"since": "1 July"}}, "since"),
        ({"filters": {"since": "2026-07-02", "until": "2026-07-01"}}, "until"),
        ({"filters": {"partner": "nobody"}}, "partner"),
        ({"filters": {"colour": "red"}}, "colour"),
        ({"filters": {"sku": "x" * 201}}, "sku"),
        ({"kind": "accruals", "columns": None, "filters": {"status": "ajar"}}, "status"),
        ({"language": "fr"}, "language"),
    ],
)
def test_wrong_requests_are_refused_at_the_field(world, finance, changes, field):
    with pytest.raises(Invalid) as caught:
        ask(finance, **changes)
    assert list(caught.value.fields) == [field]
    assert not Export.objects.exists()


def test_who_may_not_see_a_kind_exports_and_finds_none_of_it(world, finance):
    export = ask(finance)
    with pytest.raises(Forbidden):
        ask(world.actor(Role.CHANNEL_MANAGER))
    narrow = Actor("api_key", finance.id, "key", frozenset({Right.EXPORTS_RUN, Right.STATEMENTS_VIEW}))
    with pytest.raises(Forbidden):
        ask(narrow)
    assert list(export_list(narrow)) == []
    for look in (lambda: export_get(narrow, export.pk), lambda: export_cancel(actor=narrow, export_id=export.pk)):
        with pytest.raises(NotFound):
            look()


def test_a_workbook_holds_texts_and_numbers(world, finance):
    sell(world)
    export = run(ask(finance, format="xlsx", columns=["partner_name", "sold_on", "net_amount", "reverses"]))
    book = openpyxl.load_workbook(io.BytesIO(content(export)))
    assert book.sheetnames == ["Sale lines"]
    rows = [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert rows[0] == [("=1+1", "s"), ("2026-07-01", "s"), (100.5, "n"), (None, "n")]
    assert rows[1][2:] == [(-3.5, "n"), ("L2", "s")]


def test_a_workbook_goes_on_in_the_next_sheet_where_one_is_full(world, finance, tmp_path: Path):
    sell(world)
    kind = kind_named("sales")
    path = tmp_path / "x.xlsx"
    columns = kind.chosen(["external_id"])
    count = write_xlsx(path, kind.rows(finance), columns, lambda _n: None, title="A/B: [c]", sheet_rows=3)
    book = openpyxl.load_workbook(path)
    assert (count, book.sheetnames) == (3, ["A B   c", "A B   c 2"])
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["Line id", "L2", "L1"],
        ["Line id", 'with "quotes", and\nlines'],
    ]


def test_both_formats_write_the_same_values(world, finance, tmp_path: Path):
    """A cell type speaks SQL for one file and Python for the other."""
    cases: list[tuple[Any, str, Any, str]] = [
        (TEXT, "'plain'", "plain", "plain"),
        (CODE, "true", True, "true"),
        (CODE, "7", 7, "7"),
        (AMOUNT, "12.5000", Decimal("12.5000"), "12.50"),
        (AMOUNT, "-0.0050", Decimal("-0.0050"), "-0.01"),
        (NUMBER, "12.500000", Decimal("12.500000"), "12.5"),
        (NUMBER, "-100.000000", Decimal("-100.000000"), "-100"),
        (DAY, "date '2026-03-01'", clock.now().date().replace(2026, 3, 1), "2026-03-01"),
    ]
    for cell, literal, value, told in cases:
        with connection.cursor() as cursor:
            cursor.execute("SELECT (" + cell.csv(f"({literal})", "'CNY'") + ")::text")
            assert cursor.fetchone()[0] == told
        assert str(cell.written(value, "CNY")) == told
    moment = clock.now().replace(microsecond=999_999)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + INSTANT.csv("%s::timestamptz", ""), [moment])
        assert cursor.fetchone()[0] == INSTANT.written(moment, "")


@pytest.mark.parametrize(("currency", "told"), [("JPY", "2"), ("CNY", "1.50"), ("KWD", "1.500"), ("CLF", "1.5000")])
def test_an_amount_has_the_digits_of_its_currency(world, currency, told):
    with connection.cursor() as cursor:
        cursor.execute("SELECT (" + AMOUNT.csv("1.5000", "%s") + ")::text", [currency])
        assert cursor.fetchone()[0] == told
    assert str(AMOUNT.written(Decimal("1.5000"), currency)) == told


def test_the_guard_is_that_of_the_settlement_file(world):
    from rebates.csv_cells import FORMULA_STARTS as STARTS
    from rebates.csv_cells import csv_cell

    assert set(FORMULA_STARTS) == set(STARTS)
    for text in [f"{start}cmd" for start in STARTS] + ["a=b", "渠道", "-", "'quoted"]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + TEXT.csv("q.t", "") + " FROM (SELECT %s::text) AS q(t)", [text])
            assert cursor.fetchone()[0] == csv_cell(text)


EMPTY_TEXT = "''"
EMPTY = "customer_code, customer_name, customer_segment, customer_industry, channel, deal_ref, sold_by, reverses"


def lines_make(world: World, code: str, count: int) -> None:
    """Sale lines by the thousand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commerce_saleline (tenant_id, external_id, partner_id, product_id, sold_on, quantity,"
            f" net_amount, currency, invoice_no, attrs, created_at, {EMPTY})"
            " SELECT %s, %s || n, %s, %s, '2026-07-01', 1, n, 'CNY',"
            f" repeat('x', 60), '{{}}', now(), {', '.join([EMPTY_TEXT] * 8)} FROM generate_series(1, %s) AS n",
            [world.tenant.pk, f"{code}-", world.partner(code).pk, world.product().pk, count],
        )


@pytest.mark.parametrize(("format_", "few", "many"), [("csv", 4_000, 60_000), ("xlsx", 3_000, 24_000)])
def test_memory_does_not_grow_with_the_rows(world, finance, tmp_path: Path, format_, few, many):
    for code, count in (("W", 10), ("A", few), ("B", many)):
        lines_make(world, code, count)
    kind = kind_named("sales")
    columns = kind.chosen(["external_id", "net_amount", "invoice_no"])

    def peak(code: str) -> tuple[int, int]:
        rows, path = kind.rows(finance, partner=code), tmp_path / f"{code}.{format_}"
        tracemalloc.start()
        if format_ == "csv":
            written = write_csv(path, rows, columns, lambda _n: None)
        else:
            written = write_xlsx(path, rows, columns, lambda _n: None, title="x")
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return written, most

    peak("W")
    (rows_a, small), (rows_b, large) = peak("A"), peak("B")
    assert (rows_a, rows_b) == (few, many)
    assert large < small * 1.5
