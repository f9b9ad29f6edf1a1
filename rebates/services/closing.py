"""Asking for a close. A worker carries it out (`rebates.close_work`)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Conflict
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.orders import order_fields
from prm.runs.states import RUN_ACTIVE
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.models import CloseRun
from rebates.services.periods import period_close_check

WATCH = "rebates.close.watch"
"""Internal: somebody has to work on the close until it has ended."""


@transaction.atomic
def period_close_start(
    *, actor: Actor, kind: str, key: str, accept_exceptions: bool = False, reason: str = ""
) -> CloseRun:
    """Queue the close of a period; what `period_close` would refuse at this moment is refused at once.

    Raises as `period_close` does, and `Conflict` (code `closing`) while somebody's close of the period is at work.
    """
    actor.require(Right.PERIODS_CLOSE)
    period = fiscal.period_named(kind, key)
    _check_nobody_closes(period)
    period_close_check(period, accept_exceptions=accept_exceptions, reason=reason)
    run = CloseRun(
        kind=period.kind, key=period.key, accept_exceptions=accept_exceptions, reason=reason.strip(),
        **order_fields(actor),
    )  # fmt: skip
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        # Somebody else asked at the same moment.
        _check_nobody_closes(period)
        raise
    record(actor, "rebates.close.requested", run, {"period": run.key, "reason": run.reason})
    emit(WATCH, {"run_id": str(run.pk)})
    return run


def _check_nobody_closes(period: Period) -> None:
    other = CloseRun.objects.filter(kind=period.kind, key=period.key, status__in=RUN_ACTIVE).first()
    if other is not None:
        names = {"period": other.key, "who": other.requested_by_label}
        raise Conflict(_("%(period)s is being closed, by %(who)s.") % names, code="closing")
