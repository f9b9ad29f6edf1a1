"""The explanation of a payout: every step from the bands to the claw-back, with amounts that add up to it exactly."""

from dataclasses import replace

from prm.money import exact, minor_units, round_digits

from .calculations import Aggregate
from .evaluate import ZERO, Payout, payout_of
from .program import Program
from .qualifiers import first_failing, positioned
from .trace import NextBand, Step, Trace, plain_facts, shown


def trace_of(program: Program, aggregate: Aggregate, payout: Payout | None = None) -> Trace:
    """Why a payout is what it is; the plain `payout_of` when none is given."""
    found = payout if payout is not None else payout_of(program, aggregate)
    steps: list[Step] = []
    with exact():
        if aggregate.measure > 0:
            steps += program.calculation.steps(aggregate)
        steps += _stations(program, aggregate, found)
        rounding = found.amount - sum((shown(step.amount) for step in steps), ZERO)
        if rounding:
            steps.append(Step("rounding", rounding))
        return Trace(
            type=program.calculation.type,
            measure_kind=program.measure,
            measure=aggregate.measure,
            currency=program.currency,
            steps=tuple(steps),
            payout=found.amount,
            reason=found.full_reason,
            next_band=next_band(program, aggregate),
            checks=tuple(
                {
                    "type": one.type,
                    "holds": one.holds(aggregate, position),
                    **plain_facts(one.seen(aggregate, position)),
                }
                for one, position in positioned(program.qualifiers)
            ),
        )


def _stations(program: Program, aggregate: Aggregate, found: Payout) -> list[Step]:
    """What qualifiers, stacking, the year's earlier periods, caps, budget and returns did, where they did anything."""
    steps = []
    failing = first_failing(program.qualifiers, aggregate)
    if failing is not None:
        qualifier, position = failing
        facts = {"qualifier": qualifier.type, **qualifier.seen(aggregate, position)}
        steps.append(Step("qualifier", shown(found.qualified) - shown(found.calculated), facts))
    if found.stacked != found.qualified:
        steps.append(Step("stacking", -shown(found.qualified), {"why": found.reason}))
    if found.earlier:
        steps.append(Step("earned_earlier", -found.earlier))
    due = shown(found.stacked) - found.earlier
    if program.is_year_to_date:
        due = round_digits(shown(found.stacked), minor_units(program.currency)) - found.earlier
    if found.capped < due:
        steps.append(Step("cap", shown(found.capped) - due, {"cap": shown(found.capped)}))
    if found.granted != found.rounded:
        steps.append(Step("program_total", found.granted - found.rounded))
    if found.taken_back is not None:
        steps.append(Step("clawback", -found.taken_back))
    return steps


def next_band(program: Program, aggregate: Aggregate) -> NextBand | None:
    """The next band and what reaching it exactly would add; None at the top or where there are no bands."""
    with exact():
        measure = max(aggregate.measure, ZERO)
        band = next((band for band in program.calculation.rungs(aggregate) if band.start > measure), None)
        if band is None:
            return None
        there = payout_of(program, replace(aggregate, measure=band.start))
        gain = there.amount - payout_of(program, aggregate).amount
        return NextBand(band.start, band.value, band.start - aggregate.measure, gain)
