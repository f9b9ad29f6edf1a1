"""The audit trail: who did what to which thing, when. Rows are never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.db.models import AppendOnlyModel


class AuditEntry(AppendOnlyModel):
    at = models.DateTimeField(_("time"))
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(_("who"), max_length=254)
    action = models.CharField(_("action"), max_length=80)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(_("what"), max_length=300, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-at", "-id"], name="audit_recent"),
            models.Index(fields=["tenant", "target_type", "target_id", "-at"], name="audit_target"),
        ]
