"""Telling people about their money: statements, reviews and disputes whose day is near, decisions, payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from partners.selectors.exits import left_administrators
from prm.audit.services import record
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify, notify_address
from prm.outbox.services import emit
from rebates import fiscal, notices
from rebates.models import Dispute, Payment, Statement
from rebates.selectors.reviews import review_settings
from rebates.states import DisputeStatus, StatementStatus


@transaction.atomic
def disputes_remind(*, actor: Actor) -> int:
    """Announce, once for each due day, the disputes to be decided soon: `rebates.dispute.due_soon`. Returns how many.

    The vendor's reminder setting counts for them, too. One that waits for the partner is not late.
    """
    days, today = review_settings().reminder_days, fiscal.today()
    rows = Dispute.objects.filter(status__in=notices.CLOCKED, due_on__range=(today, today + dt.timedelta(days=days)))
    open_ones = rows.select_for_update(skip_locked=True).order_by("pk") if days else ()
    count = 0
    for dispute in open_ones:
        if dispute.reminded_for == dispute.due_on:
            continue
        dispute.reminded_for = dispute.due_on
        dispute.save(update_fields=["reminded_for"])
        record(actor, "rebates.dispute.due_soon", dispute)
        emit("rebates.dispute.due_soon", {"dispute_id": str(dispute.pk), "due_on": dispute.due_on.isoformat()})
        count += 1
    return count


@transaction.atomic
def review_reminders_make(*, statement_id: UUID) -> None:
    """Everybody at the partner who may agree or object."""
    statement = _statements([statement_id]).filter(status=StatementStatus.IN_REVIEW).first()
    if statement is not None and statement.review_ends_on is not None:
        _tell_partner(notices.REVIEW_ENDING, statement, f"{statement.pk}:{statement.review_ends_on}")


@transaction.atomic
def statements_tell(*, statement_ids: Iterable[UUID]) -> None:
    """The partners whose statements these are: to review them, or that they will be paid."""
    for statement in _statements(statement_ids):
        kind = notices.FOR_REVIEW if statement.status == StatementStatus.IN_REVIEW else notices.ISSUED
        _tell_partner(kind, statement, str(statement.pk))


@transaction.atomic
def dispute_reminders_make(*, dispute_id: UUID) -> None:
    """Its reviewer, or all who could be."""
    dispute = Dispute.objects.filter(pk=dispute_id, status__in=notices.CLOCKED).first()
    if dispute is None:
        return
    kind = notices.ESCALATED_DUE if dispute.status == DisputeStatus.ESCALATED else notices.DUE
    data = _dispute_data(dispute) | {"due_on": dispute.due_on.isoformat()}
    notify(kind, to=notices.deciders(dispute), data=data, once=f"{dispute.pk}:{dispute.due_on}")


@transaction.atomic
def dispute_decided_tell(*, dispute_id: UUID, is_final: bool) -> None:
    dispute = Dispute.objects.get(pk=dispute_id)
    readers = users_with(Right.OWN_STATEMENTS_REVIEW, partner_id=dispute.partner_id)
    data = _dispute_data(dispute) | {"decision": dispute.decision}
    once = f"{dispute.pk}:{'final' if is_final else 'first'}"
    notify(notices.DECIDED, to=readers, data=data, once=once, partner_id=dispute.partner_id)


@transaction.atomic
def payments_tell(*, payment_ids: Iterable[UUID]) -> None:
    """A payment of nothing, where claw-backs took all, is no news."""
    for payment in (
        Payment.objects.filter(pk__in=payment_ids, amount__gt=0).select_related("partner").order_by("number")
    ):
        data = {
            "payment": str(payment), "partner": payment.partner.name, "reference": payment.reference,
            "paid_amount": [str(payment.amount), payment.currency],
            "paid_on": payment.paid_on.isoformat() if payment.paid_on else "",
        }  # fmt: skip
        readers = users_with(Right.OWN_STATEMENTS_VIEW, partner_id=payment.partner_id)
        once = f"{payment.pk}:{payment.attempt}"
        if readers:
            notify(notices.PAID, to=readers, data=data, once=once, partner_id=payment.partner_id)
        else:
            _tell_left(notices.PAID_AFTER_EXIT, payment.partner_id, data, once)


def _statements(ids: Iterable[UUID]) -> Any:
    return Statement.objects.filter(pk__in=ids).select_related("period", "partner").order_by("number")


def _tell_partner(kind: NoticeKind, statement: Statement, once: str) -> None:
    data = {
        "statement": str(statement), "statement_id": str(statement.pk), "period": statement.period.key,
        "partner": statement.partner.name, "total_amount": [str(statement.total), statement.currency],
        "due_on": statement.review_ends_on.isoformat() if statement.review_ends_on else "",
    }  # fmt: skip
    readers = users_with(Right.OWN_STATEMENTS_REVIEW, partner_id=statement.partner_id)
    if readers:
        notify(kind, to=readers, data=data, once=once, partner_id=statement.partner_id)
    elif kind is not notices.REVIEW_ENDING:
        _tell_left(notices.ISSUED_AFTER_EXIT, statement.partner_id, data, once)


def _tell_left(kind: NoticeKind, partner_id: UUID, data: dict[str, Any], once: str) -> None:
    """Who ran the account of a partner that has left, by address: nobody of it has a place here any more."""
    for user in left_administrators(partner_id):
        notify_address(kind, email=user.email, language=user.locale, data=data, once=once)


def _dispute_data(dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute": str(dispute), "dispute_id": str(dispute.pk), "statement": str(dispute.statement),
        "partner": dispute.partner.name, "claimed_amount": [str(dispute.claimed), dispute.currency],
        "stated_amount": [str(dispute.stated), dispute.currency],
    }  # fmt: skip
