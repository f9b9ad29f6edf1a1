"""Shapes that several operations of this app share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from prm.api.operations import Call
from prm.api.pagination import MAX_LIMIT, bad_cursor
from prm.api.serializers import DecimalText, Output, Query
from prm.errors import Invalid
from rebates.selectors.pages import LinePage

MEASURE = "Null for a partner's people where a program goes by the vendor's margin."


class BothLanguages(serializers.Serializer[Any]):
    """A text in the languages of the product."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"en": serializers.CharField(), "zh-hans": serializers.CharField()}


class TotalOutput(Output):
    currency = serializers.CharField()
    total = DecimalText()
    count = serializers.IntegerField()


class TotalsOutput(Output):
    """One row for each currency: amounts of different currencies are never added."""

    items = TotalOutput(many=True)


class LinesQuery(Query):
    limit = serializers.IntegerField(min_value=1, help_text="Rows of one page: 50 unless given, never over 200.")
    cursor = serializers.CharField(help_text="The `next_cursor` of the page before.")


class LineShareOutput(Output):
    sale_id = serializers.IntegerField(source="sale.pk")
    external_id = serializers.CharField(source="sale.external_id")
    sold_on = serializers.DateField(source="sale.sold_on")
    counts_on = serializers.DateField(help_text="Day of the original for a return that restates it.")
    sku = serializers.CharField(source="sale.product.sku")
    quantity = DecimalText(source="sale.quantity")
    net_amount = DecimalText(source="sale.net_amount")
    currency = serializers.CharField(source="sale.currency")
    measure = DecimalText(allow_null=True, help_text=f"What the line adds to the program's measure. {MEASURE}")
    amount = DecimalText(help_text="The line's share of the payout; the shares of all lines add up to it.")


class LinePageOutput(Output):
    items = LineShareOutput(source="rows", many=True)
    estimated = serializers.BooleanField(
        help_text="Of very many lines in an open period each share is rounded for itself, at most one minor unit off."
    )
    next_cursor = serializers.SerializerMethodField()

    def get_next_cursor(self, page: LinePage) -> str | None:
        return page.next or None


def position(call: Call) -> dict[str, Any]:
    """`after` and `limit` for the selectors that page through lines."""
    return {"after": call.query.get("cursor"), "limit": min(call.query.get("limit", 50), MAX_LIMIT)}


class cursor_checked:  # noqa: N801 (reads as a statement)
    """The selectors call a wrong position invalid input; to a client it is a wrong cursor."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Invalid):
            raise bad_cursor() from error
