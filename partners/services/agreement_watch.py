"""What time brings about: agreements begin, renew, come near their end and end.

What is due is told by the days of the agreements alone: a run that is stopped half-way leaves nothing half done, and
the next one brings the same result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from partners.models import Agreement, AgreementNotice
from partners.notices.agreements import EXPIRING, RENEWING
from partners.services.agreement_life import agreement_activate_due, agreement_end, agreement_renew_due
from partners.services.agreement_steps import locked, step, tell, tell_both
from partners.states.agreements import IN_FORCE, AgreementKind, AgreementStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor

NOTICE_DAYS = (60, 30, 14, 7)
EXPIRING_DAYS = NOTICE_DAYS[0]
Step = Callable[[Actor, Agreement, dt.date], bool]


def agreements_watch(*, actor: Actor) -> int:
    """Do what is due today at the vendor; returns how many things were."""
    today = clock.today(require_tenant())
    soon = today + dt.timedelta(days=EXPIRING_DAYS)
    live = Agreement.objects.filter(status__in=IN_FORCE)
    renewing = live.filter(auto_renew=True, active_to__isnull=False)
    work: list[tuple[QuerySet[Agreement], Step]] = [
        (Agreement.objects.filter(status=AgreementStatus.COUNTERSIGNED, starts_on__lte=today), _begin),
        (renewing, _renew),
        (live.filter(active_to__lt=today), _end),
        (live.filter(active_to__lte=soon, active_to__gte=today), _warn),
    ]
    return sum(_each(actor, rows, do, today) for rows, do in work)


def _each(actor: Actor, rows: QuerySet[Agreement], do: Step, today: dt.date) -> int:
    ids: list[UUID] = list(rows.order_by("number").values_list("pk", flat=True))
    done = 0
    for pk in ids:
        with transaction.atomic():
            done += do(actor, locked(pk), today)
    return done


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
