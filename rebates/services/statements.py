"""Statements are approved by somebody else than who prepared them; then the partner reviews them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from prm import clock
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition_all
from rebates import fiscal
from rebates.models import Statement
from rebates.policies import check_approver
from rebates.selectors.reviews import review_settings
from rebates.states import STATEMENT_TRANSITIONS


@transaction.atomic
def statement_approve(*, actor: Actor, statement_ids: Iterable[UUID]) -> list[Statement]:
    """Approve prepared statements, all or none: the partners' review begins. Emits `rebates.statement.approved`.

    Where the vendor gives no time for a review, they are payable at once.
    Raises `Forbidden` when the actor prepared one of them, `NotFound` for an unknown one, `StateError` when one is not
    waiting for approval any more.
    """
    actor.require(Right.STATEMENTS_APPROVE)
    statements = statements_locked(statement_ids)
    for statement in sorted(statements, key=lambda one: one.number):
        check_approver(actor, statement)
    days = review_settings().review_days
    ends_on = fiscal.today() + dt.timedelta(days=days) if days else None
    transition_all(
        statements,
        "show" if days else "approve",
        table=STATEMENT_TRANSITIONS,
        actor=actor,
        action="rebates.statement.approved",
        approved_by_id=actor.person_id,
        approved_by_label=actor.label[:254],
        approved_at=clock.now(),
        review_ends_on=ends_on,
    )
    if statements:
        payload = {
            "statement_ids": [str(statement.pk) for statement in statements],
            "review_ends_on": ends_on.isoformat() if ends_on else None,
        }
        emit("rebates.statement.approved", payload)
    return statements


def statements_locked(statement_ids: Iterable[UUID]) -> list[Statement]:
    """The statements, locked in the order of their ids so that two callers can't block one another for ever."""
    wanted = set(statement_ids)
    rows = Statement.objects.select_for_update(of=("self",)).select_related("period", "partner")
    found = list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise NotFound
    return found
