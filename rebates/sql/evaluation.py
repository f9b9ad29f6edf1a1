"""Evaluating versions over sale lines: aggregates from SQL, payouts from the pure engine."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from prm.money import from_units, to_units
from rebates.engine.calculations import Aggregate
from rebates.engine.evaluate import payout_of, trace_of
from rebates.engine.periods import Calendar, Period
from rebates.engine.trace import Trace
from rebates.engine.versions import Version

from .direct import allocated_sql, exceptions_sql, orphans_sql, payouts_sql
from .parameters import LIVE, Parameters, Sources
from .plan import Plan, make_plan
from .run import groups, portions, profile, working_memory


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a partner earns from a version in a period. `measure` is exact, `payout` rounded to the currency's minor
    unit.
    """

    version: Version
    partner_id: UUID
    period: Period
    aggregate: Aggregate
    payout: Decimal
    reason: str

    @property
    def version_id(self) -> Hashable:
        return self.version.id

    @property
    def measure(self) -> Decimal:
        return self.aggregate.measure

    @property
    def currency(self) -> str:
        return self.version.program.currency

    @property
    def trace(self) -> Trace:
        """Why; worked out when asked for."""
        return trace_of(self.version.program, self.aggregate)


@dataclass(frozen=True, slots=True)
class LineException:
    """A line that counts nowhere until its fault is resolved; `version_id` is None when it is so for every program."""

    line_id: int
    external_id: str
    version_id: Hashable | None
    reason: str


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line that counts for a payout, its contribution to the measure and its share of the payout.

    `day` is the day on which it counts: for a restated return that of its original.
    """

    line_id: int
    external_id: str
    sold_on: date
    day: date
    contribution: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Scope:
    """What an evaluation looks at: the whole periods that share a day with `since` to `until`, of all partners or some.

    `as_of` leaves out what was sold later. Everything else is read from `sources`.
    """

    calendar: Calendar
    base_currency: str
    partner_ids: tuple[UUID, ...] | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    sources: Sources = LIVE


class Evaluation:
    """Iterate for the results, one for each version, partner and period with a line that counts; then ask for the
    exceptions.

    Needs a transaction and its tenant. Results come in no particular order. The same inputs give the same results to
    the cent, whatever part of them is evaluated at a time.
    """

    def __init__(self, versions: Sequence[Version], scope: Scope) -> None:
        self.versions, self.scope = versions, scope
        self._incomplete: dict[int, set[UUID]] = defaultdict(set)

    def __iter__(self) -> Iterator[Evaluated]:
        self._incomplete.clear()
        plan = _plan(self.versions, self.scope)
        if plan is None:
            return
        for bucket, span, partner_id, measure, lines, missing in groups(plan, self.scope.sources):
            if missing:
                self._incomplete[bucket].add(partner_id)
            if lines:
                yield _evaluated(plan, bucket, span, partner_id, Aggregate(measure, lines))

    def exceptions(self) -> Iterator[LineException]:
        """Lines in scope that can't be counted, one for each line and version. Complete after the iteration."""
        for bucket, partner_ids in sorted(self._incomplete.items()):
            version = self.versions[bucket]
            plan = _plan([version], self.scope, partner_ids)
            if plan is not None:
                p = Parameters()
                for line_id, external_id, reason in portions(exceptions_sql(plan, self.scope.sources, p), p):
                    yield LineException(line_id, external_id, version.id, reason)


def evaluate(
    versions: Sequence[Version],
    *,
    calendar: Calendar,
    base_currency: str,
    partner_ids: Iterable[UUID] | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    sources: Sources = LIVE,
) -> Evaluation:
    """An evaluation to iterate over. A period is evaluated whole when it shares a day with `since` to `until`."""
    ids = None if partner_ids is None else tuple(partner_ids)
    return Evaluation(versions, Scope(calendar, base_currency, ids, since, until, as_of, sources))


def orphans(
    *, partner_ids: Iterable[UUID] | None = None, as_of: date | None = None, sources: Sources = LIVE
) -> Iterator[LineException]:
    """Returns that name no sale of the same partner and product: they count in no program."""
    p = Parameters()
    ids = None if partner_ids is None else [str(partner_id) for partner_id in partner_ids]
    for line_id, external_id, reason in portions(orphans_sql(sources, p, as_of=as_of, partner_ids=ids), p):
        yield LineException(line_id, external_id, None, reason)


def line_allocations(
    version: Version,
    partner_id: UUID,
    period: Period,
    payout: Decimal,
    *,
    calendar: Calendar,
    base_currency: str,
    as_of: date | None = None,
    after: tuple[date, str] | None = None,
    limit: int | None = None,
    sources: Sources = LIVE,
) -> list[CountedLine]:
    """The lines behind a payout with their shares, which add up to it; in order of (sold_on, external_id by code
    point).

    A page starts behind `after`, the (sold_on, external_id) of the last line of the page before, and has at most
    `limit` lines.
    """
    scope = Scope(calendar, base_currency, (partner_id,), period.start, period.end, as_of, sources)
    plan = _plan([version], scope)
    if plan is None:
        return []
    p = Parameters()
    units = to_units(payout, version.program.currency)
    payouts = payouts_sql(p, ([str(partner_id)], [period.start], [period.end], [units]))
    keyset = (
        f'WHERE (sold_on, external_id COLLATE "C") > ({p(after[0], "date")}, {p(after[1], "text")})' if after else ""
    )
    final = f"""
        SELECT id, external_id, sold_on, day, value, allocated FROM allocated {keyset}
        ORDER BY sold_on, external_id COLLATE "C" LIMIT {p(limit, "bigint")}"""
    rows = portions(allocated_sql(plan, sources, p, payouts, final), p)
    return [
        CountedLine(line_id, external_id, sold_on, day, value, from_units(int(allocated), version.program.currency))
        for line_id, external_id, sold_on, day, value, allocated in rows
    ]


def all_allocations(version: Version, results: Iterable[Evaluated], scope: Scope) -> Iterator[tuple[str, Decimal]]:
    """(external_id, amount) of every line with a share that is not 0 in the results of one version, by external id."""
    paid = [result for result in results if result.payout]
    plan = _plan([version], scope) if paid else None
    if plan is None:
        return
    p, currency = Parameters(), version.program.currency
    payouts = payouts_sql(
        p,
        (
            [str(result.partner_id) for result in paid],
            [result.period.start for result in paid],
            [result.period.end for result in paid],
            [to_units(result.payout, currency) for result in paid],
        ),
    )
    final = 'SELECT external_id, allocated FROM allocated WHERE allocated <> 0 ORDER BY external_id COLLATE "C"'
    sql = allocated_sql(plan, scope.sources, p, payouts, final)
    with working_memory():
        for external_id, allocated in portions(sql, p):
            yield external_id, from_units(int(allocated), currency)


def _plan(versions: Sequence[Version], scope: Scope, partner_ids: Iterable[UUID] | None = None) -> Plan | None:
    since, until, currencies = scope.since, scope.until, None
    if since is None or until is None or scope.partner_ids is None:
        found = profile(scope.sources, as_of=scope.as_of)
        if found is None:
            return None
        first, last, currencies = found
        since = min(first, until or last) if since is None else since
        until = max(last, since) if until is None else until
        # Beside all sales the window shrinks to a day, not to nothing: the period around that day may hold sales.
        since, until = min(max(since, first), until), max(min(until, last), since)
    return make_plan(
        versions,
        calendar=scope.calendar,
        base_currency=scope.base_currency,
        since=since,
        until=until,
        as_of=scope.as_of,
        partner_ids=scope.partner_ids if partner_ids is None else partner_ids,
        currencies=currencies,
    )


def _evaluated(plan: Plan, bucket: int, span: int, partner_id: UUID, aggregate: Aggregate) -> Evaluated:
    version = plan.versions[bucket]
    payout = payout_of(version.program, aggregate)
    return Evaluated(version, partner_id, plan.spans[span].period, aggregate, payout.amount, payout.reason)
