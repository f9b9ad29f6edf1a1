"""Sale lines from files: what is taken, what is there already, what is refused and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import transaction

from commerce.models import SaleLine
from prm.errors import Conflict, StateError
from prm.imports.models import Import, ImportRowError
from prm.imports.services import import_undo
from prm.imports.undo import register_undo_veto
from prm.outbox.models import Message
from prm.testing.importing import SALES, Importer, counts, faults

GOOD = "1,A,X1,2026-01-05,2,100.50,CNY"


def test_a_line_is_taken_with_all_its_columns(importer: Importer) -> None:
    header = (
        SALES + ",invoice_no,customer_code,customer_name,customer_segment,customer_industry,channel,deal_ref,"
        "days_to_pay,sold_by,reverses,attr.project,attr.note"
    )
    row = GOOD + ",INV-1,C-1, Café 北京 ,SMB,Retail,online,D-1,30.0,Li Wei,0,Tower,"
    result = importer.sales(row, header=header)
    assert counts(result) == (1, 1, 0, 0)
    line = SaleLine.objects.select_related("partner", "product").get()
    assert (line.partner.code, line.product.sku, line.sold_on) == ("A", "X1", dt.date(2026, 1, 5))
    assert (line.quantity, line.net_amount, line.currency, line.days_to_pay) == (D(2), D("100.5"), "CNY", 30)
    assert (line.invoice_no, line.customer_code, line.customer_name) == ("INV-1", "C-1", "Café 北京")
    assert (line.customer_segment, line.customer_industry, line.channel) == ("SMB", "Retail", "online")
    assert (line.deal_ref, line.sold_by, line.reverses) == ("D-1", "Li Wei", "0")
    assert line.attrs == {"project": "Tower"}


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",A,X1,2026-01-05,2,1,CNY", "external_id", "required"),
        ("1,,X1,2026-01-05,2,1,CNY", "partner_code", "required"),
        ("1,a,X1,2026-01-05,2,1,CNY", "partner_code", "unknown_partner"),
        ("1,A,X9,2026-01-05,2,1,CNY", "sku", "unknown_product"),
        ("1,A,X1,31/02/2026,2,1,CNY", "sold_on", "not_a_date"),
        ("1,A,X1,2026-02-31,2,1,CNY", "sold_on", "no_such_day"),
        ("1,A,X1,2026-13-01,2,1,CNY", "sold_on", "no_such_day"),
        ("1,A,X1,0000-01-01,2,1,CNY", "sold_on", "no_such_day"),
        ("1,A,X1,20260105,2,1,CNY", "sold_on", "not_a_date"),
        ("1,A,X1,2026-01-05 13:45:00,2,1,CNY", "sold_on", "not_a_date"),
        ("1,A,X1,today,2,1,CNY", "sold_on", "not_a_date"),
        ("1,A,X1,,2,1,CNY", "sold_on", "required"),
        ("1,A,X1,2026-01-05,two,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,NaN,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,Infinity,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,1e3,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,0x10,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,1_000,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,.5,1,CNY", "quantity", "not_a_number"),
        ("1,A,X1,2026-01-05,٣,1,CNY", "quantity", "not_a_number"),
        ('1,A,X1,2026-01-05,2,"1,234.50",CNY', "net_amount", "grouped_number"),
        ('1,A,X1,2026-01-05,2,"1234,50",CNY', "net_amount", "not_a_number"),
        ("1,A,X1,2026-01-05,2,1.1234567,CNY", "net_amount", "too_many_digits"),
        ("1,A,X1,2026-01-05,2,123456789012345,CNY", "net_amount", "too_many_digits"),
        ("1,A,X1,2026-01-05,2,1,cny", "currency", "unknown_currency"),
        ("1,A,X1,2026-01-05,2,1,XAU", "currency", "unknown_currency"),
        ("x" * 101 + ",A,X1,2026-01-05,2,1,CNY", "external_id", "too_long"),
    ],
)
def test_a_faulty_cell_is_refused_by_name_and_the_others_are_taken(
    importer: Importer, row: str, column: str, code: str
) -> None:
    result = importer.sales("9,A,X1,2026-01-05,1,1,CNY", row, "10,B,X2,2026-01-06,-1,-1,USD")
    assert faults(result) == [(3, column, code)]
    assert counts(result) == (3, 2, 0, 1)
    assert list(SaleLine.objects.order_by("id").values_list("external_id", flat=True)) == ["9", "10"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.50", "1.5"), ("-0", "0"), ("007", "7"), ("99999999999999.999999", "99999999999999.999999"),
     ("1.5000000000000", "1.5"), (" 12 ", "12")],
)  # fmt: skip
def test_numbers_that_are_read(importer: Importer, text: str, value: str) -> None:
    assert counts(importer.sales(f"1,A,X1,2026-01-05,2,{text},CNY")) == (1, 1, 0, 0)
    assert SaleLine.objects.get().net_amount == D(value)


@pytest.mark.parametrize("text", ["2026-01-05 00:00:00", "2026-01-05T00:00", "2026-01-05 00:00:00.000"])
def test_midnight_behind_a_date_is_let_pass(importer: Importer, text: str) -> None:
    assert counts(importer.sales(f"1,A,X1,{text},2,1,CNY")) == (1, 1, 0, 0)
    assert SaleLine.objects.get().sold_on == dt.date(2026, 1, 5)


def test_all_faults_of_a_row_are_told_and_it_counts_once(importer: Importer) -> None:
    result = importer.sales("1,Z,X9,nope,2,many,CNY")
    assert faults(result) == [(2, "net_amount", "not_a_number"), (2, "partner_code", "unknown_partner"),
                              (2, "sku", "unknown_product"), (2, "sold_on", "not_a_date")]  # fmt: skip
    assert counts(result) == (1, 0, 0, 1)
    assert result.errors[0].cells == ["1", "Z", "X9", "nope", "2", "many", "CNY"]
    assert not SaleLine.objects.exists()


def test_ten_million_digits_are_refused_at_their_row(importer: Importer) -> None:
    huge = "9" * 10_000_000
    result = importer.sales(GOOD, f"2,A,X1,2026-01-05,{huge},1,CNY", "3,A,X1,2026-01-05,1,1,CNY")
    assert faults(result) == [(3, "quantity", "cell_too_long")]
    assert counts(result) == (3, 2, 0, 1)
    assert len(result.errors[0].cells[4]) <= 200
    thousand = importer.sales(f"4,A,X1,2026-01-05,{'9' * 3000},1,CNY")
    assert faults(thousand) == [(2, "quantity", "too_many_digits")]


def test_the_same_file_again_is_skipped(importer: Importer) -> None:
    assert counts(importer.sales(GOOD, "2,B,X2,2026-01-06,1,1,USD")) == (2, 2, 0, 0)
    again = importer.sales(GOOD, "2,B,X2,2026-01-06,1.000,1.0,USD")
    assert counts(again) == (2, 0, 2, 0)
    assert again.applied.topic == ""
    assert SaleLine.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,B,X1,2026-01-05,2,100.50,CNY", "partner_code"), ("1,A,X2,2026-01-05,2,100.50,CNY", "sku"),
        ("1,A,X1,2026-01-06,2,100.50,CNY", "sold_on"), ("1,A,X1,2026-01-05,3,100.50,CNY", "quantity"),
        ("1,A,X1,2026-01-05,2,100.51,CNY", "net_amount"), ("1,A,X1,2026-01-05,2,100.50,USD", "currency"),
    ],
)  # fmt: skip
def test_an_id_with_other_content_is_refused_and_the_line_stays(importer: Importer, row: str, column: str) -> None:
    importer.sales(GOOD)
    result = importer.sales(row, "2,A,X1,2026-01-05,1,1,CNY")
    assert faults(result) == [(2, column, "differs")]
    assert counts(result) == (2, 1, 0, 1)
    assert SaleLine.objects.get(external_id="1").net_amount == D("100.50")


def test_an_empty_cell_is_like_an_absent_column(importer: Importer) -> None:
    importer.sales(GOOD)
    wide = importer.sales(GOOD + ",,,", header=SALES + ",channel,days_to_pay,attr.x")
    assert counts(wide) == (1, 0, 1, 0)
    named = importer.sales(GOOD + ",online,,", header=SALES + ",channel,days_to_pay,attr.x")
    assert faults(named) == [(2, "channel", "differs")]
    tagged = importer.sales(GOOD + ",,,yes", header=SALES + ",channel,days_to_pay,attr.x")
    assert faults(tagged) == [(2, "attr", "differs")]


def test_of_two_rows_with_one_id_the_first_stays(importer: Importer) -> None:
    result = importer.sales(GOOD, "1,A,X1,2026-01-05,2,999,CNY", GOOD, "2,B,X2,2026-01-06,1,1,USD")
    assert faults(result) == [(3, "net_amount", "contradicts_row")]
    assert result.errors[0].params == {"row": 2}
    assert counts(result) == (4, 2, 1, 1)
    assert SaleLine.objects.get(external_id="1").net_amount == D("100.50")


def test_another_vendors_partners_products_and_ids_do_not_matter(importer: Importer, rival_cast) -> None:
    from prm.tenancy.context import tenant_context

    importer.sales(GOOD)
    with tenant_context(rival_cast.tenant):
        other = Importer(rival_cast.tenant, rival_cast.administrator)
        result = other.sales(GOOD)
        assert faults(result) == [(2, "partner_code", "unknown_partner"), (2, "sku", "unknown_product")]
        other.now("products", "sku,name,line,category\nX1,R,L,C\n")
        assert counts(other.sales("1,P-1,X1,2026-01-05,1,1,CNY")) == (1, 1, 0, 0)
    assert SaleLine.objects.get().net_amount == D("100.50")


def test_an_import_is_recorded_announced_and_undone(importer: Importer) -> None:
    importer.sales("0,A,X1,2025-12-31,1,1,CNY")
    run = importer.run("sales", f"{SALES}\n{GOOD}\n2,B,X2,2026-03-06,1,1,USD\n3,B,X2,bad,1,1,USD\n")
    assert (run.status, counts(run)) == ("done", (3, 2, 0, 1))
    assert set(SaleLine.objects.filter(import_id=run.pk).values_list("external_id", flat=True)) == {"1", "2"}
    [error] = ImportRowError.objects.filter(import_run=run)
    assert (error.row, error.column, error.code, error.params["value"]) == (4, "sold_on", "not_a_date", "bad")
    told = Message.objects.get(topic="commerce.sales.recorded").payload
    partners = {str(line.partner_id) for line in SaleLine.objects.filter(import_id=run.pk)}
    assert told == {
        "import_id": str(run.pk),
        "partner_ids": sorted(partners),
        "since": "2026-01-05",
        "until": "2026-03-06",
    }
    import_undo(actor=importer.actor, import_id=run.pk)
    assert Import.objects.get().status == "undone"
    assert list(SaleLine.objects.values_list("external_id", flat=True)) == ["0"]
    assert Message.objects.get(topic="commerce.sales.removed").payload == told
    with pytest.raises(StateError):
        import_undo(actor=importer.actor, import_id=run.pk)


def test_a_veto_keeps_the_import(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    from prm.imports import undo

    monkeypatch.setattr(undo, "_vetoes", undo._vetoes.copy())
    monkeypatch.setitem(undo._vetoes, "sales", [])

    def check(run: Import) -> None:
        raise Conflict("settled")

    register_undo_veto("sales", check)
    run = importer.run("sales", f"{SALES}\n{GOOD}\n")
    with pytest.raises(Conflict, match="settled"), transaction.atomic():
        import_undo(actor=importer.actor, import_id=run.pk)
    assert SaleLine.objects.count() == 1
    assert Import.objects.get().status == "done"


def test_a_dry_run_tells_the_same_and_writes_nothing(importer: Importer) -> None:
    importer.sales(GOOD)
    text = f"{SALES}\n{GOOD}\n1,A,X1,2026-01-05,9,9,CNY\n2,A,X1,2026-01-05,1,1,CNY\n3,Z,X1,2026-01-05,1,1,CNY\n"
    run = importer.run("sales", text, dry_run=True)
    assert (run.status, counts(run)) == ("checked", (4, 1, 1, 2))
    assert SaleLine.objects.count() == 1
    assert not Message.objects.filter(topic="commerce.sales.recorded").exists()
    from prm.identity.actor import Actor
    from prm.imports.services import import_run, import_start

    import_start(actor=importer.actor, import_id=run.pk)
    run = import_run(actor=Actor.system("imports"), import_id=run.pk)
    assert (run.status, counts(run)) == ("done", (4, 1, 1, 2))
    assert SaleLine.objects.count() == 2
    assert ImportRowError.objects.filter(import_run=run).count() == 2


def test_hundreds_of_rows_go_the_same_way(importer: Importer) -> None:
    rows = [f"{i},{'AB'[i % 2]},X{i % 2 + 1},2026-01-{i % 28 + 1:02d},{i},{i}.25,CNY" for i in range(1, 1001)]
    rows[500] = "501,Q,X1,2026-01-01,1,1,CNY"
    result = importer.sales(*rows)
    assert counts(result) == (1000, 999, 0, 1)
    assert faults(result) == [(502, "partner_code", "unknown_partner")]
    assert counts(importer.sales(*rows)) == (1000, 0, 999, 1)
