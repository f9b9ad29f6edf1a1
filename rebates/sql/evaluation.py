"""Evaluating versions over sale lines: aggregates from SQL, payouts from the pure engine."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from rebates.engine.budget import Claims
from rebates.engine.calculations import Aggregate
from rebates.engine.chain import Chain, Place
from rebates.engine.evaluate import Payout, payout_of, payouts_of
from rebates.engine.explain import trace_of
from rebates.engine.periods import Calendar, Period
from rebates.engine.reach import Reach, is_simple, reaches
from rebates.engine.trace import Trace
from rebates.engine.versions import Version

from .direct import direct_groups_sql, exceptions_sql, orphans_sql
from .facts import Facts, sums_of
from .inputs import Inputs
from .parameters import LIVE, Parameters, Sources
from .plan import Days, Plan, Role, bases_for, follows_originals, make_plan
from .rates import base_rates, partner_codes
from .returns import TakenBack, take_back
from .run import groups, portions, profile

NOTHING = Aggregate(Decimal(0))
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a partner earns from a version in a period. `measure` is that of the period alone and exact, `payout` is
    rounded to the currency's minor unit.
    """

    version: Version
    partner_id: UUID
    period: Period
    measure: Decimal
    aggregate: Aggregate
    result: Payout

    @property
    def version_id(self) -> Hashable:
        return self.version.id

    @property
    def payout(self) -> Decimal:
        return self.result.amount

    @property
    def reason(self) -> str:
        return self.result.full_reason

    @property
    def currency(self) -> str:
        return self.version.program.currency

    @property
    def trace(self) -> Trace:
        """Why; worked out when asked for."""
        return trace_of(self.version.program, self.aggregate, self.result)


@dataclass(frozen=True, slots=True)
class LineException:
    """A line that counts nowhere until its fault is resolved; `version_id` is None when it is so for every program."""

    line_id: int
    external_id: str
    version_id: Hashable | None
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What an evaluation looks at: the whole periods that share a day with `since` to `until`, of all partners or some.

    `kind` confines it to programs that count by such periods. `as_of` leaves out what was sold later. `settled` says,
    by version id, period key and partner code, what of a program's budget was settled. Everything else is read from
    `sources`.
    """

    calendar: Calendar
    base_currency: str
    partner_ids: tuple[UUID, ...] | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    sources: Sources = LIVE
    settled: Mapping[Hashable, Mapping[str, Claims]] = field(default_factory=dict)
    kind: str | None = None


class Evaluation:
    """Iterate for the results, one for each version, partner and period with a line that counts; then ask for the
    exceptions and for what at-sale returns took back.

    Needs a transaction and its tenant. `versions` are complete families: whoever passes a program of a `best` or
    `priority` group passes all of them. Where results hang together the days looked at grow to what they hang on
    (`reaches`), and so do the results. Results come in no particular order. The same inputs give the same results to
    the cent, whatever part of them is evaluated at a time.
    """

    def __init__(self, versions: Sequence[Version], scope: Scope) -> None:
        self.versions, self.scope = versions, scope
        self.taken_back: list[TakenBack] = []
        self._incomplete: dict[int, set[UUID]] = defaultdict(set)
        self._rows: dict[int, set[tuple[UUID, str]]] = defaultdict(set)

    @property
    def reaches(self) -> list[Reach]:
        """For each version the days and partners that are looked at."""
        return reaches(self.versions, self.scope.calendar, self.scope.since, self.scope.until)

    def __iter__(self) -> Iterator[Evaluated]:
        self.taken_back.clear()
        self._incomplete.clear()
        self._rows.clear()
        for plan in self.plans():
            yield from self._evaluated(plan)

    def plans(self) -> Iterator[Plan]:
        """One for the versions whose partners stand alone, one for those that share a budget among all partners."""
        found = self.reaches
        asked = [self.scope.kind in (None, version.program.period) for version in self.versions]
        if self.scope.partner_ids is None:
            plan = self._plan(found, asked, None) if any(asked) else None
            yield from (plan,) if plan else ()
            return
        for everybody in (False, True):
            wanted = [of_kind and reach.everybody is everybody for reach, of_kind in zip(found, asked, strict=True)]
            plan = self._plan(found, wanted, None if everybody else self.scope.partner_ids) if any(wanted) else None
            if plan is not None:
                yield plan

    def _plan(self, found: Sequence[Reach], wanted: Sequence[bool], partner_ids: Sequence[UUID] | None) -> Plan | None:
        windows, currencies = self._windows(found, wanted, partner_ids)
        return make_plan(
            self.versions,
            calendar=self.scope.calendar,
            base_currency=self.scope.base_currency,
            windows=windows,
            as_of=self.scope.as_of,
            partner_ids=partner_ids,
            currencies=currencies,
        )

    def _windows(
        self, found: Sequence[Reach], wanted: Sequence[bool], partner_ids: Sequence[UUID] | None
    ) -> tuple[list[Days | None], frozenset[str] | None]:
        """The days of each version, and the currencies of all lines where these were looked at."""
        is_bound = all(reach.since and reach.until for reach, is_wanted in zip(found, wanted, strict=True) if is_wanted)
        if is_bound and partner_ids is not None:
            return [
                (reach.since or date.min, reach.until or date.max) if is_wanted else None
                for reach, is_wanted in zip(found, wanted, strict=True)
            ], None
        sold = profile(self.scope.sources, as_of=self.scope.as_of, partner_ids=partner_ids)
        if sold is None:
            return [None] * len(found), None
        first, last, currencies = sold
        return [
            _clipped(reach, first, last) if is_wanted else None for reach, is_wanted in zip(found, wanted, strict=True)
        ], currencies

    def _evaluated(self, plan: Plan) -> Iterator[Evaluated]:
        """Results of simple versions as they come, those that hang together when all is gathered."""
        facts = Facts(plan, Inputs.load(plan, self.scope.sources))
        simple = [is_simple(version.program) for version in plan.versions]
        rows = self._groups(plan)
        while batch := list(islice(rows, BATCH)):
            alone = []
            for row in batch:
                span, (partner_id, _measure, lines, missing) = plan.spans[row[0]], row[1:5]
                if missing:
                    self._incomplete[span.bucket].add(partner_id)
                if not lines:
                    continue
                if simple[span.bucket]:
                    alone.append(row)
                else:
                    facts.add(partner_id, sums_of(plan, row))
            yield from _alone(plan, facts, alone)
        yield from self._chained(plan, facts)

    def _groups(self, plan: Plan) -> Iterator[tuple[Any, ...]]:
        if plan.places:
            yield from groups(plan, self.scope.sources)
        for bucket in sorted({span.bucket for span in plan.spans}):
            if follows_originals(plan.versions, bucket):
                own, p = plan.focused(bucket), Parameters()
                yield from portions(direct_groups_sql(own, self.scope.sources, p, bucket), p, own)

    def _chained(self, plan: Plan, facts: Facts) -> Iterator[Evaluated]:
        gathered = list(facts.rows())
        rows = [row for row, _measure in gathered]
        chain = Chain(
            plan.versions, base_rates(plan, self.scope.sources), partner_codes(plan, self.scope.sources),
            self.scope.as_of, self.scope.settled,
        )  # fmt: skip
        payouts = chain.payouts(rows)
        claws = take_back(plan, self.scope.sources, payouts)
        self.taken_back += claws.lines
        for row, measure in gathered:
            self._rows[row.bucket].add((row.partner, row.period.key))  # type: ignore[arg-type]
            result = claws.applied(row.place, payouts[row.place])
            yield Evaluated(plan.versions[row.bucket], row.partner, row.period, measure, row.aggregate, result)  # type: ignore[arg-type]
        yield from self._returns_alone(plan, claws.left(), claws.applied)

    def _returns_alone(
        self, plan: Plan, places: Iterable[Place], applied: Callable[[Place, Payout], Payout]
    ) -> Iterator[Evaluated]:
        """Periods in which a partner sold nothing that counts, but something was returned."""
        for place in places:
            bucket, key, partner_id = place
            version = plan.versions[bucket]
            result = applied(place, payout_of(version.program, NOTHING))
            period = plan.calendar.from_key(key)
            yield Evaluated(version, partner_id, period, Decimal(0), NOTHING, result)  # type: ignore[arg-type]

    def exceptions(self) -> Iterator[LineException]:
        """Lines in scope that can't be counted, one for each line and version. Complete after the iteration."""
        for plan in self.plans() if self._incomplete else ():
            for bucket in sorted({span.bucket for span in plan.spans} & self._incomplete.keys()):
                yield from self._exceptions_of(plan.focused(bucket).narrowed(self._incomplete[bucket]), bucket)

    def _exceptions_of(self, plan: Plan, bucket: int) -> Iterator[LineException]:
        p, seen = Parameters(), set[int]()
        bases = self._bases(plan, bucket)
        for line_id, external_id, reason, partner_id, number in portions(
            exceptions_sql(plan, self.scope.sources, p, bucket), p, plan
        ):
            span = plan.spans[number]
            counts = span.role is Role.ROW or (span.role is Role.BASE and (partner_id, span.period.key) in bases)
            if counts and line_id not in seen:
                seen.add(line_id)
                yield LineException(line_id, external_id, plan.versions[bucket].id, reason)

    def _bases(self, plan: Plan, bucket: int) -> set[tuple[UUID, str]]:
        """(partner, period key) of the baselines of rows that there are."""
        program, calendar = plan.versions[bucket].program, plan.calendar
        found = set()
        for partner_id, key in self._rows.get(bucket, ()):
            period = calendar.from_key(key)
            year = calendar.year_to_date(period) if program.is_year_to_date else [period]
            found |= {(partner_id, base.key) for base in bases_for(program, calendar, year)}
        return found


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
    settled: Mapping[Hashable, Mapping[str, Claims]] | None = None,
) -> Evaluation:
    """An evaluation to iterate over. A period is evaluated whole when it shares a day with `since` to `until`."""
    ids = None if partner_ids is None else tuple(partner_ids)
    return Evaluation(versions, Scope(calendar, base_currency, ids, since, until, as_of, sources, settled or {}))


def orphans(
    *, partner_ids: Iterable[UUID] | None = None, as_of: date | None = None, sources: Sources = LIVE
) -> Iterator[LineException]:
    """Returns that name no sale of the same partner and product: they count in no program."""
    p = Parameters()
    ids = None if partner_ids is None else [str(partner_id) for partner_id in partner_ids]
    for line_id, external_id, reason in portions(orphans_sql(sources, p, as_of=as_of, partner_ids=ids), p):
        yield LineException(line_id, external_id, None, reason)


def _alone(plan: Plan, facts: Facts, rows: Sequence[tuple[Any, ...]]) -> Iterator[Evaluated]:
    """The results of rows that hang on nothing else."""
    aggregates = facts.alone(rows)
    places = [plan.spans[row[0]] for row in rows]
    programs = [plan.versions[span.bucket].program for span in places]
    payouts = payouts_of(zip(programs, aggregates, strict=True))
    for row, span, aggregate, result in zip(rows, places, aggregates, payouts, strict=True):
        yield Evaluated(plan.versions[span.bucket], row[1], span.period, row[2], aggregate, result)


def _clipped(reach: Reach, first: date, last: date) -> Days:
    """Beside all sales the window shrinks to a day, not to nothing: the period around that day may hold sales."""
    since = min(first, reach.until or last) if reach.since is None else reach.since
    until = max(last, since) if reach.until is None else reach.until
    return min(max(since, first), until), max(min(until, last), since)
