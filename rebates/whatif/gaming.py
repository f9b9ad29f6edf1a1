"""Bands that were reached by sales of a period's last days which came back afterwards.

Pulling orders into the end of a period to reach a band, and returning them in the next, costs the vendor the band. What
is shown here is a question to ask the partner, not a verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.program import Program as Rules
from rebates.engine.program import parse_program
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.models import Program
from rebates.sql import Evaluated, Sources
from rebates.versions import versions_in_force
from rebates.whatif.names import Partners, Who

LAST_DAYS = 5
SHARE = Decimal("0.2")
COUNTING = {
    "measure": "quantity", "calculation": {"type": "marginal", "bands": [{"from": "0", "rate": "0"}]},
    "returns": "restate",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`sold` units of the last days, `returned` of them in the next period; `paid` with these lines, `without` them."""

    partner: Who
    period: Period
    currency: str
    sold: Decimal
    returned: Decimal
    paid: Decimal
    without: Decimal

    @property
    def share(self) -> Decimal:
        return self.returned / self.sold

    @property
    def at_stake(self) -> Decimal:
        return self.paid - self.without


def suspicions(program: Program, period: Period) -> list[Suspicion]:
    """Payouts are those of the period's last day, before returns."""
    versions = versions_in_force([program.pk])
    own = [one for one in versions if one.program.code == program.code]
    counted = _units(own, period) if own else {}
    if not counted:
        return []
    ids = tuple(counted)
    paid = _results(program, versions, period, ids, Sources())
    without = _results(program, versions, period, ids, Sources(lines=_early(period)))
    partners = Partners(ids)
    return [
        Suspicion(
            partners[partner_id], period, one.currency, *counted[partner_id], one.payout,
            without[partner_id].payout if partner_id in without else Decimal(0),
        )
        for partner_id, one in paid.items()
        if _band(one) > (_band(without[partner_id]) if partner_id in without else 0)
    ]  # fmt: skip


def by_money(found: Iterable[Suspicion]) -> list[Suspicion]:
    """The most money first."""
    return sorted(found, key=lambda one: (-one.at_stake, one.partner.code, one.period.key))


def _units(own: Sequence[Version], period: Period) -> dict[UUID, tuple[Decimal, Decimal]]:
    """(sold in the last days, of it returned in the next period) of partners that returned a fifth or more.

    The program's own conditions say which lines these are: it is evaluated over nothing but them, counting units.
    """
    following = fiscal.calendar().period(period.kind, period.end + dt.timedelta(days=1))
    late = f"SELECT * FROM commerce_saleline l WHERE {_late(period, 'l')}"  # noqa: S608 (days only)
    came_back = (
        f"SELECT r.* FROM commerce_saleline r JOIN ({late}) o ON o.external_id = r.reverses"  # noqa: S608 (days only)
        f" WHERE r.reverses <> '' AND r.sold_on BETWEEN '{following.start}' AND '{following.end}'"
    )
    counting = [Version(one.id, _counting(one), one.valid_from, one.valid_to) for one in own]
    sold = _measures(counting, period, f"({late})")
    left = _measures(counting, period, f"({late} UNION ALL {came_back})")
    found = {partner_id: (units, units - left.get(partner_id, Decimal(0))) for partner_id, units in sold.items()}
    return {key: one for key, one in found.items() if one[0] > 0 and one[1] >= one[0] * SHARE}


def _counting(version: Version) -> Rules:
    said = version.program.to_json()
    kept = {name: said[name] for name in ("code", "currency", "period", "scope", "partner_as_of") if name in said}
    return parse_program(kept | COUNTING)


def _measures(versions: Sequence[Version], period: Period, lines: str) -> dict[UUID, Decimal]:
    results = evaluation_of(
        versions, sources=Sources(lines=lines), settled=False, since=period.start, until=period.end
    )  # fmt: skip
    return {one.partner_id: one.measure for one in results if one.period == period}


def _results(
    program: Program, versions: Sequence[Version], period: Period, ids: tuple[UUID, ...], sources: Sources
) -> dict[UUID, Evaluated]:
    results = evaluation_of(
        versions, sources=sources, settled=False, partner_ids=ids, since=period.start, until=period.end,
        as_of=period.end,
    )  # fmt: skip
    return {
        one.partner_id: one
        for one in results
        if one.period == period and one.version.program.code == program.code and one.partner_id in ids
    }


def _band(one: Evaluated) -> Decimal:
    """The start of the band that the measure stands in; 0 where none had to be reached."""
    starts = [band.start for band in one.version.program.calculation.rungs(one.aggregate)]
    return max((start for start in starts if 0 < start <= one.aggregate.measure), default=Decimal(0))


def _late(period: Period, alias: str) -> str:
    """The sales of the last days. Returns among these days are of earlier sales, or go with the sales they return."""
    first = period.end - dt.timedelta(days=LAST_DAYS - 1)
    return f"{alias}.sold_on BETWEEN '{first}' AND '{period.end}' AND {alias}.quantity > 0"


def _early(period: Period) -> str:
    """All lines but the sales of the last days and what returned them."""
    return (
        f"(SELECT l.* FROM commerce_saleline l WHERE NOT ({_late(period, 'l')}) AND NOT EXISTS ("  # noqa: S608 (days only)
        f"SELECT FROM commerce_saleline o WHERE o.external_id = l.reverses AND {_late(period, 'o')}))"
    )
