"""Mails about money, in the reader's language. Nobody can switch them off: a day that passes in silence costs money."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives

from prm.db.scope import require_tenant
from prm.mails import compose
from prm.tenancy.hosts import public_url
from rebates.models import Reminder
from rebates.states import DisputeStatus, ReminderKind

STATEMENT_PATH = "/p/statements/{id}/"
DISPUTE_PATH = "/f/disputes/{id}/"


def reminder_mail(reminder: Reminder) -> EmailMultiAlternatives:
    tenant, user = require_tenant(), reminder.user
    is_review = reminder.kind == ReminderKind.REVIEW
    about = _review(reminder) if is_review else _dispute(reminder)
    context = {"name": user.name, "day": reminder.due_on.isoformat(), **about}
    context["url"] = public_url(tenant, context.pop("path"))
    template = "review_ending" if is_review else "dispute_due"
    return compose(template, context, to=user.email, tenant=tenant, language=user.locale)


def _review(reminder: Reminder) -> dict[str, Any]:
    statement = reminder.statement
    assert statement is not None  # noqa: S101 (the database says so)
    return {"statement": statement, "period": statement.period.key, "path": STATEMENT_PATH.format(id=statement.pk)}


def _dispute(reminder: Reminder) -> dict[str, Any]:
    dispute = reminder.dispute
    assert dispute is not None  # noqa: S101 (the database says so)
    escalated = dispute.status == DisputeStatus.ESCALATED
    return {"dispute": dispute, "is_escalated": escalated, "path": DISPUTE_PATH.format(id=dispute.pk)}
