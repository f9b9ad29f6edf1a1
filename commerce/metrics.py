"""What sale lines tell of partners: revenue, its growth, orders, customers, breadth, returns.

Amounts are converted at the rate of the day of sale. A line without a rate is left out and counted as missing.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from commerce.models import SaleLine
from partners.metrics.registry import Better, Metric, Only, Sql, Unit, register
from partners.metrics.values import within
from partners.metrics.windows import Window
from prm.db.scope import require_tenant

IS_SALE = "l.quantity >= 0 AND l.net_amount >= 0"
OWNER, SOURCE = _("Sales operations"), _("Sale lines")


def amounts(window: Window, only: Only, columns: str) -> Sql:
    """FROM `a`: the lines of the window added up by partner and currency, where it must be converted also by day.

    `columns` aggregates further sums of lines `l`, with a comma before each. `x.rate` is NULL where there is no rate.
    """
    base = require_tenant().base_currency
    where, own = within("l.partner_id", only)
    day = "CASE WHEN l.currency = %s THEN NULL ELSE l.sold_on END"
    return (
        (
            f"(SELECT l.partner_id, l.currency, {day} AS day, sum(l.net_amount) AS amount, count(*) AS lines{columns}"
            f" FROM commerce_saleline l WHERE l.sold_on BETWEEN %s::date AND %s::date AND {where}"
            f" GROUP BY l.partner_id, l.currency, {day}) a"
            " LEFT JOIN LATERAL (SELECT r.rate FROM commerce_exchangerate r WHERE r.from_currency = a.currency"
            " AND r.to_currency = %s AND r.valid_from <= a.day ORDER BY r.valid_from DESC LIMIT 1) f"
            " ON a.day IS NOT NULL CROSS JOIN LATERAL (SELECT CASE WHEN a.day IS NULL THEN 1 ELSE f.rate END AS rate) x"
        ),
        [base, window.since, window.until, *own, base, base],
    )


MISSING = "coalesce(sum(a.lines) FILTER (WHERE x.rate IS NULL), 0)::bigint"


def revenue(window: Window, only: Only) -> Sql:
    source, params = amounts(window, only, "")
    return f"SELECT a.partner_id, sum(a.amount * x.rate), {MISSING} FROM {source} GROUP BY a.partner_id", params


def revenue_growth(window: Window, only: Only) -> Sql:
    """Without revenue a year before there is nothing to grow from: no value."""
    now, now_params = revenue(window, only)
    before, before_params = revenue(window.year_before, only)
    return (
        (
            "SELECT b.partner_id, coalesce(n.value, 0) / b.value - 1, coalesce(n.missing, 0) + b.missing"
            f" FROM ({before}) b (partner_id, value, missing)"
            f" LEFT JOIN ({now}) n (partner_id, value, missing) ON n.partner_id = b.partner_id WHERE b.value > 0"
        ),
        [*before_params, *now_params],
    )


def return_rate(window: Window, only: Only) -> Sql:
    """Without sales there is nothing that could have come back: no value."""
    sold = f", coalesce(sum(l.net_amount) FILTER (WHERE {IS_SALE}), 0) AS sold"
    source, params = amounts(window, only, sold)
    return (
        (
            "SELECT g.partner_id, (g.sold - g.net) / g.sold, g.missing FROM (SELECT a.partner_id,"
            f" sum(a.sold * x.rate) AS sold, sum(a.amount * x.rate) AS net, {MISSING} AS missing"
            f" FROM {source} GROUP BY a.partner_id) g WHERE g.sold > 0"
        ),
        params,
    )


def orders(window: Window, only: Only) -> Sql:
    where, own = within("l.partner_id", only)
    return (
        (
            "SELECT l.partner_id, count(DISTINCT coalesce(nullif(l.invoice_no, ''), 'line ' || l.external_id)),"
            " 0::bigint"
            f" FROM commerce_saleline l WHERE l.sold_on BETWEEN %s::date AND %s::date AND {IS_SALE} AND {where}"
            " GROUP BY l.partner_id"
        ),
        [window.since, window.until, *own],
    )


def product_lines(window: Window, only: Only) -> Sql:
    where, own = within("l.partner_id", only)
    return (
        (
            "SELECT d.partner_id, count(DISTINCT p.line), 0::bigint FROM (SELECT DISTINCT l.partner_id, l.product_id"
            f" FROM commerce_saleline l WHERE l.sold_on BETWEEN %s::date AND %s::date AND {IS_SALE} AND {where}) d"
            " JOIN commerce_product p ON p.id = d.product_id WHERE p.line <> '' GROUP BY d.partner_id"
        ),
        [window.since, window.until, *own],
    )


def new_customers(window: Window, only: Only) -> Sql:
    """A customer is won by whoever sold to it first, in all of the vendor's sales."""
    where, own = within("c.partner_id", only)
    return (
        (
            "SELECT c.partner_id, count(*), 0::bigint FROM (SELECT DISTINCT ON (l.customer_code) l.customer_code,"
            f" l.partner_id FROM commerce_saleline l WHERE l.sold_on BETWEEN %s::date AND %s::date AND {IS_SALE}"
            " AND l.customer_code <> '' ORDER BY l.customer_code, l.sold_on, l.external_id COLLATE \"C\") c"
            f" WHERE {where} AND NOT EXISTS (SELECT FROM commerce_saleline l WHERE l.customer_code = c.customer_code"
            f" AND l.customer_code <> '' AND l.sold_on < %s::date AND {IS_SALE}) GROUP BY c.partner_id"
        ),
        [window.since, window.until, *own, window.since],
    )


def freshness() -> dt.datetime | None:
    """When the newest line came in."""
    return SaleLine.objects.order_by("-id").values_list("created_at", flat=True).first()


ZERO = Decimal(0)

register(Metric(
    code="revenue",
    name=_("Revenue"),
    definition=_(
        "Net amount of all sale lines of the window, returns taken off on their own day, in the base "
        "currency at the rate of the day of sale. Lines without a rate are left out and counted."
    ),
    unit=Unit.MONEY,
    better=Better.UP,
    owner=OWNER,
    source=SOURCE,
    query=revenue,
    freshness=freshness,
    absent=ZERO,
))  # fmt: skip

register(Metric(
    code="revenue_growth",
    name=_("Revenue growth"),
    definition=_(
        "Revenue of the window over that of the same days a year before, less one. Unknown without "
        "revenue a year before."
    ),
    unit=Unit.RATIO,
    better=Better.UP,
    owner=OWNER,
    source=SOURCE,
    query=revenue_growth,
    freshness=freshness,
    adds=False,
    growth_of="revenue",
    lowest=Decimal(-1),
))  # fmt: skip

register(Metric(
    code="orders",
    name=_("Orders"),
    definition=_("Different invoice numbers of the window, returns left out; a line without number is an order."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=OWNER,
    source=SOURCE,
    query=orders,
    freshness=freshness,
    absent=ZERO,
    lowest=ZERO,
))  # fmt: skip

register(Metric(
    code="new_customers",
    name=_("New customers"),
    definition=_("Customers whose very first purchase, from whomever, was in the window and from this partner."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=OWNER,
    source=SOURCE,
    query=new_customers,
    freshness=freshness,
    absent=ZERO,
    lowest=ZERO,
))  # fmt: skip

register(Metric(
    code="product_lines",
    name=_("Product lines sold"),
    definition=_("Different product lines of which the partner sold something in the window."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=OWNER,
    source=SOURCE,
    query=product_lines,
    freshness=freshness,
    absent=ZERO,
    lowest=ZERO,
))  # fmt: skip

register(Metric(
    code="return_rate",
    name=_("Return rate"),
    definition=_(
        "Amount of returns and credit notes of the window over the amount of its sales. Unknown without sales."
    ),
    unit=Unit.RATIO,
    better=Better.DOWN,
    owner=OWNER,
    source=SOURCE,
    query=return_rate,
    freshness=freshness,
    adds=False,
    lowest=ZERO,
    highest=Decimal(1),
))  # fmt: skip
