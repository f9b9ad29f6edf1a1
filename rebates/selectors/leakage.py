"""Leakage reports: what closed periods paid too much or too little, and why, as a run found it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Abs, Coalesce

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.runs.progress import Progress, progress_get
from prm.runs.states import RunStatus
from rebates.doubles import Double
from rebates.models import LeakageRow, LeakageRun
from rebates.states import LeakCause

_AMOUNT = DecimalField(max_digits=30, decimal_places=4)


@dataclass(frozen=True, slots=True)
class LeakTotal:
    """One cause in one currency; `underpaid` and `overpaid` are both above 0, `open` is what no adjustment corrects."""

    cause: LeakCause
    currency: str
    underpaid: Decimal
    overpaid: Decimal
    open: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Leakage:
    """`run` is None, and all else empty, before the first report is there."""

    run: LeakageRun | None
    leaks: QuerySet[LeakageRow]
    totals: list[LeakTotal]
    doubles: list[Double]


def leakage(
    actor: Actor, *, run_id: UUID | None = None, period_key: str = "", program_id: UUID | None = None,
    partner_id: UUID | None = None, cause: str = "", search: str = "",
) -> Leakage:  # fmt: skip
    """A report, the newest that is done unless named, open differences first, the largest first.

    Doubles are those of the partner, whatever period and program. Raises `NotFound` for a report that is not there.
    """
    run = leakage_run_get(actor, run_id) if run_id else _newest(actor)
    exact = {"period_key": period_key, "program_id": program_id, "partner_id": partner_id, "cause": cause}
    rows = LeakageRow.objects.filter(run=run, **{name: value for name, value in exact.items() if value})
    if search.strip():
        text = search.strip()
        rows = rows.filter(Q(partner_code__icontains=text) | Q(partner_name__icontains=text))
    twice = [_double(one) for one in run.doubles] if run else []
    return Leakage(
        run=run,
        leaks=rows.order_by("is_booked", Abs("amount").desc(), "partner_code", "program_code", "id"),
        totals=list(_totals(rows)),
        doubles=[one for one in twice if partner_id is None or one.partner_id == partner_id],
    )


def leakage_run_list(actor: Actor) -> QuerySet[LeakageRun]:
    """The reports, newest first."""
    actor.require(Right.STATEMENTS_VIEW)
    return LeakageRun.objects.order_by("-created_at", "-id")


def leakage_run_get(actor: Actor, run_id: UUID) -> LeakageRun:
    """Raises `NotFound`."""
    found = leakage_run_list(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def leakage_progress(run: LeakageRun) -> Progress:
    """Where a running report is; the caller has fetched it."""
    return progress_get(run.pk)


def _newest(actor: Actor) -> LeakageRun | None:
    return leakage_run_list(actor).filter(status=RunStatus.DONE).first()


def _totals(rows: QuerySet[LeakageRow]) -> Iterable[LeakTotal]:
    grouped: Any = rows.order_by().values("currency", "cause").annotate(
        underpaid=_sum("amount", Q(amount__gt=0)), overpaid=_sum("amount", Q(amount__lt=0)),
        open=_sum("amount", Q(is_booked=False)), count=Count("id"),
    )  # fmt: skip
    for row in grouped.order_by("currency", "cause"):
        yield LeakTotal(
            LeakCause(row["cause"]), row["currency"], row["underpaid"], -row["overpaid"], row["open"], row["count"]
        )


def _sum(name: str, condition: Q) -> Coalesce:
    zero = Value(Decimal(0), output_field=_AMOUNT)
    return Coalesce(Sum(F(name), filter=condition, output_field=_AMOUNT), zero)


def _double(kept: dict[str, Any]) -> Double:
    read: dict[str, Any] = {
        "partner_id": UUID, "sold_on": date.fromisoformat, "net_amount": Decimal, "paid": Decimal,
        "external_ids": tuple,
    }  # fmt: skip
    return Double(**{one.name: read.get(one.name, str)(kept[one.name]) for one in fields(Double)})
