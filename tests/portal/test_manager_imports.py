"""An import through the pages: upload, columns, check, run, result, undo; what is refused is told and harmless."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from commerce.models import SaleLine
from partners.models import Partner
from prm.identity.actor import Actor
from prm.imports.models import Import
from prm.imports.progress import progress_set
from prm.imports.services import import_run
from prm.testing.make import Cast
from tests.portal.vendor import Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

SALES = (
    "行号,经销商编码,货号,销售日期,数量,金额,币种,备注\n"
    "L-1,P-1,X,2026-10-01,2,1000.50,CNY,a\n"
    "L-2,P-1,NOPE,2026-10-01,2,1,CNY,b\n"
    "L-3,P-1,X,2026-02-31,2,1,CNY,=1+1\n"
)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    vendor = Vendor(cast, World(cast.tenant))
    with vendor.inside():
        vendor.world.product("X")
    return vendor


def upload(
    client: Client, content: str | bytes = SALES, *, kind: str = "sales", surface: str = "manager"
) -> HttpResponse:
    raw = content.encode("gb18030") if isinstance(content, str) else content
    file = SimpleUploadedFile("sales.csv", raw, "text/csv")
    return post(client, f"{surface}:import_new", kind=kind, file=file, sender="SAP")


def the_import(vendor: Vendor) -> Import:
    with vendor.inside():
        return Import.objects.get()


def columns(response: HttpResponse) -> dict[str, str]:
    return {f"map_{row.name}": row.header for row in response.context["mapping"].rows if row.header}


def run(vendor: Vendor) -> None:
    with vendor.inside():
        import_run(actor=Actor.system("imports"), import_id=Import.objects.get().pk)


def test_the_whole_way(vendor: Vendor) -> None:
    assert upload(vendor.manager).status_code == 302
    one = the_import(vendor)
    page = get(vendor.manager, "manager:import", one.pk)
    mapping = page.context["mapping"]
    assert mapping.is_complete
    assert columns(page)["map_partner_code"] == "经销商编码"
    assert mapping.rows[0].samples == ["L-1", "L-2", "L-3"]
    assert mapping.extras == ["备注"]

    checked = post(vendor.manager, "manager:import_run", one.pk, action="check", **columns(page))
    assert checked.status_code == 302
    assert "Waiting for a free worker" in text_of(get(vendor.manager, "manager:import", one.pk))
    run(vendor)
    with vendor.inside():
        assert not SaleLine.objects.exists()
    page = get(vendor.manager, "manager:import", one.pk)
    assert "Checked, nothing written" in text_of(page)

    post(vendor.manager, "manager:import_run", one.pk, action="import", extra="备注", **columns(page))
    run(vendor)
    with vendor.inside():
        assert SaleLine.objects.get().attrs == {"备注": "a"}
    result = text_of(get(vendor.manager, "manager:import", one.pk))
    assert "There is no product with the SKU “NOPE”." in result
    assert "There is no such day: 2026-02-31." in result

    file = text_of(get(vendor.manager, "manager:import_refused", one.pk))
    assert "'=1+1" in file
    assert "Undo the import of sales.csv?" in text_of(get(vendor.manager, "manager:import_undo", one.pk))
    assert post(vendor.manager, "manager:import_undo", one.pk).status_code == 302
    with vendor.inside():
        assert not SaleLine.objects.exists()
    twice = post(vendor.manager, "manager:import_undo", one.pk)
    assert twice.status_code == 422


def test_progress_is_told_and_ends_by_a_redirect(vendor: Vendor) -> None:
    upload(vendor.manager)
    one = the_import(vendor)
    post(vendor.manager, "manager:import_run", one.pk, **columns(get(vendor.manager, "manager:import", one.pk)))
    progress_set(one.pk, "reading", 41_200, 500_000)
    bar = text_of(get(vendor.manager, "manager:import_progress", one.pk))
    assert "41,200 of about 500,000 rows" in bar
    assert f'hx-get="/m/imports/{one.pk}/progress/"' in bar
    run(vendor)
    ended = get(vendor.manager, "manager:import_progress", one.pk)
    assert (ended.status_code, ended.headers["HX-Redirect"]) == (204, f"/m/imports/{one.pk}/")


def test_starting_twice_starts_once(vendor: Vendor) -> None:
    upload(vendor.manager)
    one = the_import(vendor)
    data = columns(get(vendor.manager, "manager:import", one.pk))
    assert post(vendor.manager, "manager:import_run", one.pk, **data).status_code == 302
    assert post(vendor.manager, "manager:import_run", one.pk, **data).status_code == 422
    run(vendor)
    run(vendor)
    with vendor.inside():
        assert SaleLine.objects.count() == 1


def test_a_missing_column_is_named_and_nothing_starts(vendor: Vendor) -> None:
    upload(vendor.manager)
    one = the_import(vendor)
    data = columns(get(vendor.manager, "manager:import", one.pk)) | {"map_currency": ""}
    response = post(vendor.manager, "manager:import_run", one.pk, **data)
    assert response.status_code == 422
    assert response.context["mapping"].problems
    assert [row.name for row in response.context["mapping"].rows if row.is_missing] == ["currency"]
    assert the_import(vendor).status == "uploaded"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, b"PK\x03\x04 not a workbook"])
def test_unusable_files_are_refused_at_the_form(vendor: Vendor, content: bytes) -> None:
    assert upload(vendor.manager, content).status_code == 422
    with vendor.inside():
        assert not Import.objects.exists()


def test_finance_may_import_sales_but_no_partners(vendor: Vendor) -> None:
    kinds = get(vendor.finance, "finance:import_new").context["form"].fields["kind"].choices
    assert {name for name, _label in kinds} == {"overdue", "rates", "sales"}
    assert upload(vendor.finance, "code,name\nP-7,x\n", kind="partners", surface="finance").status_code == 422
    assert upload(vendor.finance, surface="finance").status_code == 302
    with vendor.inside():
        assert not Partner.objects.filter(code="P-7").exists()


def test_columns_are_remembered_for_their_sender(vendor: Vendor) -> None:
    upload(vendor.manager, SALES.replace("货号", "XYZ"))
    one = the_import(vendor)
    data = columns(get(vendor.manager, "manager:import", one.pk))
    assert "map_sku" not in data
    post(vendor.manager, "manager:import_run", one.pk, **data | {"map_sku": "XYZ"})
    run(vendor)
    with vendor.inside():
        first = one.pk
    upload(vendor.manager, SALES.replace("货号", "XYZ"))
    with vendor.inside():
        second = Import.objects.exclude(pk=first).get()
    assert columns(get(vendor.manager, "manager:import", second.pk))["map_sku"] == "XYZ"


def test_overdue_receivables_are_entered_and_listed(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.partner("P-1", name="Blue Harbour")
    assert "Nothing is overdue" in text_of(get(vendor.finance, "finance:overdue"))
    typed = {"partner_code": "P-1", "as_of": "2026-10-31", "amount": "1,200.5", "currency": "cny"}
    assert post(vendor.finance, "finance:overdue_new", **typed).status_code == 302
    paid = typed | {"as_of": "2026-11-01", "amount": "0"}
    assert post(vendor.manager, "manager:overdue_new", **paid).status_code == 302
    said = text_of(get(vendor.manager, "manager:overdue"))
    for part in ("Blue Harbour", "¥1,200.50", "Replaced", "Nothing overdue"):
        assert part in said
    assert "Nothing fits these filters." in text_of(get(vendor.manager, "manager:overdue", state="now"))
    wrong = post(vendor.manager, "manager:overdue_new", **typed | {"partner_code": "nobody"})
    assert wrong.context["form"].errors["partner_code"] == ["There is no partner with the code “nobody”."]
