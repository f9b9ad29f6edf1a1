"""A partner's review of its statements: agreed by the partner, or at the end of the window, warned before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_all
from rebates import fiscal
from rebates.models import ReviewSettings, Statement
from rebates.policies import PARTNER_SEES
from rebates.selectors.reviews import review_settings
from rebates.states import STATEMENT_TRANSITIONS, StatementStatus

LIMITS = {"review_days": (0, 90), "reminder_days": (0, 30), "dispute_days": (1, 60)}
MOST_DAYS_OFF = 400


@transaction.atomic
def review_settings_change(
    *, actor: Actor, review_days: int, reminder_days: int, dispute_days: int, days_off: Sequence[dt.date] = ()
) -> ReviewSettings:
    """Change the vendor's windows; reviews and disputes that run already keep theirs. `review_days` 0: no review."""
    actor.require(Right.SETTINGS_EDIT)
    values = {"review_days": review_days, "reminder_days": reminder_days, "dispute_days": dispute_days}
    text = _("A whole number from %(low)s to %(high)s.")
    faults = {
        name: [text % {"low": LIMITS[name][0], "high": LIMITS[name][1]}]
        for name, value in values.items()
        if not LIMITS[name][0] <= value <= LIMITS[name][1]
    }
    if len(days_off) > MOST_DAYS_OFF:
        faults["days_off"] = [_("At most %(count)s days.") % {"count": MOST_DAYS_OFF}]
    if faults:
        raise Invalid(fields=faults)
    row, _made = ReviewSettings.objects.select_for_update().get_or_create()
    changed = {**values, "days_off": sorted({day.isoformat() for day in days_off})}
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    facts = {name: value for name, value in changed.items() if value != before[name]}
    record(actor, "rebates.review_settings.changed", row, facts | {"before": {name: before[name] for name in facts}})
    return row


@transaction.atomic
def statement_agree(*, actor: Actor, statement_id: UUID) -> Statement:
    """The partner agrees; what it disputes stays held back. Emits `rebates.statement.agreed`.

    Raises `NotFound` for a statement that the partner can't see, `StateError` when its review is over.
    """
    actor.require(Right.OWN_STATEMENTS_REVIEW)
    statement = statement_reviewed(actor, statement_id)
    transition(statement, "agree", table=STATEMENT_TRANSITIONS, actor=actor, action="rebates.statement.agreed")
    statement.agreed_at, statement.agreed_by_id, statement.agreed_by_label = clock.now(), actor.id, actor.label[:254]
    statement.save(update_fields=["agreed_at", "agreed_by_id", "agreed_by_label"])
    emit("rebates.statement.agreed", {"statement_ids": [str(statement.pk)], "by": "partner"})
    return statement


def statement_reviewed(actor: Actor, statement_id: UUID) -> Statement:
    """The partner's own statement, locked."""
    if actor.partner_id is None:
        raise NotFound
    rows = Statement.objects.select_for_update(of=("self",)).select_related("period", "partner")
    visible = rows.filter(partner_id=actor.partner_id, status__in=PARTNER_SEES)
    statement: Statement | None = visible.filter(pk=statement_id).first()
    if statement is None:
        raise NotFound
    return statement


@transaction.atomic
def reviews_lapse(*, actor: Actor) -> int:
    """End the reviews whose last day is past: silence is agreement. Emits `rebates.statement.agreed`.

    Returns how many ended. Rows that somebody is working on are left to the next run.
    """
    due = _in_review().filter(review_ends_on__lt=fiscal.today())
    statements = list(due.select_for_update(skip_locked=True).order_by("pk"))
    transition_all(
        statements, "lapse", table=STATEMENT_TRANSITIONS, actor=actor, action="rebates.statement.review_lapsed",
        agreed_at=clock.now(),
    )  # fmt: skip
    if statements:
        emit("rebates.statement.agreed", {"statement_ids": [str(one.pk) for one in statements], "by": "window"})
    return len(statements)


@transaction.atomic
def reviews_remind(*, actor: Actor) -> int:
    """Announce, once each, the reviews that end soon: `rebates.statement.review_ending`. Returns how many."""
    settings = review_settings()
    soon = fiscal.today() + dt.timedelta(days=settings.reminder_days)
    rows = _in_review().filter(reminded_at=None, review_ends_on__range=(fiscal.today(), soon))
    statements = list(rows.select_for_update(skip_locked=True).order_by("pk")) if settings.reminder_days else []
    for statement in statements:
        statement.reminded_at = clock.now()
        statement.save(update_fields=["reminded_at"])
        record(actor, "rebates.statement.review_ending", statement)
        ends_on = statement.review_ends_on.isoformat()  # type: ignore[union-attr]
        payload = {"statement_id": str(statement.pk), "partner_id": str(statement.partner_id), "ends_on": ends_on}
        emit("rebates.statement.review_ending", payload)
    return len(statements)


def _in_review() -> QuerySet[Statement]:
    return Statement.objects.filter(status=StatementStatus.IN_REVIEW)
