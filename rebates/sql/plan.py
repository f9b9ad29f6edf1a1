"""What one evaluation has to compute, worked out before any SQL: the days, their segments, the tests, the measures.

Days are cut into *segments* wherever a period or the validity of a version begins or ends, so that a segment lies
wholly inside or outside each of them and whole lines can be added up before any program is looked at. Every distinct
test of all programs becomes one bit of a signature; programs are then boolean functions of a few signatures instead
of predicates on every line.

A *span* is a run of days whose lines count for a version in a period. Where lines belong to the first of several
programs (`priority`), what a version counts in a segment depends on which of the others govern it: each such case is
a *rule*.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from rebates.engine.calculations import Growth, Spiff
from rebates.engine.conditions import Test
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.engine.program import Program
from rebates.engine.versions import Version

_serial = count(1)

FEW_PARTNERS = 50

# A signature is a bigint; further tests go into a second one.
BITS = 62

SALE, RESTATED, FORWARDED = 0, 1, 2
_BASES = {"restate": (SALE, RESTATED), "forward": (SALE, FORWARDED), "at_sale_rate": (SALE,)}

Days = tuple[date, date]


def bases_of(program: Program) -> tuple[int, ...]:
    """The kinds of rows that count for the program: sales, and returns in the reading that its policy gives them."""
    return _BASES[program.returns]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is added up: `quantity` has no currency. `named` counts only lines that name who sold them; `priced` only
    lines whose amount is known in that currency.
    """

    kind: str
    currency: str
    named: bool = False
    priced: str = ""

    @classmethod
    def of(cls, program: Program) -> "Measure":
        priced = program.currency if program.first_order_in_money and program.measure == "quantity" else ""
        currency = "" if program.measure == "quantity" else program.currency
        return cls(program.measure, currency, isinstance(program.calculation, Spiff), priced)


@dataclass(frozen=True, slots=True)
class Atom:
    """A test, and for a tier read at the end of a period the kind of that period."""

    test: Test
    at_end_of: PeriodKind | None = None

    @property
    def room(self) -> str:
        """Which signature it belongs to: of the product, the partner on the day of sale, the partner at period end,
        the sale.
        """
        return "end" if self.at_end_of else self.test.field.partition(".")[0]


def atom_of(program: Program, test: Test) -> Atom:
    at_end = test.field == "partner.tier" and program.partner_as_of == "period_end"
    return Atom(test, program.period if at_end else None)


class Role(StrEnum):
    """What a span is for: the period's own lines, the baseline of growth, the part of the fiscal year that another
    version of the program governed.
    """

    ROW = "row"
    BASE = "base"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of segments whose lines count for a version in a period."""

    bucket: int
    period: Period
    first: date
    last: date
    role: Role = Role.ROW


@dataclass(frozen=True, slots=True)
class Rule:
    """What a version counts where these other versions come first."""

    bucket: int
    before: tuple[int, ...] = ()


@dataclass(slots=True)
class Plan:
    """`boundaries` are the first days of the segments and the day after the last one. A version's index is its
    bucket.
    """

    versions: Sequence[Version]
    first: date
    last: date
    spans: list[Span]
    boundaries: list[date]
    rules: list[Rule]
    places: list[tuple[int, int, int]]
    """(rule, segment, span)"""
    atoms: dict[str, list[Atom]]
    measures: list[Measure]
    bases: set[int]
    calendar: Calendar
    base_currency: str
    as_of: date | None
    partner_ids: list[str] | None = None
    # The currencies in which lines are sold; None when nobody has looked.
    currencies: frozenset[str] | None = None
    serial: int = field(default_factory=lambda: next(_serial))

    def table(self, name: str) -> str:
        """The name of an intermediate result, unique in the process: two evaluations may share a transaction."""
        return f"rebates_{self.serial}_{name}"

    @property
    def targets(self) -> list[str]:
        """The currencies of the programs that count money."""
        found = [code for one in self.measures for code in (one.currency, one.priced) if code]
        return list(dict.fromkeys(found))

    @property
    def uses_cost(self) -> bool:
        return any(measure.kind == "margin" for measure in self.measures)

    @property
    def converts(self) -> bool:
        """Whether any amount may be in another currency than a program's."""
        sources = set(self.currencies or ()) | ({self.base_currency} if self.uses_cost else set())
        return bool(self.targets) and (self.currencies is None or any(sources - {target} for target in self.targets))

    @property
    def few_lines(self) -> bool:
        """Whether it is about so few partners that looking up beats preparing."""
        return self.partner_ids is not None and len(self.partner_ids) <= FEW_PARTNERS

    @property
    def tier_on_sale_day(self) -> bool:
        tested = any(atom.test.field == "partner.tier" for atom in self.atoms["partner"])
        return tested or any(program.partner_as_of != "period_end" for program in self._counting("partner.tier"))

    @property
    def uses_first_sales(self) -> bool:
        tested = any(atom.test.field == "sale.new_customer" for atom in self.atoms["sale"])
        return tested or any(self._counting("sale.new_customer"))

    @property
    def end_kinds(self) -> list[PeriodKind]:
        """The kinds of periods at whose end a tier is read."""
        tiers = self._counting("partner.tier")
        counting = {program.period for program in tiers if program.partner_as_of == "period_end"}
        return sorted({atom.at_end_of for atom in self.atoms["end"] if atom.at_end_of} | counting)

    def _counting(self, field: str) -> Iterator[Program]:
        """The programs that count the distinct values of a field, which no test need name."""
        for version in self.versions:
            if any(qualifier.field == field for qualifier in version.program.distincts):
                yield version.program

    @property
    def has_parts(self) -> bool:
        """Whether any version splits its measure."""
        return any(
            version.program.calculation.conditions() or version.program.mixes
            for version in (self.versions[bucket] for bucket in {span.bucket for span in self.spans})
        )

    def focused(self, bucket: int) -> "Plan":
        """The same for one version: no test, currency or day that only others look at."""
        own = [span for span in self.spans if span.bucket == bucket]
        programs = [self.versions[one].program for one in (bucket, *rivals(self.versions, bucket))]
        return replace(
            self,
            first=min(span.first for span in own),
            last=max(span.last for span in own),
            atoms=_atoms(programs),
            measures=[Measure.of(self.versions[bucket].program)],
            bases=set(bases_of(self.versions[bucket].program)),
            serial=next(_serial),
        )

    def narrowed(self, partner_ids: Iterable[object]) -> "Plan":
        """The same for some partners only."""
        return replace(self, partner_ids=sorted({str(one) for one in partner_ids}), serial=next(_serial))

    def last_day_of(self, period: Period) -> date:
        """The day on which a partner is looked at for a period: its last, or the cut-off date if that is earlier."""
        return min(period.end, self.as_of or period.end)


def make_plan(
    versions: Sequence[Version],
    *,
    calendar: Calendar,
    base_currency: str,
    windows: Sequence[Days | None],
    as_of: date | None = None,
    partner_ids: Iterable[object] | None = None,
    currencies: Iterable[str] | None = None,
) -> Plan | None:
    """The plan for the whole periods that share a day with the window of their version; None when no version governs
    any of them. A version without a window is there only because lines may belong to it first, or belonged to it
    earlier in the year.
    """
    spans = [span for bucket in range(len(versions)) for span in _spans(versions, bucket, calendar, windows[bucket])]
    if not spans:
        return None
    used = sorted({span.bucket for span in spans} | {one for span in spans for one in rivals(versions, span.bucket)})
    atoms = _atoms([versions[bucket].program for bucket in used])
    ends = sorted({atom.at_end_of for atom in atoms["end"] if atom.at_end_of})
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    inner = [period.start for kind in ends for period in calendar.periods(kind, first, last)]
    boundaries = _boundaries(spans, [versions[bucket] for bucket in used], inner)
    rules, places = _places(versions, spans, boundaries)
    buckets = sorted({span.bucket for span in spans})
    return Plan(
        versions=versions,
        first=first,
        last=last,
        spans=spans,
        boundaries=boundaries,
        rules=rules,
        places=places,
        atoms=atoms,
        measures=list(dict.fromkeys(Measure.of(versions[bucket].program) for bucket in buckets)),
        bases={base for bucket in buckets for base in bases_of(versions[bucket].program)},
        calendar=calendar,
        base_currency=base_currency,
        as_of=as_of,
        partner_ids=None if partner_ids is None else sorted({str(partner_id) for partner_id in partner_ids}),
        currencies=None if currencies is None else frozenset(currencies),
    )


def _spans(versions: Sequence[Version], bucket: int, calendar: Calendar, window: Days | None) -> list[Span]:
    """The spans of one version: its rows, and what else its rows look at."""
    if window is None:
        return []
    version = versions[bucket]
    program, spans = version.program, dict[tuple[Role, date], Span]()
    for period in version.periods(calendar, *window):
        days = version.days_of(period)
        if days:
            spans[Role.ROW, days[0]] = Span(bucket, period, *days)
        year = calendar.year_to_date(period) if program.is_year_to_date else [period]
        for base in bases_for(program, calendar, year):
            spans[Role.BASE, base.start] = Span(bucket, base, base.start, base.end, Role.BASE)
        for other in versions if program.is_year_to_date else ():
            if other.program.code == program.code and other.id != version.id:
                for part, (first, last) in ((part, other.days_of(part) or (date.max, date.min)) for part in year):
                    if first <= last:
                        spans[Role.YEAR, first] = Span(bucket, part, first, last, Role.YEAR)
    return list(spans.values())


def bases_for(program: Program, calendar: Calendar, year: Sequence[Period]) -> list[Period]:
    """The periods with which the growth of these periods is compared."""
    calculation = program.calculation
    if not isinstance(calculation, Growth):
        return []
    step = calendar.previous if calculation.baseline == "previous_period" else calendar.same_last_year
    return [step(period) for period in year]


def _boundaries(spans: Sequence[Span], versions: Sequence[Version], inner: Iterable[date]) -> list[date]:
    starts = {span.first for span in spans}
    # The last day there is has no day after it: a line sold on it would fall outside every segment.
    stops = {span.last + timedelta(days=1) for span in spans if span.last < date.max}
    ranked = [version for version in versions if version.program.stacking.rule == "priority"]
    begun = {version.valid_from for version in ranked if version.valid_from}
    last_days = {version.valid_to for version in ranked if version.valid_to} - {date.max}
    ended = {day + timedelta(days=1) for day in last_days}
    cuts = begun | ended | set(inner)
    first, last = min(starts), max(span.last for span in spans)
    return sorted(starts | stops | {day for day in cuts if first <= day <= last})


def _places(
    versions: Sequence[Version], spans: Sequence[Span], boundaries: Sequence[date]
) -> tuple[list[Rule], list[tuple[int, int, int]]]:
    rules: dict[Rule, int] = {}
    places = []
    for number, span in enumerate(spans):
        if follows_originals(versions, span.bucket):
            continue
        for segment in range(bisect_left(boundaries, span.first) + 1, bisect_right(boundaries, span.last) + 1):
            rule = Rule(span.bucket, first_comers(versions, span, boundaries[segment - 1]))
            places.append((rules.setdefault(rule, len(rules)), segment, number))
    return list(rules), places


def first_comers(versions: Sequence[Version], span: Span, day: date) -> tuple[int, ...]:
    """The versions to which a line of the span and day belongs first, if they count it.

    A baseline is compared by the same rules whatever the validity: every program of the group, as it stands last.
    """
    ranked = rivals(versions, span.bucket)
    if span.role is Role.BASE:
        return tuple({versions[bucket].program.code: bucket for bucket in ranked}.values())
    return tuple(bucket for bucket in ranked if governs(versions[bucket], day))


def rivals(versions: Sequence[Version], bucket: int) -> list[int]:
    """The versions of other programs of the `priority` group that come before this one."""
    own = versions[bucket].program
    if own.stacking.rule != "priority":
        return []
    rank = own.stacking.priority, own.code
    return [
        index
        for index, version in enumerate(versions)
        if version.program.stacking.rule == "priority"
        and version.program.stacking.group == own.stacking.group
        and version.program.code != own.code
        and (version.program.stacking.priority, version.program.code) < rank
    ]


def follows_originals(versions: Sequence[Version], bucket: int) -> bool:
    """Whether returns of the version count on their own day but belong to the program of their original: forwarded
    returns in a `priority` group. Their lines can't be added up before originals are looked at.
    """
    own = versions[bucket].program
    if own.stacking.rule != "priority" or own.returns != "forward":
        return False
    others = (version.program for version in versions)
    return any(one.stacking.group == own.stacking.group and one.code != own.code for one in others)


def governs(version: Version, day: date) -> bool:
    return (version.valid_from or date.min) <= day <= (version.valid_to or date.max)


def _atoms(programs: Iterable[Program]) -> dict[str, list[Atom]]:
    rooms: dict[str, dict[Atom, None]] = {"product": {}, "partner": {}, "sale": {}, "end": {}}
    for program in programs:
        for test in program.tests():
            atom = atom_of(program, test)
            rooms[atom.room][atom] = None
    return {room: list(atoms) for room, atoms in rooms.items()}
