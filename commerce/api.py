from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from commerce.models import ExchangeRate, Overdue, Product, SaleLine
from commerce.selectors import overdue_get, overdue_list, product_get, product_list, rate_list, sale_get, sale_list
from commerce.services import (
    MAX_ROWS,
    SaleResult,
    overdue_record,
    product_create,
    product_update,
    rate_create,
    sale_create,
    sales_create,
)
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import CellField, DecimalText, ExactDecimalField, Input, Output, Query
from prm.identity.rights import Right

# A partner's people with access to its earnings see its own lines.
SALE_READERS = (Right.SALES_VIEW, Right.OWN_EARNINGS_VIEW)


class ProductQuery(Query):
    search = serializers.CharField(help_text="Start of the SKU, or part of the name.")
    line = serializers.CharField()
    category = serializers.CharField()
    brand = serializers.CharField()


class ProductOutput(Output):
    id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    line = serializers.CharField()
    category = serializers.CharField()
    brand = serializers.CharField()
    unit_cost = DecimalText(allow_null=True, help_text="In the vendor's base currency.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProductChange(Input):
    name = serializers.CharField(max_length=300)
    line = serializers.CharField(max_length=100, required=False, allow_blank=True)
    category = serializers.CharField(max_length=100, required=False, allow_blank=True)
    brand = serializers.CharField(max_length=100, required=False, allow_blank=True)
    unit_cost = ExactDecimalField(max_digits=20, decimal_places=6, required=False, allow_null=True)


class ProductInput(ProductChange):
    sku = serializers.CharField(max_length=100)


class RateQuery(Query):
    from_currency = serializers.CharField(max_length=3)
    to_currency = serializers.CharField(max_length=3)


class RateOutput(Output):
    id = serializers.UUIDField()
    from_currency = serializers.CharField()
    to_currency = serializers.CharField()
    valid_from = serializers.DateField(help_text="Until the pair's next rate.")
    rate = DecimalText(help_text="1 unit of `from_currency` in units of `to_currency`.")


class RateInput(Input):
    from_currency = serializers.CharField(max_length=3)
    to_currency = serializers.CharField(max_length=3)
    valid_from = serializers.DateField()
    rate = ExactDecimalField(max_digits=30, decimal_places=15)


class OverdueQuery(Query):
    search = serializers.CharField(help_text="Part of the partner's code or name.")
    only_current = serializers.BooleanField(help_text="Only what is overdue now.")


class OverdueOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    as_of = serializers.DateField(help_text="Until the next day of the partner and currency.")
    amount = DecimalText(help_text="0: nothing is overdue any more.")
    currency = serializers.CharField()
    is_current = serializers.BooleanField(help_text="No newer amount of the partner and currency has replaced it.")


class OverdueInput(Input):
    partner_code = serializers.CharField(max_length=64)
    as_of = serializers.DateField()
    amount = ExactDecimalField(max_digits=20, decimal_places=6)
    currency = serializers.CharField(max_length=3)


class SaleQuery(Query):
    partner_id = serializers.UUIDField()
    sku = serializers.CharField()
    since = serializers.DateField(help_text="Inclusive.")
    until = serializers.DateField(help_text="Inclusive.")
    import_id = serializers.UUIDField()
    search = serializers.CharField(help_text="Start of the external id.")


class SaleOutput(Output):
    id = serializers.IntegerField()
    external_id = serializers.CharField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    sku = serializers.CharField(source="product.sku")
    sold_on = serializers.DateField()
    quantity = DecimalText()
    net_amount = DecimalText()
    currency = serializers.CharField()
    invoice_no = serializers.CharField()
    customer_code = serializers.CharField()
    customer_name = serializers.CharField()
    customer_segment = serializers.CharField()
    customer_industry = serializers.CharField()
    channel = serializers.CharField()
    deal_ref = serializers.CharField()
    days_to_pay = serializers.IntegerField(allow_null=True)
    sold_by = serializers.CharField()
    reverses = serializers.CharField(help_text="External id of the line that this one takes back.")
    attrs = serializers.DictField(child=serializers.CharField())
    import_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class SaleInput(Input):
    """A line as a file would carry it; the import's own checks judge it."""

    example = {
        "external_id": "INV-2026-1187/3",
        "partner_code": "P-1042",
        "sku": "BK-R93R-62",
        "sold_on": "2026-10-02",
        "quantity": "2",
        "net_amount": "4299.80",
        "currency": "CNY",
        "customer_name": "华东贸易",
    }

    external_id = CellField()
    partner_code = CellField()
    sku = CellField()
    sold_on = CellField(help_text="ISO date.")
    quantity = CellField(help_text="A decimal as text; negative for a return.")
    net_amount = CellField(help_text="A decimal as text; negative for a return.")
    currency = CellField()
    invoice_no = CellField(required=False)
    customer_code = CellField(required=False)
    customer_name = CellField(required=False)
    customer_segment = CellField(required=False)
    customer_industry = CellField(required=False)
    channel = CellField(required=False)
    deal_ref = CellField(required=False)
    days_to_pay = CellField(required=False)
    sold_by = CellField(required=False)
    reverses = CellField(required=False)
    attrs = serializers.DictField(child=CellField(), required=False, help_text="Free attributes of the line.")


class SaleBatchInput(Input):
    example = {"rows": [SaleInput.example]}

    rows = SaleInput(many=True, allow_empty=False, max_length=MAX_ROWS)  # type: ignore[call-arg]


class SaleResultOutput(Output):
    outcome = serializers.ChoiceField(["created", "unchanged", "refused"])
    id = serializers.IntegerField(source="sale.pk", allow_null=True, default=None)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text="Reasons by column."
    )


class SaleBatchOutput(Output):
    created = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="The same line was there already.")
    refused = serializers.IntegerField()
    results = SaleResultOutput(many=True, help_text="In the order of the rows.")


class Products(Endpoint):
    @lists(
        "product_list", Right.PRODUCTS_VIEW, output=ProductOutput, query=ProductQuery,
        orderings={
            "sku": ("sku",), "-sku": ("-sku",), "name": ("name", "id"), "-updated_at": ("-updated_at", "-id"),
        },
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Product]:
        """List products."""
        return product_list(call.actor, **call.query)

    @writes("product_create", Right.PRODUCTS_EDIT, output=ProductOutput, body=ProductInput, status=201)
    def post(self, call: Call) -> Product:
        """Create a product."""
        return product_get(call.actor, product_create(actor=call.actor, **call.data).pk)


class ProductDetail(Endpoint):
    @reads("product_get", Right.PRODUCTS_VIEW, output=ProductOutput)
    def get(self, call: Call, product_id: UUID) -> Product:
        """Get a product."""
        return product_get(call.actor, product_id)

    @writes("product_update", Right.PRODUCTS_EDIT, output=ProductOutput, body=ProductChange, partial=True)
    def patch(self, call: Call, product_id: UUID) -> Product:
        """Change a product; members that are left out stay as they are."""
        product_update(actor=call.actor, product_id=product_id, **call.data)
        return product_get(call.actor, product_id)


class ExchangeRates(Endpoint):
    @lists(
        "exchange_rate_list", Right.RATES_VIEW, output=RateOutput, query=RateQuery,
        orderings={"-valid_from": ("-valid_from", "-id"), "valid_from": ("valid_from", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[ExchangeRate]:
        """List exchange rates."""
        return rate_list(call.actor, **call.query)

    @writes("exchange_rate_create", Right.RATES_EDIT, output=RateOutput, body=RateInput, status=201)
    def post(self, call: Call) -> ExchangeRate:
        """Add an exchange rate, valid from a day until the pair's next rate."""
        created = rate_create(actor=call.actor, **call.data)
        return rate_list(call.actor).get(pk=created.pk)


class OverdueReceivables(Endpoint):
    @lists(
        "overdue_list", Right.SALES_VIEW, output=OverdueOutput, query=OverdueQuery,
        orderings={"-as_of": ("-as_of", "-id"), "as_of": ("as_of", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Overdue]:
        """List what partners had not paid in time, the newest days first."""
        return overdue_list(call.actor, **call.query)

    @writes("overdue_record", Right.SALES_EDIT, output=OverdueOutput, body=OverdueInput, status=201)
    def post(self, call: Call) -> Overdue:
        """Say what a partner has not paid in time as of a day; 0 says that nothing is overdue any more.

        A second amount of the same day and currency replaces the first.
        """
        return overdue_get(call.actor, overdue_record(actor=call.actor, **call.data).pk)


class Sales(Endpoint):
    @lists(
        "sale_list", SALE_READERS, output=SaleOutput, query=SaleQuery,
        orderings={
            "-id": ("-id",), "id": ("id",), "-sold_on": ("-sold_on", "-id"), "sold_on": ("sold_on", "id"),
        },
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[SaleLine]:
        """List sale lines, the last recorded first."""
        return sale_list(call.actor, **call.query)

    @writes("sale_create", Right.SALES_EDIT, output=SaleOutput, body=SaleInput, status=201)
    def post(self, call: Call) -> SaleLine:
        """Record a sale line. The same line again changes nothing; other content under its id is a conflict."""
        created = sale_create(actor=call.actor, **call.data)
        return sale_list(call.actor).get(pk=created.pk)


class SaleBatch(Endpoint):
    @writes("sale_batch_create", Right.SALES_EDIT, output=SaleBatchOutput, body=SaleBatchInput)
    def post(self, call: Call) -> dict[str, Any]:
        """Record up to 1,000 sale lines; a refused row does not stop the others."""
        results: list[SaleResult] = sales_create(actor=call.actor, rows=call.data["rows"])
        counts = Counter(result.outcome for result in results)
        return {name: counts[name] for name in ("created", "unchanged", "refused")} | {"results": results}


class SaleDetail(Endpoint):
    @reads("sale_get", SALE_READERS, output=SaleOutput)
    def get(self, call: Call, sale_id: int) -> SaleLine:
        """Get a sale line."""
        return sale_get(call.actor, sale_id)
