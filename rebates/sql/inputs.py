"""What a payout looks at beside the sums of lines: targets, tiers at period end, distinct values, new customers."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from rebates.engine.calculations import Customer, NewCustomer, Standing, Target
from rebates.engine.periods import Period
from rebates.engine.qualifiers import TierIn

from .direct import customers_sql, distinct_sql
from .parameters import Parameters, Sources
from .plan import Plan
from .run import portions
from .stages import partner_filter, tier_history
from .standing import Standings

Values = dict[str, Decimal]


@dataclass(slots=True)
class CustomerSums:
    """A customer that one partner sold to first: its first order in scope, and its earning measure by span."""

    opened: date
    order: Decimal = Decimal(0)
    earning: dict[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Inputs:
    """Loaded at once for all versions of a plan; empty where no program asks."""

    plan: Plan
    sources: Sources
    targets: Mapping[tuple[str, UUID, str], Decimal] = field(default_factory=dict)
    """by (program code, partner, period key)"""
    distinct: Mapping[tuple[int, int, UUID, int], Values] = field(default_factory=dict)
    """by (bucket, number of the qualifier, partner, span): value → sum"""
    customers: Mapping[tuple[int, UUID], dict[str, CustomerSums]] = field(default_factory=dict)
    """by (bucket, partner)"""
    _tiers: Mapping[UUID, tuple[list[date], list[str | None]]] = field(default_factory=dict)
    _standings: Standings | None = None

    @classmethod
    def load(cls, plan: Plan, sources: Sources) -> "Inputs":
        found = cls(plan, sources)
        programs = {bucket: plan.versions[bucket].program for bucket in sorted({span.bucket for span in plan.spans})}
        codes = [one.code for one in programs.values() if isinstance(one.calculation, Target)]
        if codes:
            found.targets = _targets(plan, sources, codes)
        asked = [one for program in programs.values() for one in program.qualifiers]
        found._standings = Standings(plan, sources, asked)
        if any(isinstance(one, TierIn) for one in asked):
            found._tiers = _tiers(plan, sources)
        found.distinct, found.customers = {}, {}
        for bucket, program in programs.items():
            for number, qualifier in enumerate(program.distincts):
                found.distinct |= _distinct(plan, sources, bucket, number, qualifier.field)
            if isinstance(program.calculation, NewCustomer):
                found.customers |= _customers(plan, sources, bucket, once=program.calculation.amount is not None)
        return found

    def standing(self, partner_id: UUID, period: Period) -> Standing:
        """The partner as it is on the last day of the period."""
        days, tiers = self._tiers.get(partner_id, ([], []))
        day = self.plan.last_day_of(period)
        position = bisect_right(days, day)
        tier = tiers[position - 1] or None if position else None
        return self._standings.on(partner_id, day, tier) if self._standings else Standing(tier=tier)

    def customers_in(self, bucket: int, partner_id: UUID, span: int) -> tuple[Customer, ...]:
        """The new customers with a line that can earn in the span."""
        found, start = [], self.plan.spans[span].first
        for code, sums in self.customers.get((bucket, partner_id), {}).items():
            if span not in sums.earning:
                continue
            before = sum(
                (value for other, value in sums.earning.items() if self.plan.spans[other].first < start), Decimal(0)
            )
            opens = self.plan.spans[span].first <= sums.opened <= self.plan.spans[span].last
            found.append(Customer(code, sums.order, opens, before, before + sums.earning[span]))
        return tuple(sorted(found, key=lambda one: one.code))


def _targets(plan: Plan, sources: Sources, codes: list[str]) -> dict[tuple[str, UUID, str], Decimal]:
    p = Parameters()
    where = f"program_code = ANY({p(codes, 'text[]')})"
    if plan.partner_ids is not None:
        where += f" AND partner_id = ANY({p(plan.partner_ids, 'uuid[]')})"
    rows = portions(f"SELECT program_code, partner_id, period_key, target FROM {sources.targets} WHERE {where}", p)
    return {(code, partner_id, key): target for code, partner_id, key, target in rows}


def _tiers(plan: Plan, sources: Sources) -> dict[UUID, tuple[list[date], list[str | None]]]:
    p = Parameters()
    found: dict[UUID, tuple[list[date], list[str | None]]] = defaultdict(lambda: ([], []))
    history = tier_history(sources, partner_filter(plan, p))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT partner_id, starts, tier FROM ({history}) h ORDER BY partner_id, starts", p.values)
        for partner_id, starts, tier in cursor.fetchall():
            found[partner_id][0].append(starts)
            found[partner_id][1].append(tier)
    return found


def _distinct(plan: Plan, sources: Sources, bucket: int, number: int, name: str) -> dict[Any, Values]:
    p = Parameters()
    found: dict[Any, Values] = defaultdict(dict)
    rows = portions(distinct_sql(plan.focused(bucket), sources, p, bucket, name), p, plan)
    for partner_id, span, value, total in rows:
        found[bucket, number, partner_id, span][value] = total
    return found


def _customers(
    plan: Plan, sources: Sources, bucket: int, *, once: bool
) -> dict[tuple[int, UUID], dict[str, CustomerSums]]:
    p = Parameters()
    found: dict[tuple[int, UUID], dict[str, CustomerSums]] = defaultdict(dict)
    rows = portions(customers_sql(plan.focused(bucket), sources, p, bucket, once=once), p, plan)
    for partner_id, code, span, opened, order, earning in rows:
        sums = found[bucket, partner_id].setdefault(code, CustomerSums(opened))
        if order is not None:
            # All lines of a first order are of one day, so of one span.
            sums.order = order
        if earning is not None:
            sums.earning[span] = earning
    return found
