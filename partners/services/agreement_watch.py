"""What time brings about: agreements begin, renew, come near their end and end.

What is due is told by the days of the agreements alone: a run that is stopped half-way leaves nothing half done, and
the next one brings the same result.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.models import Agreement, AgreementNotice
from partners.notices.agreements import EXPIRING, RENEWING, WATCH_FAILED
from partners.services.agreement_life import agreement_activate_due, agreement_end, agreement_renew_due
from partners.services.agreement_steps import locked, step, tell, tell_both
from partners.services.signing_todo import service_ask
from partners.signing import BUILT_IN
from partners.states.agreements import IN_FORCE, OUT, AgreementKind, AgreementStatus, ServiceTodo
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

logger = logging.getLogger(__name__)

NOTICE_DAYS = (60, 30, 14, 7)
EXPIRING_DAYS = NOTICE_DAYS[0]
Step = Callable[[Actor, Agreement, dt.date], bool]


def agreements_watch(*, actor: Actor, tenant: Tenant | None = None) -> int:
    """Do what is due today at the vendor; returns how many things were.

    Each agreement in a transaction of its own: of one that is at fault the vendor's people are told, once a day, and
    the others go on.
    """
    found = tenant or require_tenant()
    today = clock.today(found)
    with tenant_context(found):
        work = [(list(rows.order_by("number").values_list("pk", flat=True)), do) for rows, do in _work(today)]
    done = 0
    for ids, do in work:
        for pk in ids:
            done += _one(found, actor, pk, do, today)
    return done


def _work(today: dt.date) -> list[tuple[QuerySet[Agreement], Step]]:
    soon = today + dt.timedelta(days=EXPIRING_DAYS)
    live = Agreement.objects.filter(status__in=IN_FORCE)
    renewing = live.filter(auto_renew=True, active_to__isnull=False)
    elsewhere = Agreement.objects.filter(status__in=OUT).exclude(provider=BUILT_IN)
    return [
        (elsewhere.filter(envelope="", service_todo=""), _hand_over),
        (Agreement.objects.filter(status=AgreementStatus.COUNTERSIGNED, starts_on__lte=today), _begin),
        (renewing, _renew),
        (live.filter(active_to__lt=today), _end),
        (live.filter(active_to__lte=soon, active_to__gte=today), _warn),
    ]


def _one(tenant: Tenant, actor: Actor, pk: UUID, do: Step, today: dt.date) -> bool:
    try:
        with tenant_context(tenant):
            return do(actor, locked(pk), today)
    except Exception as error:  # whatever is wrong with this one, the others have their day, too
        logger.exception("agreement %s: what is due on %s could not be done", pk, today)
        with tenant_context(tenant):
            _tell_fault(pk, today, error)
        return False


def _tell_fault(pk: UUID, today: dt.date, error: Exception) -> None:
    agreement = Agreement.objects.select_related("partner").get(pk=pk)
    said = error.message if isinstance(error, DomainError) else type(error).__name__
    data = {
        "agreement_id": str(pk), "number": str(agreement), "partner": agreement.partner.name, "reason": str(said),
    }  # fmt: skip
    notify(WATCH_FAILED, to=users_with(Right.AGREEMENTS_EDIT), data=data, once=f"{pk}:{today}")


def _hand_over(_actor: Actor, agreement: Agreement, _today: dt.date) -> bool:
    """Whatever became of the first message, an agreement does not wait for ever to be handed to its service."""
    service_ask(agreement_id=agreement.pk, todo=ServiceTodo.HAND_OVER)
    return bool(locked(agreement.pk).service_todo)


def _begin(actor: Actor, agreement: Agreement, _today: dt.date) -> bool:
    return agreement_activate_due(actor, agreement)


def _renew(actor: Actor, agreement: Agreement, _today: dt.date) -> bool:
    return agreement_renew_due(actor, agreement)


def _end(actor: Actor, agreement: Agreement, today: dt.date) -> bool:
    last_day = agreement.active_to
    if agreement.status not in IN_FORCE or last_day is None or last_day >= today:
        return False
    agreement_end(actor, agreement, "terminate" if agreement.end_reason else "expire", last_day)
    return True


def _warn(actor: Actor, agreement: Agreement, today: dt.date) -> bool:
    """The nearest warning that is due; those before it, if a standstill swallowed them, are not sent late."""
    last_day = agreement.active_to
    if agreement.status not in IN_FORCE or last_day is None or last_day < today:
        return False
    left = (last_day - today).days
    changed = agreement.status == AgreementStatus.ACTIVE and not agreement.auto_renew and left <= EXPIRING_DAYS
    if changed:
        step(actor, agreement, "near_end", "expiring_soon")
    due = min((days for days in NOTICE_DAYS if days >= left), default=None)
    if due is None or _is_followed(agreement):
        return changed
    if agreement.notices.filter(ends_on=last_day, days__lte=due).exists():
        return changed
    AgreementNotice.objects.create(agreement=agreement, ends_on=last_day, days=due)
    tell(agreement, "expiring", days=due, ends_on=last_day.isoformat())
    _write(agreement, last_day, due, left)
    return True


def _is_followed(agreement: Agreement) -> bool:
    """A renewal is signed already, and begins when this one ends; additions are spoken of with what they add to."""
    ready = Q(kind=AgreementKind.RENEWAL, status=AgreementStatus.COUNTERSIGNED)
    return agreement.successors.filter(ready).exists() or agreement.effect == "extends"


def _write(agreement: Agreement, last_day: dt.date, due: int, left: int) -> None:
    once = f"{agreement.pk}:{last_day.isoformat()}:{due}"
    if not agreement.auto_renew:
        tell_both(EXPIRING, agreement, once, days=left)
        return
    notice_on = last_day - dt.timedelta(days=agreement.renewal_notice_days)
    tell_both(RENEWING, agreement, once, notice_on=notice_on.isoformat())
