"""Files of the bank: which came, what one would change now, what it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.runs.progress import Progress, progress_get
from prm.runs.states import RunStatus
from rebates.bank_results.plan import PlannedLine, plan_of
from rebates.bank_results.reading import content_of
from rebates.models import ApplyRun, BankResult, BankResultLine
from rebates.states import RESULT_CHANGES, RESULT_NOTHING, BankResultStatus, ResultOutcome

GROUPS = ("changes", "left_out", "nothing")
Line = PlannedLine | BankResultLine


def bank_result_list(actor: Actor, *, status: str = "") -> QuerySet[BankResult]:
    """Newest first."""
    actor.require(Right.SETTLEMENTS_PAY)
    rows: QuerySet[BankResult] = BankResult.objects.select_related("file").order_by("-created_at", "-id")
    return rows.filter(status=status) if status else rows


def bank_result_get(actor: Actor, result_id: UUID) -> BankResult:
    """Raises `NotFound`."""
    found = bank_result_list(actor).filter(pk=result_id).first()
    if found is None:
        raise NotFound
    return found


def apply_run_last(actor: Actor, result: BankResult) -> ApplyRun | None:
    """The newest application, unless it is done: the file itself then says it all."""
    actor.require(Right.SETTLEMENTS_PAY)
    found: ApplyRun | None = result.runs.first()
    return None if found is None or found.status == RunStatus.DONE else found


def apply_progress(run: ApplyRun) -> Progress:
    """Where an application is; the caller has fetched it."""
    return progress_get(run.pk)


@dataclass(frozen=True, slots=True)
class ResultView:
    """A file with what its entries would do now, or have done, in its order; applied ones have no `fingerprint`."""

    result: BankResult
    lines: Sequence[Line]
    fingerprint: str


def bank_result_view(actor: Actor, result_id: UUID) -> ResultView:
    """Raises `NotFound`."""
    result = bank_result_get(actor, result_id)
    if result.status == BankResultStatus.CHECKED:
        plan = plan_of(content_of(result))
        return ResultView(result, plan.lines, plan.fingerprint)
    rows = BankResultLine.objects.filter(result=result).select_related("payment__partner", "payment__settlement")
    return ResultView(result, list(rows.order_by("row", "payment__number")), "")


def group_of(line: Line) -> str:
    """`changes`, `left_out` (it wants to be looked at) or `nothing` (nothing to do)."""
    if line.outcome in RESULT_CHANGES:
        return "changes"
    return "nothing" if line.outcome in RESULT_NOTHING else "left_out"


def counts_of(lines: Iterable[Line]) -> dict[str, int]:
    """Outcome or group → how many entries."""
    found = Counter(str(line.outcome) for line in lines)
    groups = Counter(group_of(line) for line in lines)
    return {**{name: found[name] for name in ResultOutcome.values}, **{name: groups[name] for name in GROUPS}}


def sums_of(lines: Iterable[Line], outcome: ResultOutcome) -> list[tuple[str, Decimal]]:
    """(currency, sum) of the payments with this outcome."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.outcome == outcome and line.payment is not None:
            currency = line.payment.currency
            sums[currency] = sums.get(currency, Decimal(0)) + line.payment.amount
    return sorted(sums.items())
