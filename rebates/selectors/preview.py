"""What a program would have cost in the last full period, had it been in force: before anybody publishes it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from partners.models import Partner
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.program import Program as Rules
from rebates.engine.program import check_group
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.sql import Evaluated, Evaluation
from rebates.versions import sides_of

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
class GroupCost:
    """What a `best` or `priority` group would have paid in whole periods of those days, with and without these rules.

    `changes` are (currency, before, after); `outdone` partners would have been paid by another program instead.
    """

    programs: int
    changes: list[tuple[str, Decimal, Decimal]]
    outdone: int


@dataclass(frozen=True, slots=True)
class CostPreview:
    """Sums over all partners with a line in scope; `earning` of them would have been paid something, `unqualified` did
    not meet a requirement. `top` are those that would have got most; `reached` is empty where there are no bands;
    `group` is there when other programs in force may win what this one loses.
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
    group: GroupCost | None = None


def program_cost(actor: Actor, rules: Rules) -> CostPreview:
    """Evaluate the rules, without regard to their validity, over the period before the present one. Writes nothing.

    The other programs in force of its group take part. Raises `Fault` for rules that can't stand beside them.
    """
    actor.require(Right.PROGRAMS_EDIT)
    calendar = fiscal.calendar()
    period = calendar.previous(calendar.period(rules.period, fiscal.today()))
    version = Version(rules.code, replace(rules, valid_from=None, valid_to=None), None, None)
    then, others = sides_of(rules)
    check_group(rules, [one.program for one in others])
    evaluation = _evaluated([version, *others], period)
    every = list(evaluation)
    results = [one for one in every if one.version_id == version.id and one.period == period]
    return CostPreview(
        period=period,
        currency=rules.currency,
        measure=sum((result.measure for result in results), Decimal(0)),
        payout=sum((result.payout for result in results), Decimal(0)),
        partners=len(results),
        earning=sum(result.payout > 0 for result in results),
        exceptions=sum(1 for fault in evaluation.exceptions() if fault.version_id == version.id),
        unqualified=sum(result.reason.startswith("qualifier ") for result in results),
        top=_top(results),
        reached=_reached(rules, results),
        group=_group(rules, period, then, every) if others else None,
    )


def _evaluated(versions: Sequence[Version], period: Period) -> Evaluation:
    return evaluation_of(versions, settled=False, since=period.start, until=period.end)


def _group(rules: Rules, period: Period, then: Sequence[Version], now: Sequence[Evaluated]) -> GroupCost:
    before, after = _paid(_evaluated(then, period), period), _paid(now, period)
    currencies = sorted(before.keys() | after.keys())
    none = Decimal(0)
    return GroupCost(
        programs=len({one.program.code for one in then} - {rules.code}),
        changes=[(currency, before.get(currency, none), after.get(currency, none)) for currency in currencies],
        outdone=sum(one.version_id == rules.code and one.reason.startswith("best ") for one in now),
    )


def _paid(results: Iterable[Evaluated], period: Period) -> dict[str, Decimal]:
    """By currency, of whole periods within the days of this one."""
    sums = defaultdict[str, Decimal](Decimal)
    for one in results:
        if period.start <= one.period.start and one.period.end <= period.end:
            sums[one.currency] += one.payout
    return sums


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
