"""What a program would have cost in the last full period, had it been in force: before anybody publishes it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from partners.models import Partner
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.program import Program as Rules
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.sql import Evaluated

TOP = 5


@dataclass(frozen=True, slots=True)
class PartnerCost:
    name: str
    measure: Decimal
    payout: Decimal


@dataclass(frozen=True, slots=True)
class BandReach:
    """How many partners end up in a band; -1 is below the first."""

    index: int
    partners: int


@dataclass(frozen=True, slots=True)
class CostPreview:
    """Sums over all partners with a line in scope; `earning` of them would have been paid something, `unqualified` did
    not meet a requirement. `top` are those that would have got most; `reached` is empty where there are no bands.
    """

    period: Period
    currency: str
    measure: Decimal
    payout: Decimal
    partners: int
    earning: int
    exceptions: int
    unqualified: int
    top: list[PartnerCost]
    reached: list[BandReach]


def program_cost(actor: Actor, rules: Rules) -> CostPreview:
    """Evaluate the rules, without regard to their validity, over the period before the present one. Writes nothing."""
    actor.require(Right.PROGRAMS_EDIT)
    calendar = fiscal.calendar()
    period = calendar.previous(calendar.period(rules.period, fiscal.today()))
    version = Version(rules.code, replace(rules, valid_from=None, valid_to=None), None, None)
    evaluation = evaluation_of([version], settled=False, since=period.start, until=period.end)
    results = [result for result in evaluation if result.period == period]
    return CostPreview(
        period=period,
        currency=rules.currency,
        measure=sum((result.measure for result in results), Decimal(0)),
        payout=sum((result.payout for result in results), Decimal(0)),
        partners=len(results),
        earning=sum(result.payout > 0 for result in results),
        exceptions=sum(1 for _fault in evaluation.exceptions()),
        unqualified=sum(result.reason.startswith("qualifier ") for result in results),
        top=_top(results),
        reached=_reached(rules, results),
    )


def _top(results: Sequence[Evaluated]) -> list[PartnerCost]:
    paid = sorted((one for one in results if one.payout > 0), key=lambda one: (-one.payout, str(one.partner_id)))[:TOP]
    partners = Partner.objects.in_bulk([one.partner_id for one in paid])
    return [PartnerCost(partners[one.partner_id].name, one.measure, one.payout) for one in paid]


def _reached(rules: Rules, results: Sequence[Evaluated]) -> list[BandReach]:
    """Partners by the highest band they reach; without a target or an earlier period a partner has no bands."""
    counts: Counter[int] = Counter()
    bands = 0
    for one in results:
        rungs = rules.calculation.rungs(one.aggregate)
        bands = max(bands, len(rungs))
        if rungs:
            counts[bisect_right([rung.start for rung in rungs], one.measure) - 1] += 1
    return [BandReach(index, counts[index]) for index in range(-1, bands) if index >= 0 or counts[index]]
