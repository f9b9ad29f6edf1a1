"""The first sale of a partner: what counts as its first success while no deal is known (`partners.firsts`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Min

from commerce.models import SaleLine
from partners.firsts import register_first


def first_sales(partner_ids: Collection[UUID]) -> Mapping[UUID, dt.date]:
    rows = SaleLine.objects.filter(partner_id__in=partner_ids, reverses="")
    return dict(rows.order_by().values_list("partner_id").annotate(Min("sold_on")))


register_first("sale", 1, first_sales)
