"""What a program would have cost in the last full period, had it been in force: before anybody publishes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.program import Program as Rules
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of


@dataclass(frozen=True, slots=True)
class CostPreview:
    """Sums over all partners with a line in scope; `earning` of them would have been paid something."""

    period: Period
    currency: str
    measure: Decimal
    payout: Decimal
    partners: int
    earning: int
    exceptions: int


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
    )
