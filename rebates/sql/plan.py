"""What one evaluation has to compute, worked out before any SQL: the days, their segments, the tests, the measures.

Days are cut into *segments* wherever a period or the validity of a version begins or ends, so that a segment lies
wholly inside or outside each of them and whole lines can be added up before any program is looked at. Every distinct
test of all programs becomes one bit of a signature; programs are then boolean functions of a few signatures instead
of predicates on every line.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from rebates.engine.conditions import Test, tests_of
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.engine.program import Program
from rebates.engine.versions import Version

_serial = count(1)

FEW_PARTNERS = 50

# A signature is a bigint; further tests go into a second one.
BITS = 62

SALE, RESTATED, FORWARDED = 0, 1, 2
_BASES = {"restate": (SALE, RESTATED), "forward": (SALE, FORWARDED), "at_sale_rate": (SALE,)}


def bases_of(program: Program) -> tuple[int, ...]:
    """The kinds of rows that count for the program: sales, and returns in the reading that its policy gives them."""
    return _BASES[program.returns]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is added up: `quantity` has no currency."""

    kind: str
    currency: str

    @classmethod
    def of(cls, program: Program) -> "Measure":
        return cls(program.measure, program.currency if program.uses_money else "")


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


@dataclass(frozen=True, slots=True)
class Span:
    """A run of segments whose lines count for a version in a period."""

    bucket: int
    period: Period
    first: date
    last: date


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
    atoms: dict[str, list[Atom]]
    measures: list[Measure]
    bases: set[int]
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
        return list(dict.fromkeys(measure.currency for measure in self.measures if measure.currency))

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
        return any(atom.test.field == "partner.tier" for atom in self.atoms["partner"])

    def segments(self, span: Span) -> range:
        """The numbers of the segments of a span, from 1."""
        return range(bisect_left(self.boundaries, span.first) + 1, bisect_right(self.boundaries, span.last) + 1)


def make_plan(
    versions: Sequence[Version],
    *,
    calendar: Calendar,
    base_currency: str,
    since: date,
    until: date,
    as_of: date | None = None,
    partner_ids: Iterable[object] | None = None,
    currencies: Iterable[str] | None = None,
) -> Plan | None:
    """The plan for the whole periods that share a day with `since` to `until`; None when no version governs any of
    them.
    """
    spans = _spans(versions, calendar, since, until)
    if not spans:
        return None
    return Plan(
        versions=versions,
        first=min(span.first for span in spans),
        last=max(span.last for span in spans),
        spans=spans,
        boundaries=_boundaries(spans),
        atoms=_atoms(versions),
        measures=list(dict.fromkeys(Measure.of(version.program) for version in versions)),
        bases={base for version in versions for base in bases_of(version.program)},
        base_currency=base_currency,
        as_of=as_of,
        partner_ids=None if partner_ids is None else sorted({str(partner_id) for partner_id in partner_ids}),
        currencies=None if currencies is None else frozenset(currencies),
    )


def _spans(versions: Sequence[Version], calendar: Calendar, since: date, until: date) -> list[Span]:
    spans = []
    for bucket, version in enumerate(versions):
        for period in version.periods(calendar, since, until):
            days = version.days_of(period)
            if days:
                spans.append(Span(bucket, period, *days))
    return spans


def _boundaries(spans: Sequence[Span]) -> list[date]:
    starts = {span.first for span in spans}
    # The last day there is has no day after it: a line sold on it would fall outside every segment.
    ends = {span.last + timedelta(days=1) for span in spans if span.last < date.max}
    return sorted(starts | ends)


def _atoms(versions: Sequence[Version]) -> dict[str, list[Atom]]:
    rooms: dict[str, dict[Atom, None]] = {"product": {}, "partner": {}, "sale": {}, "end": {}}
    for version in versions:
        for test in tests_of(version.program.scope):
            atom = atom_of(version.program, test)
            rooms[atom.room][atom] = None
    return {room: list(atoms) for room, atoms in rooms.items()}
