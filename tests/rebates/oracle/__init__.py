"""A second evaluation of rebate programs, written from the specification alone in plain Python, exact and slow.

It shares nothing with the product: it reads rows of text and returns rows of text. It assumes that the programs are
valid.
"""

from __future__ import annotations

from fractions import Fraction

from tests.rebates.oracle.allocation import clawbacks_of, shares_of
from tests.rebates.oracle.best import keep_the_best
from tests.rebates.oracle.earned import Evaluator, Row, evaluator_of
from tests.rebates.oracle.facts import facts_of
from tests.rebates.oracle.files import Output, World
from tests.rebates.oracle.limits import settle
from tests.rebates.oracle.money import digits, fixed, measure_text
from tests.rebates.oracle.periods import Calendar
from tests.rebates.oracle.program import program_of
from tests.rebates.oracle.returns import orphans
from tests.rebates.oracle.scope import Market

__all__ = ["Output", "World", "evaluate"]


def evaluate(world: World) -> Output:
    """The rows of accruals.csv, lines.csv and exceptions.csv; a refused line's reason is just `refused`."""
    facts = facts_of(world)
    programs = [program_of(document) for document in world.programs]
    lost = orphans(facts)
    market = Market(facts, Calendar(world.fiscal_start_month), programs, lost.keys())
    output = Output()
    output.exceptions.extend((name, "", "refused") for name in facts.refused)
    output.exceptions.extend((name, "", reason) for name, reason in lost.items())
    evaluators = [evaluator_of(market, program) for program in programs]
    rows = [evaluator.rows() for evaluator in evaluators]
    keep_the_best(market, [row for of_one in rows for row in of_one])
    for evaluator, of_one in zip(evaluators, rows, strict=True):
        settle(evaluator.program, of_one)
        _report(evaluator, of_one, output)
        output.exceptions.extend((name, evaluator.program.code, why) for name, why in evaluator.faults().items())
    return Output(sorted(output.accruals), sorted(output.lines), sorted(output.exceptions))


def _report(evaluator: Evaluator, rows: list[Row], output: Output) -> None:
    program, lines = evaluator.program, evaluator.lines
    places = digits(program.currency)
    allocated: dict[str, int] = {}
    for row in rows:
        allocated |= shares_of(evaluator, row)
    everything = [sale for returns in lines.clawbacks.values() for sale in returns]
    taken = clawbacks_of(evaluator.market.facts, everything, allocated)
    for row in rows:
        returns = lines.clawbacks.get((row.partner, row.period), [])
        payout = row.units + sum(taken[sale.external_id] for sale in returns)
        measure = sum((line.measure for line in row.lines), Fraction(0))
        reasons = [row.reason] if row.reason else []
        reason = "; ".join([*reasons, "clawback"] if returns else reasons)
        output.accruals.append((
            program.code, row.partner, row.period.key, measure_text(measure), fixed(payout, places), program.currency,
            reason,
        ))  # fmt: skip
    amounts = (allocated | taken).items()
    output.lines.extend((program.code, name, fixed(units, places)) for name, units in amounts if units)
