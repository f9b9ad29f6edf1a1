"""What is yet to be done for an agreement at a signing service, and when it is tried again."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Agreement
from partners.policies.agreements import require_agreements_edit
from partners.services.agreement_steps import agreement_locked, locked
from partners.signing import BUILT_IN
from partners.states.agreements import OUT, AgreementStatus, ServiceTodo
from prm.audit.services import record
from prm.errors import StateError
from prm.identity.actor import Actor
from prm.outbox.services import emit

WATCH = "partners.agreement.service_watch"
"""Internal: somebody has to call the service until it is done."""
FIRST_AGAIN, LONGEST_AGAIN = dt.timedelta(seconds=30), dt.timedelta(hours=1)
MOST_DOUBLINGS = 7
FIELDS = ["service_todo", "service_tries", "service_error", "service_claimed_at"]


@transaction.atomic
def service_ask(*, agreement_id: UUID, todo: ServiceTodo) -> None:
    """Have it done soon, and again until it is; nothing where it is no longer to be done."""
    agreement = locked(agreement_id)
    if agreement.service_todo == todo or not is_due(agreement, todo):
        return
    service_set(agreement, todo)
    emit(WATCH, {"agreement_id": str(agreement.pk), "todo": str(todo)})


@transaction.atomic
def agreement_service_retry(*, actor: Actor, agreement_id: UUID) -> Agreement:
    """Call the signing service now instead of later. Raises `StateError` when nothing waits for it."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if not agreement.service_todo:
        raise StateError(_("Nothing waits for the signing service."))
    is_watched = not agreement.is_given_up
    agreement.service_tries = 0
    agreement.save(update_fields=["service_tries"])
    record(actor, "partners.agreement.service_retried", agreement, {"todo": agreement.service_todo})
    emit(WATCH, {"agreement_id": str(agreement.pk), "todo": agreement.service_todo, "once": is_watched})
    return agreement


def service_set(agreement: Agreement, todo: str) -> None:
    """The caller holds the lock. Empty: nothing is to be done."""
    agreement.service_todo, agreement.service_tries = todo, 0
    agreement.service_error, agreement.service_claimed_at = "", None
    agreement.save(update_fields=FIELDS)


def service_again(agreement: Agreement) -> dt.timedelta:
    """How long to wait until it is looked at again: longer from failure to failure."""
    doublings: int = min(agreement.service_tries, MOST_DOUBLINGS)
    longer: dt.timedelta = FIRST_AGAIN * 2**doublings
    return min(longer, LONGEST_AGAIN)


def is_due(agreement: Agreement, todo: str) -> bool:
    if agreement.provider == BUILT_IN:
        return False
    if todo == ServiceTodo.HAND_OVER:
        return agreement.status in OUT and not agreement.envelope
    if todo == ServiceTodo.CALL_BACK:
        return agreement.status == AgreementStatus.VOIDED and bool(agreement.envelope)
    return agreement.status in OUT and bool(agreement.envelope)
