"""Files as people send them: encodings, delimiters, quotes, ragged rows, workbooks, and what is no table at all."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal as D

import pytest
from openpyxl import Workbook

from commerce.models import Product, SaleLine
from prm.errors import Invalid, TooLarge
from prm.files.models import StoredFile
from prm.imports.models import ColumnMapping, Import
from prm.imports.readers import Unusable
from prm.imports.selectors import import_errors_csv, import_preview
from prm.imports.services import import_start
from prm.tenancy.context import tenant_context
from prm.testing.importing import PARTNERS, PRODUCTS, SALES, Importer, counts, faults
from prm.testing.make import Cast

PRODUCT = "sku,name,line,category"


@pytest.fixture
def importer(cast: Cast) -> Iterator[Importer]:
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("partners", PARTNERS)
        importer.now("products", PRODUCTS)
        yield importer


def product(sku: str) -> Product:
    return Product.objects.get(sku=sku)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_encodings_are_recognised(importer: Importer, encoding: str, found: str) -> None:
    text = f"{PRODUCT}\nZ1,工业路由器,网络产品线,设备\n"
    result = importer.now("products", text.encode(encoding))
    assert (counts(result), result.encoding) == ((1, 1, 0, 0), found)
    assert product("Z1").name == "工业路由器"


@pytest.mark.parametrize(
    "content", [b"sku,name,line,category\nZ1,M\xfcller \xe9t\xe9,L,C\n", b"\xff\xfe\x00\xd8\x00\xd8"]
)
def test_an_unknown_encoding_is_unusable(importer: Importer, content: bytes) -> None:
    with pytest.raises(Unusable, match="encoding"):
        importer.now("products", content)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(importer: Importer, mark: str, newline: str) -> None:
    text = newline.join([PRODUCT, "Z1,Router,L,C", "", "Z2,Switch,L,C"]).replace(",", mark)
    result = importer.now("products", text)
    assert counts(result) == (2, 2, 0, 0)
    assert (product("Z1").name, product("Z2").category) == ("Router", "C")


def test_quotes_keep_delimiters_newlines_and_quotes(importer: Importer) -> None:
    result = importer.now("products", f'{PRODUCT}\nZ1,"A, ""B""\nC",L,C\nZ2,\\N\\t,L,"x"\n')
    assert counts(result) == (2, 2, 0, 0)
    assert product("Z1").name == 'A, "B"\nC'
    assert (product("Z2").name, product("Z2").category) == ("\\N\\t", "x")


def test_wrong_quotes_cost_their_own_row_only(importer: Importer) -> None:
    rows = [f"Z{i},Name {i},L,C" for i in range(6)]
    rows[1] = 'Z1,"never closed,L,C'
    rows[3] = 'Z3,"closed" too early,L,C'
    result = importer.now("products", "\n".join([PRODUCT, *rows]))
    assert faults(result) == [(3, "", "quotes"), (5, "", "quotes")]
    assert counts(result) == (6, 4, 0, 2)
    assert result.errors[0].cells == ['Z1,"never closed,L,C']


def test_ragged_rows_and_nul_characters_are_refused_alone(importer: Importer) -> None:
    text = f"{PRODUCT}\nZ1,Only,three\nZ2,One,two,three,four\nZ3,N\0ul,L,C\nZ4,Fine,L,C\nZ5,Padded,L,C,,\n"
    result = importer.now("products", text)
    assert faults(result) == [(2, "", "wrong_width"), (3, "", "wrong_width"), (4, "name", "null_character")]
    assert result.errors[0].params == {"found": 3, "expected": 4}
    assert counts(result) == (5, 2, 0, 3)


def test_cells_are_trimmed_also_of_wide_blanks(importer: Importer) -> None:
    importer.now("products", f"{PRODUCT}\n Z1 ,\u3000路由器\u00a0,L\u3000x,C\n")
    assert (product("Z1").name, product("Z1").line) == ("路由器", "L\u3000x")


def test_both_ways_of_reading_agree(importer: Importer) -> None:
    """One quoted row sends the whole chunk the careful way."""
    lines = [f"Z{i},a\\b{i},L{i % 3},C" for i in range(300)]
    fast = importer.now("products", "\n".join([PRODUCT, *lines]))
    assert counts(fast) == (300, 300, 0, 0)
    careful = importer.now("products", "\n".join([PRODUCT, *lines, '"Q",q,L,C']))
    assert counts(careful) == (301, 1, 300, 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,b\n1,2\n", "sku"),
        (b"sku,name,line,category,SKU2,name\n", "name"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", ".xls"),
        (b"PK\x03\x04 no archive", "damaged"),
    ],
)
def test_unusable_files_say_why(importer: Importer, content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        importer.now("products", content)


def test_a_header_alone_is_an_import_of_nothing(importer: Importer) -> None:
    assert counts(importer.now("products", PRODUCT)) == (0, 0, 0, 0)


# Workbooks


def workbook(*rows: list[object]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def test_a_workbook_reads_typed_cells(importer: Importer) -> None:
    header = [*SALES.split(","), "days_to_pay", "attr.x"]
    content = workbook(
        header,
        [1, "A", "X1", dt.date(2026, 1, 5), 2, 1234.5600000000001, "CNY", 30, None],
        [2.0, "A", "X1", dt.datetime(2026, 1, 5), 0.1 + 0.2, "-7.50", "CNY", None, True],  # noqa: DTZ001 (a cell has no zone)
        [None] * 9,
        ["3", "A", "X1", "2026-02-30", 1, 1e20, "CNY", None, None],
    )
    result = importer.now("sales", content)
    assert result.encoding == "xlsx"
    assert faults(result) == [(5, "net_amount", "too_many_digits"), (5, "sold_on", "no_such_day")]
    lines = {line.external_id: line for line in SaleLine.objects.all()}
    assert (lines["1"].sold_on, lines["1"].net_amount, lines["1"].days_to_pay) == (
        dt.date(2026, 1, 5),
        D("1234.56"),
        30,
    )
    assert (lines["2"].quantity, lines["2"].net_amount, lines["2"].attrs) == (D("0.3"), D("-7.5"), {"x": "true"})


def test_csv_and_workbook_of_the_same_rows_are_the_same_lines(importer: Importer) -> None:
    importer.sales("1,A,X1,2026-01-05,2,100.50,CNY")
    again = importer.now("sales", workbook(SALES.split(","), ["1", "A", "X1", dt.date(2026, 1, 5), 2, 100.5, "CNY"]))
    assert counts(again) == (1, 0, 1, 0)


def test_a_bomb_is_refused_before_it_is_unpacked(importer: Importer) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * (100 << 20 >> 2))
    assert len(target.getvalue()) < 2 << 20
    with pytest.raises(Unusable, match="unpacks"):
        importer.now("sales", target.getvalue())


def test_an_archive_that_is_no_workbook_is_refused(importer: Importer) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with pytest.raises(Invalid):
        importer.upload("sales", target.getvalue(), name="x.xlsx")
    assert not StoredFile.objects.exists()


# Uploads, mappings, the file of refused rows


def test_uploads_are_judged_by_their_content(importer: Importer, settings) -> None:
    for content in (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<!DOCTYPE html><p>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
    ):
        with pytest.raises(Invalid):
            importer.upload("sales", content, name="sales.csv")
    settings.PRM_UPLOAD_MAX_BYTES = 1000
    with pytest.raises(TooLarge):
        importer.upload("sales", b"a" * 1001)
    assert not Import.objects.exists()


def test_chinese_headers_are_known_and_a_senders_mapping_is_remembered(importer: Importer) -> None:
    header = "单号,经销商编码,产品编码,销售日期,数量,金额,币种"
    row = "1,A,X1,2026-01-05,2,100.50,CNY"
    assert counts(importer.sales(row, header=header)) == (1, 1, 0, 0)
    own = "No,Who,What,When,Many,Value,Cur"
    run = importer.upload("sales", f"{own}\n{row}\n", sender="ERP 1")
    preview = import_preview(importer.actor, run.pk)
    assert preview.columns == own.split(",")
    assert preview.rows == [row.split(",")]
    assert len(preview.problems) == 1
    assert "external_id" in str(preview.problems[0])
    with pytest.raises(Unusable):
        import_start(actor=importer.actor, import_id=run.pk)
    mapping = dict(zip(SALES.split(","), own.split(","), strict=True))
    import_start(actor=importer.actor, import_id=run.pk, mapping=mapping)
    from prm.identity.actor import Actor
    from prm.imports.services import import_run

    import_run(actor=Actor.system("imports"), import_id=run.pk)
    assert ColumnMapping.objects.get().mapping == mapping
    following = importer.upload("sales", f"{own}\n{row}\n", sender="ERP 1")
    assert following.mapping == mapping
    assert import_preview(importer.actor, following.pk).problems == []


def test_the_file_of_refused_rows_is_safe_in_a_spreadsheet(importer: Importer) -> None:
    text = f"{SALES},note\n=1+1,Q,X1,2026-01-05,-2,+cmd|x,CNY,@SUM\n2,A,X1,2026-01-05,1,1,CNY,fine\n"
    run = importer.run("sales", text, name="销售.csv")
    file = import_errors_csv(importer.actor, run.pk)
    assert file.name == "销售-refused.csv"
    assert file.content.decode("utf-8-sig").splitlines() == [
        f"row,column,reason,{SALES},note",
        "2,net_amount,“+cmd|x” is not a number such as 1234.50.,'=1+1,Q,X1,2026-01-05,-2,'+cmd|x,CNY,'@SUM",
        "2,partner_code,There is no partner with the code “Q”.,'=1+1,Q,X1,2026-01-05,-2,'+cmd|x,CNY,'@SUM",
    ]


def test_a_file_that_turns_out_unusable_fails_with_its_message(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prm.imports import services
    from prm.imports.readers.base import unusable

    run = importer.upload("products", f"{PRODUCT}\nZ1,R,L,C\n")
    import_start(actor=importer.actor, import_id=run.pk)

    def broken(*args: object, **options: object) -> None:
        Product.objects.create(sku="half", name="half")
        raise unusable("record_too_long")

    monkeypatch.setattr(services, "run_table", broken)
    run = services.import_run(actor=importer.actor, import_id=run.pk)
    assert (run.status, run.message) == (
        "failed",
        "This is not a table: one of its lines is longer than any row can be.",
    )
    assert not Product.objects.filter(sku="half").exists()
