"""What every line carries of the results of an evaluation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from heapq import merge
from uuid import UUID

from rebates.engine.periods import Period
from rebates.engine.versions import Version

from .allocation import CountedLine, Shares, counted_lines
from .evaluation import Evaluated, Evaluation, Scope


def all_allocations(
    evaluation: Evaluation, version: Version, results: Iterable[Evaluated]
) -> Iterator[tuple[str, Decimal]]:
    """(external_id, amount) of every line with a share that is not 0 in the results of one version, by external id."""
    shares = {(one.partner_id, one.period): one.result.granted for one in results if one.result.granted}
    earned: Iterable[CountedLine] = counted_for(evaluation, version, shares)
    back = [
        (line.external_id, line.amount)
        for line in evaluation.taken_back
        if evaluation.versions[line.place[0]].id == version.id and line.amount
    ]
    yield from merge(((line.external_id, line.amount) for line in earned if line.amount), sorted(back))


def counted_for(evaluation: Evaluation, version: Version, shares: Shares) -> Iterator[CountedLine]:
    """The lines of one version with their shares of these payouts, by external id."""
    bucket = next(index for index, one in enumerate(evaluation.versions) if one.id == version.id)
    if shares:
        for plan in evaluation.plans():
            if any(span.bucket == bucket for span in plan.spans):
                yield from counted_lines(plan, evaluation.scope.sources, bucket, shares)


def line_allocations(
    versions: Sequence[Version],
    version: Version,
    scope: Scope,
    *,
    partner_id: UUID,
    period: Period,
    payout: Decimal,
    after: tuple[date, str] | None = None,
    limit: int | None = None,
) -> list[CountedLine]:
    """The lines behind a payout with their shares, which add up to it; in order of (sold_on, external_id by code
    point).

    `versions` are the version's family. A page starts behind `after`, the (sold_on, external_id) of the last line of
    the page before, and has at most `limit` lines.
    """
    narrow = replace(scope, partner_ids=(partner_id,), since=period.start, until=period.end)
    evaluation = Evaluation(versions, narrow)
    back: list[CountedLine] = []
    granted = payout
    if version.program.returns == "at_sale_rate":
        granted, back = _with_returns(evaluation, version, partner_id, period)
    lines = [
        line
        for line in (*counted_for(evaluation, version, {(partner_id, period): granted}), *back)
        if after is None or (line.sold_on, line.external_id) > after
    ]
    lines.sort(key=lambda line: (line.sold_on, line.external_id))
    return lines[:limit]


def _with_returns(
    evaluation: Evaluation, version: Version, partner_id: UUID, period: Period
) -> tuple[Decimal, list[CountedLine]]:
    """The payout before claw-backs, and the returns that took something back in the period."""
    granted = Decimal(0)
    for result in evaluation:
        if (result.version_id, result.partner_id, result.period) == (version.id, partner_id, period):
            granted = result.result.granted
    back = [
        CountedLine(
            line.line_id,
            line.external_id,
            line.sold_on,
            line.sold_on,
            Decimal(0),
            line.amount,
            partner_id,
            period.start,
        )
        for line in evaluation.taken_back
        if evaluation.versions[line.place[0]].id == version.id and line.place[1:] == (period.key, partner_id)
    ]
    return granted, back
