"""Products, rates and single sale lines by hand: the same judgement as a file's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from commerce import selectors, services
from commerce.models import SaleLine
from partners.models import Partner
from prm.errors import Conflict, Forbidden, Invalid, NotFound
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.testing.importing import Importer, counts
from prm.testing.make import Cast, make_cast, make_tenant

LINE = {
    "external_id": "L1",
    "partner_code": "A",
    "sku": "X1",
    "sold_on": dt.date(2026, 1, 5),
    "quantity": D("2.00"),
    "net_amount": "100.50",
    "currency": "CNY",
}


def test_one_line_is_recorded_told_and_repeatable(importer: Importer) -> None:
    line = services.sale_create(actor=importer.actor, **LINE, channel="web", attrs={"site": "B"}, days_to_pay=30)
    assert (line.partner.code, line.net_amount, line.channel, line.attrs, line.days_to_pay) == (
        "A",
        D("100.5"),
        "web",
        {"site": "B"},
        30,
    )
    assert line.import_id is None
    told = Message.objects.get(topic="commerce.sales.recorded").payload
    assert told == {
        "import_id": None,
        "partner_ids": [str(line.partner_id)],
        "since": "2026-01-05",
        "until": "2026-01-05",
    }
    again = services.sale_create(actor=importer.actor, **LINE, channel="web", attrs={"site": "B"}, days_to_pay="30.0")
    assert again.pk == line.pk
    assert Message.objects.filter(topic="commerce.sales.recorded").count() == 1
    with pytest.raises(Conflict) as caught:
        services.sale_create(actor=importer.actor, **LINE)
    assert list(caught.value.fields) == ["channel"]


def test_a_file_and_a_call_make_the_same_line(importer: Importer) -> None:
    services.sale_create(actor=importer.actor, **LINE)
    assert counts(importer.sales("L1,A,X1,2026-01-05,2,100.50,CNY")) == (1, 0, 1, 0)


def test_many_rows_are_answered_one_by_one(importer: Importer) -> None:
    rows = [
        LINE,
        LINE | {"external_id": "L2", "sku": "Z", "quantity": "x"},
        LINE,
        LINE | {"net_amount": 1},
        {},
        LINE | {"external_id": "L3", "sold_on": "2026-02-30"},
        LINE | {"external_id": "L4"},
    ]
    results = services.sales_create(actor=importer.actor, rows=rows)
    assert [result.outcome for result in results] == [
        "created",
        "refused",
        "unchanged",
        "refused",
        "refused",
        "refused",
        "created",
    ]
    assert set(results[1].errors) == {"sku", "quantity"}
    assert set(results[3].errors) == {"net_amount"}
    assert len(results[4].errors) == 7
    assert results[5].errors == {"sold_on": ["There is no such day: 2026-02-30."]}
    assert set(SaleLine.objects.values_list("external_id", flat=True)) == {"L1", "L4"}


@pytest.mark.parametrize("row", [LINE | {"colour": "red"}, LINE | {"attrs": {f"a{i}": "x" for i in range(60)}}])
def test_unknown_columns_and_too_many_attributes_are_refused(importer: Importer, row: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        services.sales_create(actor=importer.actor, rows=[row])
    with pytest.raises(Invalid):
        services.sales_create(actor=importer.actor, rows=[LINE] * 1001)


def test_attribute_names_are_data(importer: Importer) -> None:
    attrs = {"it's": "a'b", 'quo"te': "1%s", "100%": "%(x)s", "客户": "值"}
    line = services.sale_create(actor=importer.actor, **LINE, attrs=attrs)
    assert SaleLine.objects.get(pk=line.pk).attrs == attrs


def test_lines_refer_to_partners_and_products_of_their_own_tenant(importer: Importer, cast: Cast) -> None:
    line = services.sale_create(actor=importer.actor, **LINE | {"partner_code": "P-2"})
    rows = Partner.objects.filter(pk=cast.other_partner.pk)
    with pytest.raises(IntegrityError, match="commerce_saleline_partner_fk"), transaction.atomic():
        rows._raw_delete(rows.db)
    foreign = make_cast(make_tenant("rival")).partner.pk
    unknown = "00000000-0000-7000-8000-000000000000"
    messages = []
    for partner_id in (foreign, unknown):
        with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO commerce_saleline (tenant_id, external_id, partner_id, product_id, sold_on, quantity,"
                " net_amount, currency, invoice_no, customer_code, customer_name, customer_segment, customer_industry,"
                " channel, deal_ref, sold_by, reverses, attrs, created_at) VALUES (%s, 'F', %s, %s, '2026-01-01', 1, 1,"
                " 'CNY', '', '', '', '', '', '', '', '', '', '{}', now())",
                [importer.tenant.pk, partner_id, line.product_id],
            )
        messages.append(str(caught.value).splitlines()[0])
    assert messages[0] == messages[1]
    assert "violates foreign key constraint" in messages[0]


def test_products(importer: Importer) -> None:
    product = services.product_create(actor=importer.actor, sku=" N1 ", name="New", unit_cost="12.5")
    assert (product.sku, product.unit_cost) == ("N1", D("12.5"))
    services.product_update(actor=importer.actor, product_id=product.pk, unit_cost="", brand="Own")
    services.product_update(actor=importer.actor, product_id=product.pk, brand="Own")
    assert Message.objects.filter(topic="commerce.products.changed").count() == 2
    for wrong in ({"unit_cost": "-1"}, {"unit_cost": "1e5"}, {"name": ""}, {"sku": "other"}):
        with pytest.raises(Invalid) as caught:
            services.product_update(actor=importer.actor, product_id=product.pk, **wrong)
        assert list(caught.value.fields) == list(wrong)
    with pytest.raises(Conflict), transaction.atomic():
        services.product_create(actor=importer.actor, sku="N1", name="Again")


def test_rates(importer: Importer) -> None:
    good = {"from_currency": "USD", "to_currency": "CNY", "valid_from": dt.date(2026, 1, 1), "rate": "7.1"}
    rate = services.rate_create(actor=importer.actor, **good)
    assert rate.rate == D("7.1")
    assert Message.objects.get(topic="commerce.rates.changed").payload == {"since": "2026-01-01"}
    for wrong in ({"rate": "0"}, {"rate": "-7"}, {"rate": "x"}, {"to_currency": "ZZZ"}, {"to_currency": "USD"}):
        with pytest.raises(Invalid) as caught:
            services.rate_create(actor=importer.actor, **good | wrong)
        assert list(caught.value.fields) == list(wrong)
    with pytest.raises(Conflict):
        services.rate_create(actor=importer.actor, **good)
    assert [row.rate for row in selectors.rate_list(importer.actor, from_currency="USD")] == [D("7.1")]


def test_lists_and_who_sees_what(importer: Importer, cast: Cast, django_assert_num_queries) -> None:
    importer.sales("L1,A,X1,2026-01-05,2,1,CNY", "L2,P-1,X2,2026-02-05,2,1,CNY", "M1,P-2,X2,2026-03-05,2,1,CNY")

    def ids(actor=importer.actor, **filters: object) -> list[str]:
        return [line.external_id for line in selectors.sale_list(actor, **filters)]

    with django_assert_num_queries(1):
        assert [
            (line.external_id, line.partner.code, line.product.sku) for line in selectors.sale_list(importer.actor)
        ] == [
            ("M1", "P-2", "X2"),
            ("L2", "P-1", "X2"),
            ("L1", "A", "X1"),
        ]
    assert ids(search="L") == ["L2", "L1"]
    assert ids(search="%") == []
    assert ids(sku="X2", until=dt.date(2026, 2, 5)) == ["L2"]
    assert ids(since=dt.date(2026, 2, 6)) == ["M1"]
    assert ids(partner_id=cast.other_partner.pk) == ["M1"]
    own = cast.actor(Role.PARTNER_SALES)
    assert ids(own) == ["L2"]
    theirs = SaleLine.objects.get(external_id="M1")
    with pytest.raises(NotFound):
        selectors.sale_get(own, theirs.pk)
    assert selectors.sale_get(importer.actor, theirs.pk).product.sku == "X2"
    for forbidden in (selectors.product_list, selectors.rate_list):
        with pytest.raises(Forbidden):
            forbidden(own)
    with pytest.raises(Forbidden):
        services.sales_create(actor=cast.actor(Role.MARKETING), rows=[LINE])
    assert selectors.product_facets(importer.actor) == {"line": ["Road"], "category": ["Bikes"], "brand": ["Own"]}
    assert [product.sku for product in selectors.product_list(importer.actor, search="swi")] == ["X2"]
