"""From rows of groups to aggregates: the period's own sums, the year so far, the baseline, and what else counts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from prm.money import exact
from rebates.engine.calculations import Aggregate, Banded, Growth, Spiff
from rebates.engine.chain import Row
from rebates.engine.periods import Period
from rebates.engine.program import Program
from rebates.engine.qualifiers import MinMeasure

from .inputs import Inputs
from .plan import Plan, Role, Span, bases_for
from .stages import parts_of

ZERO = Decimal(0)


@dataclass(slots=True)
class Sums:
    """What the lines of one span and partner add up to."""

    span: int
    measure: Decimal
    lines: int
    rated: tuple[Decimal | None, ...] = ()
    mixes: tuple[Decimal, ...] = ()


def sums_of(plan: Plan, row: tuple[Any, ...]) -> Sums:
    """The sums of one row of `groups_sql`."""
    number, _partner_id, measure, lines, _missing, parts = row
    program = plan.versions[plan.spans[number].bucket].program
    with exact():
        rated, mixes = parts_of(parts, len(program.calculation.conditions()), len(program.mixes))
    return Sums(number, measure, lines, tuple(rated), tuple(mixes))


@dataclass(slots=True)
class Facts:
    """The sums of versions whose payouts hang together, gathered until all of them are there."""

    plan: Plan
    inputs: Inputs
    spans: dict[tuple[int, UUID], dict[int, Sums]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, partner_id: UUID, sums: Sums) -> None:
        self.spans[self.plan.spans[sums.span].bucket, partner_id][sums.span] = sums

    def alone(self, rows: Sequence[tuple[Any, ...]]) -> list[Aggregate]:
        """The aggregates of rows that look at nothing beside themselves but `inputs`."""
        plain = [_is_plain(version.program) for version in self.plan.versions]
        found = []
        with exact():
            for row in rows:
                if plain[self.plan.spans[row[0]].bucket]:
                    found.append(Aggregate(row[2], row[3]))
                else:
                    found.append(aggregate_of(self.plan, self.inputs, row[1], [sums_of(self.plan, row)]))
        return found

    def rows(self) -> Iterator[tuple[Row, Decimal]]:
        """Every row, and the measure of its period alone."""
        for (bucket, partner_id), found in self.spans.items():
            for number, sums in found.items():
                span = self.plan.spans[number]
                if span.role is Role.ROW and sums.lines:
                    with exact():
                        aggregate = self._aggregate(partner_id, span, sums, found)
                    yield Row(bucket, span.period, partner_id, aggregate), sums.measure

    def _aggregate(self, partner_id: UUID, span: Span, sums: Sums, found: dict[int, Sums]) -> Aggregate:
        program = self.plan.versions[span.bucket].program
        if not program.is_year_to_date:
            base = self._baseline(program, [span.period], found)
            return aggregate_of(self.plan, self.inputs, partner_id, [sums], baseline=base)
        year = self.plan.calendar.year_to_date(span.period)
        keys = {period.key for period in year}
        parts = [one for one in found.values() if self._is_in_year(one, keys)]
        own = next(index for index, one in enumerate(parts) if one is sums)
        parts = [parts[own], *parts[:own], *parts[own + 1 :]]
        base = self._baseline(program, year, found)
        return aggregate_of(self.plan, self.inputs, partner_id, parts, baseline=base, year=year)

    def _is_in_year(self, sums: Sums, keys: set[str]) -> bool:
        span = self.plan.spans[sums.span]
        return span.role is not Role.BASE and span.period.key in keys

    def _baseline(self, program: Program, periods: list[Period], found: dict[int, Sums]) -> Decimal | None:
        if not isinstance(program.calculation, Growth):
            return None
        keys = {base.key for base in bases_for(program, self.plan.calendar, periods)}
        bases = [
            one.measure
            for one in found.values()
            if self.plan.spans[one.span].role is Role.BASE and self.plan.spans[one.span].period.key in keys
        ]
        return sum(bases, ZERO) if bases else None


def _is_plain(program: Program) -> bool:
    """Whether the measure is all that a payout looks at: by far the most programs."""
    return (
        not program.mixes
        and not program.distincts
        and all(isinstance(one, MinMeasure) for one in program.qualifiers)
        and isinstance(program.calculation, (Banded, Spiff))
    )


def aggregate_of(
    plan: Plan,
    inputs: Inputs,
    partner_id: UUID,
    parts: list[Sums],
    *,
    baseline: Decimal | None = None,
    year: list[Period] | None = None,
) -> Aggregate:
    """The aggregate of one span and partner: its own sums first, those of the year's other spans after them."""
    own, span = parts[0], plan.spans[parts[0].span]
    program = plan.versions[span.bucket].program
    return Aggregate(
        measure=sum((one.measure for one in parts), ZERO),
        lines=own.lines,
        rated=own.rated,
        mixes=tuple(sum(column, ZERO) for column in zip(*(one.mixes for one in parts), strict=True)),
        distinct=_distinct(inputs, span, program, partner_id, parts),
        baseline=baseline,
        target=_target(inputs, program, partner_id, year or [span.period]),
        customers=inputs.customers_in(span.bucket, partner_id, own.span),
        standing=inputs.standing(partner_id, span.period),
    )


def _distinct(inputs: Inputs, span: Span, program: Program, partner_id: UUID, parts: list[Sums]) -> tuple[int, ...]:
    counts = []
    for number in range(len(program.distincts)):
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for part in parts:
            for value, amount in inputs.distinct.get((span.bucket, number, partner_id, part.span), {}).items():
                sums[value] += amount
        counts.append(sum(amount > 0 for amount in sums.values()))
    return tuple(counts)


def _target(inputs: Inputs, program: Program, partner_id: UUID, periods: list[Period]) -> Decimal | None:
    """The target of the last period must exist; earlier ones of the year without one count 0."""
    if (program.code, partner_id, periods[-1].key) not in inputs.targets:
        return None
    return sum((inputs.targets.get((program.code, partner_id, one.key), ZERO) for one in periods), ZERO)
