"""Reading products, exchange rates, overdue receivables and sale lines. Each call authorises."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from commerce.models import ExchangeRate, Overdue, Product, SaleLine
from commerce.policies import require_vendor, visible_sales
from prm.db.search import search_rows
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right

FACETS = ("line", "category", "brand")


def product_list(
    actor: Actor, *, search: str = "", line: str = "", category: str = "", brand: str = ""
) -> QuerySet[Product]:
    """Products by SKU. `search` looks at SKU and name."""
    require_vendor(actor, Right.PRODUCTS_VIEW)
    rows: QuerySet[Product] = Product.objects.all()
    for name, value in {"line": line, "category": category, "brand": brand}.items():
        rows = rows.filter((name, value)) if value else rows
    return search_rows(rows, search, code="sku", folded="name_folded").order_by("sku")


def product_get(actor: Actor, product_id: UUID) -> Product:
    require_vendor(actor, Right.PRODUCTS_VIEW)
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    return product


def product_facets(actor: Actor) -> dict[str, list[str]]:
    """The values that filters of the list offer: `line`, `category`, `brand`, each sorted."""
    require_vendor(actor, Right.PRODUCTS_VIEW)
    return {
        name: list(Product.objects.exclude((name, "")).order_by(name).values_list(name, flat=True).distinct())
        for name in FACETS
    }


def rate_list(actor: Actor, *, from_currency: str = "", to_currency: str = "") -> QuerySet[ExchangeRate]:
    """Rates by pair, the newest of each first."""
    require_vendor(actor, Right.RATES_VIEW)
    rows: QuerySet[ExchangeRate] = ExchangeRate.objects.all()
    rows = rows.filter(from_currency=from_currency) if from_currency else rows
    rows = rows.filter(to_currency=to_currency) if to_currency else rows
    return rows.order_by("from_currency", "to_currency", "-valid_from")


def overdue_list(actor: Actor, *, search: str = "", only_current: bool = False) -> QuerySet[Overdue]:
    """The newest days first, with `is_current`: no newer row of the partner and currency has replaced it."""
    require_vendor(actor, Right.SALES_VIEW)
    newer = Overdue.objects.filter(
        partner_id=OuterRef("partner_id"), currency=OuterRef("currency"), as_of__gt=OuterRef("as_of")
    )
    rows: QuerySet[Any] = Overdue.objects.select_related("partner").annotate(is_current=~Exists(newer))
    if text := search.strip():
        rows = rows.filter(Q(partner__code__icontains=text) | Q(partner__name__icontains=text))
    if only_current:
        rows = rows.filter(is_current=True, amount__gt=0)
    return rows.order_by("-as_of", "partner__code", "currency", "id")


def overdue_get(actor: Actor, overdue_id: UUID) -> Overdue:
    """Raises `NotFound`."""
    found = overdue_list(actor).filter(pk=overdue_id).first()
    if found is None:
        raise NotFound
    return found


def sale_list(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    sku: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    import_id: UUID | None = None,
    search: str = "",
) -> QuerySet[SaleLine]:
    """Sale lines with partner and product, the newest first; both days included. `search` begins the external id."""
    rows = visible_sales(actor).select_related("partner", "product")
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    rows = rows.filter(sold_on__gte=since) if since else rows
    rows = rows.filter(sold_on__lte=until) if until else rows
    rows = rows.filter(import_id=import_id) if import_id else rows
    if sku:
        # By the id, which is looked up once: a join would be planned on all tenants' statistics.
        rows = rows.filter(product_id__in=list(Product.objects.filter(sku=sku).values_list("pk", flat=True)))
    text = search.strip().replace("\0", "")
    rows = rows.filter(external_id__prefix=text) if text else rows
    return rows.order_by("-id")


def sale_get(actor: Actor, sale_id: int) -> SaleLine:
    """Raises `NotFound`, also for a line of another partner."""
    line = visible_sales(actor).select_related("partner", "product").filter(pk=sale_id).first()
    if line is None:
        raise NotFound
    return line
