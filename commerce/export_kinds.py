"""What finance exports of this app: sale lines."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.models import SaleLine
from commerce.selectors import sale_list
from partners.models import Partner
from prm.errors import Invalid
from prm.exports.cells import CODE, DAY, INSTANT, NUMBER
from prm.exports.kinds import Column, ExportKind, Filter, register
from prm.identity.actor import Actor
from prm.identity.rights import Right

SALE = [
    Column("external_id", gettext_lazy("Line id"), "external_id"),
    Column("partner_code", gettext_lazy("Partner code"), "partner__code"),
    Column("partner_name", gettext_lazy("Partner"), "partner__name"),
    Column("sku", gettext_lazy("SKU"), "product__sku"),
    Column("product_name", gettext_lazy("Product"), "product__name"),
    Column("product_line", gettext_lazy("Product line"), "product__line", usual=False),
    Column("sold_on", gettext_lazy("Sold on"), "sold_on", DAY),
    Column("quantity", gettext_lazy("Quantity"), "quantity", NUMBER),
    Column("net_amount", gettext_lazy("Net amount"), "net_amount", NUMBER),
    Column("currency", gettext_lazy("Currency"), "currency", CODE),
    Column("invoice_no", gettext_lazy("Invoice"), "invoice_no"),
    Column("customer_code", gettext_lazy("Customer code"), "customer_code", usual=False),
    Column("customer_name", gettext_lazy("Customer"), "customer_name"),
    Column("customer_segment", gettext_lazy("Customer segment"), "customer_segment", usual=False),
    Column("channel", gettext_lazy("Channel"), "channel", usual=False),
    Column("deal_ref", gettext_lazy("Deal"), "deal_ref", usual=False),
    Column("sold_by", gettext_lazy("Sold by"), "sold_by", usual=False),
    Column("reverses", gettext_lazy("Reverses"), "reverses"),
    Column("recorded_at", gettext_lazy("Recorded"), "created_at", INSTANT, usual=False),
]
PARTNER = Filter("partner", gettext_lazy("Partner code"), hint=gettext_lazy("Of one partner only."))


def partner_named(code: str) -> Partner | None:
    """None for no code. Raises `Invalid` for one that nobody has."""
    if not code:
        return None
    found = Partner.objects.filter(code=code).first()
    if found is None:
        raise Invalid(fields={"partner": [_("There is no partner with this code.")]})
    return found


def sales(
    actor: Actor, *, partner: str = "", sku: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[SaleLine]:
    owner = partner_named(partner)
    rows = sale_list(actor, partner_id=owner.pk if owner else None, sku=sku, since=since, until=until)
    return rows.order_by("sold_on", "id")


register(
    ExportKind(
        "sales",
        gettext_lazy("Sale lines"),
        gettext_lazy("Every line as it was imported, returns included."),
        Right.SALES_VIEW,
        SALE,
        [
            Filter("since", gettext_lazy("Sold from"), "day"),
            Filter("until", gettext_lazy("Sold until"), "day"),
            PARTNER,
            Filter("sku", gettext_lazy("SKU")),
        ],
        sales,
    )
)
