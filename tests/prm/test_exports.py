"""Exports: what is asked for, the file, its checksum, cancelling, expiry, attempts, and column sets."""

from __future__ import annotations

import csv
import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.utils import translation

from prm import clock
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.exports import work
from prm.exports.cells import AMOUNT, CODE, DAY, FORMULA_STARTS, INSTANT, NUMBER, TEXT
from prm.exports.kinds import kind_named
from prm.exports.models import ColumnSet, Export
from prm.exports.selectors import column_set_get, column_set_list, export_get, export_list
from prm.exports.services import (
    WATCH,
    column_set_remove,
    column_set_save,
    export_cancel,
    export_download,
    export_request,
    export_retry,
)
from prm.exports.tasks import expired_remove
from prm.exports.work import MAX_ATTEMPTS, export_run
from prm.exports.writers import write_csv, write_xlsx
from prm.files.models import StoredFile
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Right, Role
from prm.outbox.models import Message
from prm.runs import progress
from prm.runs.progress import Stopped
from prm.tenancy.models import Tenant
from tests.rebates.world import World

NAMES = ["external_id", "partner_code", "partner_name", "sold_on", "quantity", "net_amount", "currency"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page in another test may have left its reader's language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def world(tenant: Tenant) -> Iterator[World]:
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant):
        yield World(tenant)


@pytest.fixture
def finance(world: World) -> Actor:
    return world.actor(Role.FINANCE)


def sell(world: World) -> None:
    world.partner("A", name="=1+1")
    world.sale("A", "2026-07-01", "100.50", currency="CNY", external_id="L2")
    world.sale("A", "2026-07-02", "-3.5", quantity="-0.25", currency="CNY", external_id="L1", reverses="L2")
    world.sale("B", "2026-07-03", "7", currency="CNY", external_id='with "quotes", and\nlines')


def ask(actor: Actor, **changes: Any) -> Export:
    return export_request(actor=actor, **{"kind": "sales", "format": "csv", "columns": NAMES} | changes)


def run(export: Export) -> Export:
    export_run(export.tenant, export.pk)
    export.refresh_from_db()
    return export


def content(export: Export) -> bytes:
    with file_open(export.file) as file:
        return file.read()


def table(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))


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


def test_a_cancelled_export_leaves_no_file(world, finance, monkeypatch):
    sell(world)
    waiting = ask(finance)
    export_cancel(actor=finance, export_id=waiting.pk)
    assert (run(waiting).status, waiting.attempts, waiting.file) == ("cancelled", 0, None)
    with pytest.raises(StateError):
        export_cancel(actor=finance, export_id=waiting.pk)

    running, keep = ask(finance), work._keep

    def cancelled_meanwhile(*args: Any) -> None:
        export_cancel(actor=finance, export_id=running.pk)
        keep(*args)

    monkeypatch.setattr(work, "_keep", cancelled_meanwhile)
    assert (run(running).status, running.file) == ("cancelled", None)
    assert not StoredFile.objects.exists()


def test_a_writer_hears_of_the_cancellation_while_it_writes(world, finance):
    export = ask(finance)
    tell = work.Teller(export.pk, 10)
    tell(1)
    assert (progress.progress_get(export.pk).done, progress.progress_get(export.pk).percent) == (1, 10)
    progress.stop_ask(export.pk)
    tell(2)  # told a moment ago: it looks again later
    with pytest.raises(Stopped), time_machine.travel(0):
        work.Teller(export.pk, 10)(3)


def test_an_export_that_goes_wrong_again_and_again_fails_and_can_be_tried_again(world, finance, monkeypatch):
    sell(world)
    export = ask(finance)

    def broken(*_args: Any) -> int:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_csv", broken)
        for _attempt in range(MAX_ATTEMPTS):
            with pytest.raises(RuntimeError):
                run(export)
        run(export)
    assert (export.status, export.attempts) == ("failed", MAX_ATTEMPTS)
    assert "in 5 attempts" in export.message
    assert Message.objects.filter(topic="exports.export.failed").count() == 1
    export_retry(actor=finance, export_id=export.pk)
    assert (run(export).status, export.message, export.rows) == ("done", "", 3)


def test_a_finished_export_is_not_written_again(world, finance):
    sell(world)
    export = run(ask(finance))
    file = export.file_id
    assert (run(export).file_id, export.attempts) == (file, 1)
    assert Message.objects.filter(topic="exports.export.finished").count() == 1
    with pytest.raises(StateError):
        export_retry(actor=finance, export_id=export.pk)


def test_files_expire_and_their_checksums_stay(world, finance, settings):
    settings.PRM_EXPORT_KEEP_DAYS = 2
    sell(world)
    with time_machine.travel("2026-11-01T00:00:00Z", tick=False):
        export = run(ask(finance))
        assert export_download(actor=finance, export_id=export.pk) == export.file
    with time_machine.travel("2026-11-02T23:59:59Z", tick=False):
        assert expired_remove() == 0
    with time_machine.travel("2026-11-03T00:00:00Z", tick=False):
        assert expired_remove() == 1
    sha256 = export.sha256
    export.refresh_from_db()
    assert (export.file, export.sha256, export.status) == (None, sha256, "done")
    assert not StoredFile.objects.exists()
    with pytest.raises(StateError) as caught:
        export_download(actor=finance, export_id=export.pk)
    assert caught.value.code == "expired"


def test_who_exported_and_who_downloaded_what_is_in_the_trail(world, finance):
    sell(world)
    export = run(ask(finance, filters={"partner": "A"}))
    export_download(actor=world.actor(Role.ADMINISTRATOR), export_id=export.pk)
    trail = AuditEntry.objects.filter(target_type="exports.export", target_id=str(export.pk)).order_by("at", "id")
    assert [(entry.action.rpartition(".")[2], entry.actor_label) for entry in trail] == [
        ("requested", "finance@acme.test"),
        ("started", "exports"),
        ("finished", "exports"),
        ("downloaded", "administrator@acme.test"),
    ]
    assert trail[0].data == {"kind": "sales", "format": "csv", "filters": {"partner": "A"}}
    assert trail[3].data == {"sha256": export.sha256}


def test_only_so_many_wait_at_once(world, finance):
    for _number in range(20):
        ask(finance)
    with pytest.raises(Conflict) as caught:
        ask(finance)
    assert caught.value.code == "too_many"
    assert Message.objects.filter(topic=WATCH).count() == 20


def test_column_sets_are_ones_own_or_everybodys(world, finance):
    other = world.actor(Role.ADMINISTRATOR)
    own = column_set_save(actor=finance, kind="sales", name=" Mine ", columns=["sku", "external_id"])
    shared = column_set_save(actor=finance, kind="sales", name="ERP", columns=["external_id"], is_shared=True)
    assert [one.name for one in column_set_list(finance, kind="sales")] == ["ERP", "Mine"]
    assert [one.name for one in column_set_list(other)] == ["ERP"]
    with pytest.raises(NotFound):
        column_set_get(other, own.pk)
    changed = column_set_save(
        actor=other, kind="sales", name="ERP", columns=["sku"], is_shared=True, column_set_id=shared.pk
    )
    assert (changed.columns, changed.owner_id) == (["sku"], finance.id)
    with pytest.raises(NotFound):
        column_set_remove(actor=other, column_set_id=own.pk)
    column_set_remove(actor=finance, column_set_id=own.pk)
    assert list(ColumnSet.objects.values_list("name", flat=True)) == ["ERP"]


def test_a_name_is_taken_once_by_everybody_and_once_by_each(world, finance):
    other = world.actor(Role.ADMINISTRATOR)
    for actor in (finance, other):
        column_set_save(actor=actor, kind="sales", name="Mine", columns=["sku"])
    column_set_save(actor=finance, kind="sales", name="Mine", columns=["sku"], is_shared=True)
    for actor, shared in ((finance, False), (other, True)):
        with pytest.raises(Invalid) as caught:
            column_set_save(actor=actor, kind="sales", name="Mine", columns=["sku"], is_shared=shared)
        assert list(caught.value.fields) == ["name"]
    for changes in ({"name": " "}, {"columns": []}, {"columns": ["margin"]}, {"kind": "x"}):
        with pytest.raises(Invalid):
            column_set_save(actor=finance, **{"kind": "sales", "name": "N", "columns": ["sku"]} | changes)
    assert ColumnSet.objects.count() == 3
