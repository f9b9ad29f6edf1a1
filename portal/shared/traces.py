"""The explanation of a payout in words and amounts: every step of the engine's trace is one row of a waterfall."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.shared.payout_sentence import payout_sentence
from portal.shared.qualifier_text import CheckRow, check_rows
from portal.shared.step_text import Explanation, Step, step_amount, step_text
from prm.web.charts import Fall, waterfall


@dataclass(frozen=True, slots=True)
class TraceRow:
    """`kind` is the engine's name of the step; `best` the code of the program that pays instead, if one does."""

    kind: str
    text: str
    amount: Decimal
    bar: Fall
    best: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation ready for a page. The amounts of the rows add up to the payout, `total` is its bar."""

    sentence: str
    rows: list[TraceRow]
    checks: list[CheckRow]
    total: Fall

    @property
    def best(self) -> str:
        return next((row.best for row in self.rows if row.best), "")


def told(explanation: Explanation) -> Told | None:
    """A stored explanation in words; None where there is none, as for an adjustment."""
    if not explanation.get("type"):
        return None
    steps = explanation["steps"]
    bars, total = waterfall([step_amount(step) for step in steps])
    rows = [
        TraceRow(step["step"], step_text(step, explanation), step_amount(step), bar, _winner(step))
        for step, bar in zip(steps, bars, strict=True)
    ]
    return Told(payout_sentence(explanation), rows, check_rows(explanation), total)


def _winner(step: Step) -> str:
    why = str(step.get("why", ""))
    return why.removeprefix("best ") if why.startswith("best ") else ""
