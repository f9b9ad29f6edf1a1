"""What one recalculation looks at, and how its results differ from what is stored.

A fact reaches further than its own day: a return counts on the day of its original, and an original makes returns
countable that came before it. So the window of a fact is widened to all of these, and covers whole periods.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from prm.db.scope import require_tenant_id
from prm.money import round_digits
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.versions import Version
from rebates.models import Accrual
from rebates.sql import Evaluated, Evaluation

Key = tuple[UUID, UUID, str]
"""(version, partner, period key)"""

MEASURE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a recalculation necessary: the label of a model or topic, and which one."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Window:
    """Partners and days; None is all of them, respectively open. `kind` confines it to periods of one kind."""

    partner_ids: tuple[UUID, ...] | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    kind: str | None = None

    @property
    def first(self) -> dt.date:
        return self.since or dt.date.min

    @property
    def last(self) -> dt.date:
        return self.until or dt.date.max

    @classmethod
    def of(cls, period: Period) -> Window:
        return cls(None, period.start, period.end, period.kind)

    def touches(self, version: Version | None, period: Period) -> bool:
        """Whether the engine looks at this version's part of the period; also True where it has no part any more."""
        if self.kind not in (None, period.kind):
            return False
        days = version.days_of(period) if version else None
        return days is None or (days[0] <= self.last and self.first <= days[1])


@dataclass(frozen=True, slots=True)
class Looked:
    """What an evaluation looks at: the window that was asked for, for some versions a wider one (`Reach`)."""

    asked: Window
    versions: Mapping[UUID, Version]
    wider: Mapping[UUID, Window]

    @classmethod
    def of(cls, asked: Window, evaluation: Evaluation) -> Looked:
        versions: dict[UUID, Version] = {version.id: version for version in evaluation.versions}  # type: ignore[misc]
        wider = {
            version.id: Window(None if reach.everybody else asked.partner_ids, reach.since, reach.until, asked.kind)
            for version, reach in zip(evaluation.versions, evaluation.reaches, strict=True)
        }
        return cls(asked, versions, {key: window for key, window in wider.items() if window != asked})  # type: ignore[misc]

    @property
    def widest(self) -> Window:
        windows = [self.asked, *self.wider.values()]
        first, last = min(one.first for one in windows), max(one.last for one in windows)
        everybody = any(one.partner_ids is None for one in windows)
        return Window(
            None if everybody else self.asked.partner_ids,
            None if first == dt.date.min else first,
            None if last == dt.date.max else last,
            self.asked.kind,
        )

    def window(self, version_id: UUID) -> Window:
        return self.wider.get(version_id, self.asked)

    def covers(self, version_id: UUID, partner_id: UUID, period: Period) -> bool:
        """Whether the evaluation has said all there is to say of this version, partner and period."""
        window, version = self.window(version_id), self.versions.get(version_id)
        known = window.partner_ids is None or partner_id in window.partner_ids
        # Where returns alone make a row, the version need not be in force any more.
        is_whole = window.since is None and window.until is None and window.kind is None
        return known and (is_whole or window.touches(version, period))


@dataclass(frozen=True, slots=True)
class Stored:
    """An accrual as it stands."""

    id: UUID
    version_id: UUID
    program_id: UUID
    partner_id: UUID
    period: Period
    measure: Decimal
    payout: Decimal
    currency: str
    reason: str

    @property
    def key(self) -> Key:
        return self.version_id, self.partner_id, self.period.key


@dataclass(slots=True)
class Comparison:
    """`late` holds, by key, what the engine says now of a closed period: (period, payout, currency)."""

    write: list[Evaluated] = field(default_factory=list)
    delete: list[Stored] = field(default_factory=list)
    before: dict[Key, Stored] = field(default_factory=dict)
    late: dict[Key, tuple[Period, Decimal, str]] = field(default_factory=dict)
    any_closed: bool = False


WIDEN_SQL = """
    WITH touched AS (
        SELECT external_id, partner_id, sold_on, reverses, customer_code FROM commerce_saleline
        WHERE tenant_id = %(tenant)s AND sold_on BETWEEN %(since)s AND %(until)s
          AND (%(partners)s::uuid[] IS NULL OR partner_id = ANY(%(partners)s::uuid[]))
    ), reached AS (
        SELECT partner_id, sold_on FROM touched
        UNION ALL
        SELECT t.partner_id, o.sold_on FROM touched t
        JOIN commerce_saleline o ON o.tenant_id = %(tenant)s AND o.external_id = t.reverses WHERE t.reverses <> ''
        UNION ALL
        SELECT r.partner_id, r.sold_on FROM touched t
        JOIN commerce_saleline r ON r.tenant_id = %(tenant)s AND r.reverses = t.external_id AND r.reverses <> ''
        UNION ALL
        SELECT c.partner_id, c.sold_on FROM commerce_saleline c
        WHERE %(customers)s AND c.tenant_id = %(tenant)s AND c.customer_code <> ''
          AND c.customer_code IN (SELECT customer_code FROM touched WHERE customer_code <> '')
    )
    SELECT min(sold_on), max(sold_on), array_agg(DISTINCT partner_id)::text[] FROM reached
"""


def widened(
    partner_ids: Iterable[UUID] | None, since: dt.date | None, until: dt.date | None, *, customers: bool = False
) -> Window:
    """The window of a fact about sale lines of these partners and days, and of whatever these lines reach.

    `customers`: a customer's first sale decides what others of its lines earn, also those of other partners.
    """
    ids = None if partner_ids is None else tuple(sorted(set(partner_ids)))
    if since is None or until is None:
        return Window(ids, since, until)
    with connection.cursor() as cursor:
        partners = None if ids is None else [str(partner_id) for partner_id in ids]
        values: dict[str, Any] = {
            "tenant": require_tenant_id(), "since": since, "until": until, "partners": partners, "customers": customers,
        }  # fmt: skip
        cursor.execute(WIDEN_SQL, values)
        first, last, reached = cursor.fetchone()
    if ids is not None:
        ids = tuple(sorted({*ids, *map(UUID, reached or ())}))
    return Window(ids, min(since, first or since), max(until, last or until))


def stored_in(looked: Looked, program_ids: Collection[UUID] | None = None) -> dict[Key, Stored]:
    """The accruals that a recalculation is about."""
    rows: QuerySet[Accrual] = Accrual.objects.all()
    widest = looked.widest
    if widest.partner_ids is not None:
        rows = rows.filter(partner_id__in=widest.partner_ids)
    if program_ids is not None:
        rows = rows.filter(version__program_id__in=program_ids)
    if widest.since is not None:
        rows = rows.filter(period_end__gte=widest.since)
    if widest.until is not None:
        rows = rows.filter(period_start__lte=widest.until)
    calendar, periods, found = fiscal.calendar(), dict[str, Period](), {}
    columns = ("id", "version_id", "version__program_id", "partner_id", "period_key", "measure", "payout", "currency")
    listed = rows.values_list(*columns, "reason")
    # A cursor of the server for everybody's rows; for one partner's it would only add round trips.
    for row in listed.iterator(5000) if widest.partner_ids is None else listed:
        key = row[4]
        if key not in periods:
            periods[key] = calendar.from_key(key)
        stored = Stored(row[0], row[1], row[2], row[3], periods[key], *row[5:])
        if looked.covers(stored.version_id, stored.partner_id, stored.period):
            found[stored.key] = stored
    return found


def compare(
    results: Sequence[Evaluated], stored: Mapping[Key, Stored], closed: Collection[fiscal.ClosedKey]
) -> Comparison:
    """What to write, what to delete, and what concerns closed periods, whose rows stay as they are."""
    found = Comparison(before=dict(stored), any_closed=bool(closed))
    gone = dict(stored)
    for result in results:
        key: Key = (result.version.id, result.partner_id, result.period.key)  # type: ignore[assignment]
        before = gone.pop(key, None)
        if (result.period.kind, result.period.key) in closed:
            found.late[key] = (result.period, result.payout, result.currency)
        elif before is None or _differs(before, result):
            found.write.append(result)
    for key, row in gone.items():
        if (row.period.kind, row.period.key) in closed:
            found.late[key] = (row.period, Decimal(0), row.currency)
        else:
            found.delete.append(row)
    return found


def _differs(before: Stored, result: Evaluated) -> bool:
    measure = round_digits(result.measure, MEASURE_DIGITS)
    return (before.payout, before.measure, before.reason) != (result.payout, measure, result.reason)
