"""The tenant's fiscal calendar and which of its periods are closed."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Invalid
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.models import Period as PeriodRow
from rebates.states import PeriodStatus

ClosedKey = tuple[str, str]


def calendar() -> Calendar:
    return Calendar(require_tenant().fiscal_start_month)


def base_currency() -> str:
    return require_tenant().base_currency


def today() -> dt.date:
    """The business date at the active tenant."""
    return clock.today(require_tenant())


def period_named(kind: str, key: str) -> Period:
    """The period of a kind and key; raises `Invalid` when there is none of that name and kind."""
    try:
        period = calendar().from_key(key)
    except ValueError:
        period = None
    if period is None or period.kind != kind:
        raise Invalid(_("There is no such period."), fields={"period": [_("Unknown period.")]})
    return period


def closed_keys() -> frozenset[ClosedKey]:
    """(kind, key) of every closed period of the tenant."""
    return frozenset(PeriodRow.objects.filter(status=PeriodStatus.CLOSED).values_list("kind", "key"))


def closed_until(kind: str) -> dt.date | None:
    """The last day of the last closed period of the kind."""
    closed = PeriodRow.objects.filter(status=PeriodStatus.CLOSED, kind=kind)
    return closed.order_by("-ends_on").values_list("ends_on", flat=True).first()


def booking_period(kind: str) -> Period:
    """Where a late difference to a closed period is booked: the open period right after the last closed one.

    It is the period of the next statement, also when later periods have begun since.
    """
    last = closed_until(kind)
    if last is None:
        return calendar().period(PeriodKind(kind), today())
    return calendar().period(PeriodKind(kind), last + dt.timedelta(days=1))
