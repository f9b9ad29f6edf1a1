"""The day up to which the books are locked: nothing is booked on it or before it.

Moving it on takes one person; moving it back, or taking it away, takes a second one (ADR 12).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant, require_tenant_id
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.models import BookLock
from prm.ledger.states import LOCK_TRANSITIONS, LockStatus
from prm.outbox.services import emit
from prm.workflow.services import transition


def locked_until() -> dt.date | None:
    """The last day on which nothing is booked any more; None while the books are open."""
    row = BookLock.objects.filter(status=LockStatus.IN_FORCE).first()
    return row.until if row else None


def book_lock_list(actor: Actor) -> QuerySet[BookLock]:
    """What was locked and asked for, newest first."""
    actor.require(Right.STATEMENTS_VIEW)
    return BookLock.objects.order_by("-created_at", "-id")


@transaction.atomic
def book_lock_set(*, actor: Actor, until: dt.date | None, reason: str) -> BookLock:
    """Lock the books up to and including a day; None opens them.

    A later day than before takes effect at once, anything else waits for a second person. Raises `Invalid` for a day
    that is not over and without a reason, `StateError` (code `unchanged`) for the present day, `Conflict` (code
    `lock_asked`) while another change waits. Emits `ledger.book_lock.changed` once it takes effect.
    """
    actor.require(Right.PERIODS_CLOSE)
    _hold()
    present = locked_until()
    _check(until, reason, present)
    is_looser = present is not None and (until is None or until < present)
    row: BookLock = BookLock.objects.create(
        until=until,
        reason=reason.strip(),
        is_looser=is_looser,
        asked_by_id=actor.person_id,
        asked_by_label=actor.label[:254],
    )
    facts = {"until": until.isoformat() if until else "", "before": present.isoformat() if present else ""}
    record(actor, "ledger.book_lock.asked", row, facts | {"reason": row.reason})
    if not is_looser:
        _into_force(actor, row)
    return row


@transaction.atomic
def book_lock_confirm(*, actor: Actor, lock_id: UUID) -> BookLock:
    """Let the change take effect. Raises `Forbidden` for whoever asked (code `same_person`) and for programs,
    `StateError` when it does not wait any more.
    """
    row = _waiting(actor, lock_id)
    if actor.is_person(row.asked_by_id):
        raise Forbidden(_("You asked for this; somebody else has to confirm it."), code="same_person")
    row.confirmed_by_id, row.confirmed_by_label = actor.person_id, actor.label[:254]
    row.confirmed_at = clock.now()
    row.save(update_fields=["confirmed_by_id", "confirmed_by_label", "confirmed_at"])
    _into_force(actor, row)
    return row


@transaction.atomic
def book_lock_refuse(*, actor: Actor, lock_id: UUID) -> BookLock:
    """The lock stays as it is; whoever asked may take it back, too."""
    row = _waiting(actor, lock_id)
    transition(row, "refuse", table=LOCK_TRANSITIONS, actor=actor, action="ledger.book_lock.refused")
    return row


def check_open(day: dt.date) -> None:
    """Raises `StateError` (code `books_locked`) when nothing may be booked on the day.

    A lock that is set meanwhile waits for the caller's transaction. Only days that are over can be locked.
    """
    if day >= clock.today(require_tenant()):
        return
    _hold(shared=True)
    until = locked_until()
    if until is not None and day <= until:
        raise StateError(locked_text(until), code="books_locked")


def locked_text(until: dt.date) -> str:
    return _("The books are locked until the end of %(day)s.") % {"day": until.isoformat()}


def _check(until: dt.date | None, reason: str, present: dt.date | None) -> None:
    faults = {}
    if until is not None and until >= clock.today(require_tenant()):
        faults["until"] = [_("Only days that are over can be locked.")]
    if not reason.strip():
        faults["reason"] = [_("Please give a reason.")]
    if faults:
        raise Invalid(fields=faults)
    if until == present:
        raise StateError(_("The books are locked like this already."), code="unchanged")
    if BookLock.objects.filter(status=LockStatus.ASKED).exists():
        raise Conflict(_("Another change of the lock waits for a second person."), code="lock_asked")


def _waiting(actor: Actor, lock_id: UUID) -> BookLock:
    actor.require(Right.STATEMENTS_APPROVE)
    if actor.kind != "user":
        raise Forbidden(_("A person decides this, not a program."))
    _hold()
    row = BookLock.objects.select_for_update().filter(pk=lock_id).first()
    if row is None:
        raise NotFound
    if row.status != LockStatus.ASKED:
        raise StateError
    return row


def _into_force(actor: Actor, row: BookLock) -> None:
    earlier = BookLock.objects.select_for_update().filter(status=LockStatus.IN_FORCE).first()
    if earlier is not None:
        transition(earlier, "replace", table=LOCK_TRANSITIONS, actor=actor, action="ledger.book_lock.replaced")
    transition(row, "confirm", table=LOCK_TRANSITIONS, actor=actor, action="ledger.book_lock.changed")
    emit("ledger.book_lock.changed", {"until": row.until.isoformat() if row.until else None})


def _hold(*, shared: bool = False) -> None:
    """Whoever books on an earlier day and whoever moves the lock wait for one another."""
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kind}(hashtextextended(%s, 0))", [f"ledger.lock:{require_tenant_id()}"])
