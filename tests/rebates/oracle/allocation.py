"""Step 10 and at-sale returns: which line has which part of the payout, and what returns take back of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.rebates.oracle.calculations import line_rate
from tests.rebates.oracle.customers import contributions
from tests.rebates.oracle.earned import Evaluator, Row
from tests.rebates.oracle.facts import Facts, Sale
from tests.rebates.oracle.money import half_up, split
from tests.rebates.oracle.program import value
from tests.rebates.oracle.returns import original_of

Shares = dict[str, int]
"""Minor units by external id."""


def shares_of(evaluator: Evaluator, row: Row) -> Shares:
    if not row.units:
        return {}
    weights = _contributions(evaluator, row)
    return dict(zip(weights, split(row.units, list(weights.values()), list(weights)), strict=True))


def _contributions(evaluator: Evaluator, row: Row) -> dict[str, Fraction]:
    program, facts = row.program, evaluator.market.facts
    found = {line.sale.external_id: line.measure for line in row.lines}
    if program.type == "spiff":
        return {name: measure * value(program.calculation, "amount") for name, measure in found.items()}
    if program.type == "line_rate":
        return {
            line.sale.external_id: line.measure * (line_rate(facts, program, line) or Fraction(0))
            for line in row.lines
        }  # fmt: skip
    if program.type == "new_customer":
        earning = contributions(facts, program, evaluator.lines, row.partner, row.period)
        return dict.fromkeys(found, Fraction(0)) | earning
    return found


def clawbacks_of(facts: Facts, returns: Sequence[Sale], allocated: Shares) -> Shares:
    """What each at-sale return takes back, as negative units."""
    found: Shares = {}
    returned: dict[str, Fraction] = {}
    for sale in sorted(returns, key=lambda sale: sale.order):
        original = original_of(facts, sale)
        before = returned.get(original.external_id, Fraction(0))
        after = returned[original.external_id] = before + max(Fraction(0), -sale.quantity)
        share = allocated.get(original.external_id, 0)
        found[sale.external_id] = _taken(original, before, share) - _taken(original, after, share)
    return found


def _taken(original: Sale, returned: Fraction, share: int) -> int:
    """A line that was sold without a quantity gives nothing back."""
    if original.quantity <= 0:
        return 0
    return half_up(share * min(returned, original.quantity) / original.quantity)
