"""Late facts: a closed period keeps its numbers; the difference is booked in the open period, with its cause."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from rebates import fiscal
from rebates.engine.periods import Period
from rebates.models import DISPUTE_CAUSE, Adjustment
from rebates.recalculation import Cause, Comparison, Key, Looked

OUTSIDE_THE_ENGINE = (DISPUTE_CAUSE,)
"""Causes of amounts that people granted: the engine does not know them, so it does not take them back."""
EXIT_RESERVE = "rebates.exit_reserve"
"""Two adjustments that are nothing together, of periods that may both be open: no word about any of them."""


def adjustments_write(
    found: Comparison, looked: Looked, program_ids: Collection[UUID] | None, cause: Cause
) -> list[Adjustment]:
    """Book, for every closed period of the window, what the engine says now less what was said of it so far."""
    if not found.any_closed:
        return []
    said = _adjusted_so_far(looked, program_ids)
    booking: dict[str, Period] = {}
    rows = []
    for key in sorted(found.late.keys() | said.keys()):
        earlier = said.get(key)
        period, payout, currency = found.late.get(key) or (earlier[0], Decimal(0), earlier[2])  # type: ignore[index]
        stored = found.before.get(key)
        difference = payout - (stored.payout if stored else 0) - (earlier[1] if earlier else 0)
        if difference:
            booked = booking.setdefault(period.kind, fiscal.booking_period(period.kind))
            rows.append(_row(key, booked, difference, currency, cause))
    Adjustment.objects.bulk_create(rows, batch_size=2000)
    return rows


def _row(key: Key, booked: Period, amount: Decimal, currency: str, cause: Cause) -> Adjustment:
    version_id, partner_id, origin = key
    return Adjustment(
        version_id=version_id,
        partner_id=partner_id,
        origin_period_key=origin,
        booked_period_key=booked.key,
        amount=amount,
        currency=currency,
        cause_type=cause.type,
        cause_id=cause.id[:64],
    )


def _adjusted_so_far(looked: Looked, program_ids: Collection[UUID] | None) -> dict[Key, tuple[Period, Decimal, str]]:
    """Earlier adjustments by the period that they adjust: (period, sum, currency)."""
    rows: QuerySet[Adjustment] = Adjustment.objects.exclude(cause_type__in=(*OUTSIDE_THE_ENGINE, EXIT_RESERVE))
    widest = looked.widest
    if widest.partner_ids is not None:
        rows = rows.filter(partner_id__in=widest.partner_ids)
    if program_ids is not None:
        rows = rows.filter(version__program_id__in=program_ids)
    calendar, found = fiscal.calendar(), {}
    grouped = rows.values_list("version_id", "partner_id", "origin_period_key", "currency").annotate(Sum("amount"))
    for version_id, partner_id, key, currency, amount in grouped:
        period = calendar.from_key(key)
        window = looked.window(version_id)
        inside = period.start <= window.last and window.first <= period.end
        if inside and looked.covers(version_id, partner_id, period):
            found[version_id, partner_id, key] = (period, amount, currency)
    return found
