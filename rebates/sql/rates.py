"""Small look-ups for payouts that hang together: rates to the base currency, codes of partners."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import date
from decimal import Decimal

from django.db import connection

from rebates.engine.chain import Rates

from .parameters import Parameters, Sources
from .plan import Plan
from .stages import partner_filter


def base_rates(plan: Plan, sources: Sources) -> Rates:
    """Rates to the base currency of the currencies in which programs of `best` groups pay."""
    own = {version.program.currency for version in plan.versions if version.program.stacking.rule == "best"}
    found: dict[str, tuple[list[date], list[Decimal]]] = defaultdict(lambda: ([], []))
    if len(own) > 1:
        p = Parameters()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT from_currency, valid_from, rate FROM {sources.rates}"
                f" WHERE to_currency = {p(plan.base_currency, 'text')}"
                f" AND from_currency = ANY({p(sorted(own), 'text[]')}) ORDER BY valid_from",
                p.values,
            )
            for currency, day, rate in cursor.fetchall():
                found[currency][0].append(day)
                found[currency][1].append(rate)

    def rate_on(currency: str, day: date) -> Decimal | None:
        if currency == plan.base_currency:
            return Decimal(1)
        days, rates = found.get(currency, ([], []))
        position = bisect_right(days, day)
        return rates[position - 1] if position else None

    return rate_on


def partner_codes(plan: Plan, sources: Sources) -> Mapping[Hashable, str]:
    """The codes by which a budget that is too small is split; none where no program has one."""
    if all(version.program.cap is None for version in plan.versions):
        return {}
    p = Parameters()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT q.id, q.code FROM {sources.partners} q WHERE {partner_filter(plan, p)}", p.values)
        return dict(cursor.fetchall())
