"""The rebate engine over the database: set-based matching and aggregation, compiled from the programs' conditions.

`evaluate` gives the payouts, `orphans` and `Evaluation.exceptions` the lines that count nowhere, `line_allocations`
the lines behind a payout, `paged_lines` a page of very many. The arithmetic of a payout is in `rebates.engine`; nothing
here knows a calculation.
"""

from .allocation import CountedLine
from .evaluation import Evaluated, Evaluation, LineException, Scope, evaluate, orphans
from .pages import has_many_lines, is_paged, paged_lines
from .parameters import LIVE, Sources
from .shares import all_allocations, line_allocations

__all__ = [
    "LIVE", "CountedLine", "Evaluated", "Evaluation", "LineException", "Scope", "Sources", "all_allocations",
    "evaluate", "has_many_lines", "is_paged", "line_allocations", "orphans", "paged_lines",
]  # fmt: skip
