"""Suspected double payments: sales of closed periods that look like one and the same under two external ids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Sum, Window

from commerce.models import SaleLine
from rebates.models import StatementSale

SHOWN = 500


@dataclass(frozen=True, slots=True)
class Double:
    """Lines with the same partner, product, day, quantity, amount and invoice. `paid` is what all but the first earned
    in statements, in `currency`.
    """

    partner_id: UUID
    partner_code: str
    partner_name: str
    sku: str
    sold_on: object
    net_amount: Decimal
    sale_currency: str
    invoice_no: str
    external_ids: tuple[str, ...]
    paid: Decimal
    currency: str


def doubles() -> list[Double]:
    """Those that statements paid for, the most expensive first. Lines that a return took back are no doubles."""
    alike = [F(name) for name in ("partner", "product", "sold_on", "quantity", "net_amount", "currency", "invoice_no")]
    returned = SaleLine.objects.exclude(reverses="").values("reverses")
    counted = SaleLine.objects.filter(net_amount__gt=0, reverses="").exclude(external_id__in=returned)
    rows = counted.annotate(alike=Window(Count("pk"), partition_by=alike)).filter(alike__gt=1)
    groups: dict[tuple[object, ...], list[SaleLine]] = defaultdict(list)
    for line in rows.select_related("partner", "product").order_by("pk"):
        key = (line.partner_id, line.product_id, line.sold_on, line.quantity, line.net_amount, line.currency,
               line.invoice_no)  # fmt: skip
        groups[key].append(line)
    paid = _paid([line.pk for found in groups.values() for line in found[1:]])
    result = [_double(found, currency, amount) for found in groups.values() for currency, amount in _sums(found, paid)]
    return sorted(result, key=lambda one: (-one.paid, one.partner_code, one.external_ids))[:SHOWN]


def _paid(line_ids: list[int]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = StatementSale.objects.filter(sale_line_id__in=line_ids).order_by()
    columns = ("sale_line_id", "statement_line__statement__currency")
    for line_id, currency, total in rows.values_list(*columns).annotate(Sum("amount")):
        found[line_id][currency] = total
    return found


def _sums(lines: list[SaleLine], paid: dict[int, dict[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """What the lines after the first earned, by currency; nothing where none was paid."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines[1:]:
        for currency, amount in paid.get(line.pk, {}).items():
            sums[currency] += amount
    return [(currency, amount) for currency, amount in sorted(sums.items()) if amount]


def _double(lines: list[SaleLine], currency: str, paid: Decimal) -> Double:
    first = lines[0]
    return Double(
        first.partner_id, first.partner.code, first.partner.name, first.product.sku, first.sold_on, first.net_amount,
        first.currency, first.invoice_no, tuple(line.external_id for line in lines), paid, currency,
    )  # fmt: skip
