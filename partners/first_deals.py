"""The first deal of a partner, as far as other systems have told of it: for `partners.firsts`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Min

from partners.firsts import register_first
from partners.models import MetricFact


def first_deals(partner_ids: Collection[UUID]) -> Mapping[UUID, dt.date]:
    rows = MetricFact.objects.filter(metric="deals_registered", partner_id__in=partner_ids, value__gt=0)
    return dict(rows.order_by().values_list("partner_id").annotate(Min("as_of")))


register_first("deal", 0, first_deals)
