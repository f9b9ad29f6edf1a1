"""Periods as finance sees them: those with money in them, open and closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.engine.periods import PeriodKind
from rebates.models import Accrual, Period
from rebates.selectors.closing import closing_keys
from rebates.states import PeriodStatus


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A period with accruals, or closed. `can_close` says that it is over and open; the checklist says the rest.

    `is_closing` while a worker closes it."""

    kind: str
    key: str
    starts_on: dt.date
    ends_on: dt.date
    is_closed: bool
    closed_at: dt.datetime | None
    closed_by_label: str
    accruals: int
    can_close: bool
    is_closing: bool


def period_list(actor: Actor, *, kind: str = "") -> list[PeriodView]:
    """Newest first; the current period of a kind is there even before its first sale."""
    actor.require(Right.STATEMENTS_VIEW)
    counts: dict[tuple[str, str], int] = {
        (found_kind, key): count
        for found_kind, key, count in Accrual.objects.order_by()
        .values_list("period_kind", "period_key")
        .annotate(count=Count("id"))
    }
    closed = {(row.kind, row.key): row for row in Period.objects.filter(status=PeriodStatus.CLOSED)}
    calendar, today, closing = fiscal.calendar(), fiscal.today(), closing_keys()
    current = {(found_kind, calendar.period(PeriodKind(found_kind), today).key) for found_kind, _key in counts}
    views = []
    for found_kind, key in counts.keys() | closed.keys() | current:
        if kind in ("", found_kind):
            period, row = calendar.from_key(key), closed.get((found_kind, key))
            views.append(
                PeriodView(
                    found_kind, key, period.start, period.end, row is not None, row.closed_at if row else None,
                    row.closed_by_label if row else "", counts.get((found_kind, key), 0),
                    can_close=row is None and period.end < today,
                    is_closing=(found_kind, key) in closing,
                )
            )  # fmt: skip
    return sorted(views, key=lambda view: (view.ends_on, view.starts_on), reverse=True)
