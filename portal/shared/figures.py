"""Figures of sales and accruals for charts and tiles: sums that selectors' rows add up to, never across currencies."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commerce.selectors import sale_list
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from rebates.engine.periods import Calendar, Period, PeriodKind

ZERO = Decimal(0)
MONTHS = 13


@dataclass(frozen=True, slots=True)
class Sales:
    """Net sales of the last months in the currency that most of it is in, and the quarters for comparison.

    `before` is the part of the previous quarter up to the same day as today: a running quarter is not compared with a
    whole one. `others` are this quarter's sums in other currencies.
    """

    currency: str
    months: list[dt.date]
    values: list[Decimal]
    quarter: Period
    total: Decimal
    before: Decimal
    others: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def change(self) -> Decimal | None:
        return self.total / self.before - 1 if self.before > 0 else None

    @property
    def is_empty(self) -> bool:
        return not any(self.values)

    @property
    def chart(self) -> dict[str, Any]:
        return {
            "title": _("Net sales by month"),
            "desc": _("Net sales of the last 13 months in %(currency)s") % {"currency": self.currency},
            "cats": [date_format(month, "M y" if month.month == 1 else "M") for month in self.months],
            "series": [{"name": _("Net sales"), "values": self.values}],
            "fmt": "money",
            "currency": self.currency,
        }


def sales_figures(actor: Actor, partner_id: UUID | None = None) -> Sales:
    """Two queries: the months, and the two quarters up to today."""
    tenant = require_tenant()
    today = clock.today(tenant)
    calendar = Calendar(tenant.fiscal_start_month)
    quarter = calendar.period(PeriodKind.QUARTER, today)
    months = _months(today)
    by_month = _by_month(actor, partner_id, months[0], today)
    currency = _main(by_month, tenant.base_currency)
    before = calendar.previous(quarter)
    same_day = min(before.end, before.start + (today - quarter.start))
    now = _sums(actor, partner_id, quarter.start, today)
    return Sales(
        currency=currency,
        months=months,
        values=[by_month[month, currency] for month in months],
        quarter=quarter,
        total=now.get(currency, ZERO),
        before=_sums(actor, partner_id, before.start, same_day).get(currency, ZERO),
        others=[(code, total) for code, total in sorted(now.items()) if code != currency and total],
    )


def _months(today: dt.date) -> list[dt.date]:
    first = today.year * 12 + today.month - MONTHS
    return [dt.date((first + i) // 12, (first + i) % 12 + 1, 1) for i in range(MONTHS)]


def _by_month(
    actor: Actor, partner_id: UUID | None, since: dt.date, until: dt.date
) -> defaultdict[tuple[dt.date, str], Decimal]:
    rows = sale_list(actor, partner_id=partner_id, since=since, until=until).order_by()
    summed = rows.values_list(TruncMonth("sold_on"), "currency").annotate(total=Sum("net_amount"))
    return defaultdict(Decimal, {(month, currency): total for month, currency, total in summed.order_by()})


def _sums(actor: Actor, partner_id: UUID | None, since: dt.date, until: dt.date) -> dict[str, Decimal]:
    rows = sale_list(actor, partner_id=partner_id, since=since, until=until).order_by()
    return dict(rows.values_list("currency").annotate(total=Sum("net_amount")).order_by())


def _main(by_month: Iterable[tuple[dt.date, str]], base: str) -> str:
    """The base currency if anything was sold in it, else the one sold in most months."""
    found = [currency for _month, currency in by_month]
    return base if base in found or not found else max(sorted(set(found)), key=found.count)
