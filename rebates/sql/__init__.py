"""The rebate engine over the database: set-based matching and aggregation, compiled from the programs' conditions.

`evaluate` gives the payouts, `orphans` and `Evaluation.exceptions` the lines that count nowhere, `line_allocations`
the lines behind a payout. The arithmetic of a payout is in `rebates.engine`; nothing here knows a calculation.
"""

from .allocation import CountedLine
from .evaluation import Evaluated, Evaluation, LineException, Scope, evaluate, orphans
from .parameters import LIVE, Sources
from .shares import all_allocations, line_allocations

__all__ = [
    "LIVE", "CountedLine", "Evaluated", "Evaluation", "LineException", "Scope", "Sources", "all_allocations",
    "evaluate", "line_allocations", "orphans",
]  # fmt: skip
