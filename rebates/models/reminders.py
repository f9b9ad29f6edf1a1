"""Mails about a day that comes near: one row for each reader and day, so that none is sent twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantForeignKey, TenantModel
from prm.identity.models import User
from rebates.models.disputes import Dispute
from rebates.models.statements import Statement
from rebates.states import ReminderKind


class Reminder(TenantModel):
    """`sent_at` is set, and committed, before the mail leaves: a worker that dies in between sends it not twice."""

    kind = models.CharField(max_length=16, choices=ReminderKind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    statement = TenantForeignKey(Statement, null=True, related_name="+")
    dispute = TenantForeignKey(Dispute, null=True, related_name="+")
    due_on = models.DateField(_("due"))
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "user", "statement", "dispute", "due_on"], name="reminder_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind=ReminderKind.REVIEW, statement__isnull=False, dispute__isnull=True)
                | Q(kind=ReminderKind.DISPUTE, statement__isnull=True, dispute__isnull=False),
                name="reminder_subject",
            ),
        ]  # fmt: skip
