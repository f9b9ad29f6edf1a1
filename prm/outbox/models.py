"""`Message` is a fact that was told; `Delivery` is one handler's work on it, and the queue that the relay serves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel


class Message(AppendOnlyModel):
    # Both for `prm_secure.outbox_prune`, which runs as the worker role; the app itself deletes no message.
    worker_rights: ClassVar[tuple[str, ...]] = ("SELECT", "DELETE")

    topic = models.CharField(max_length=80)
    payload = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "topic", "created_at"], name="outbox_topic")]


class Delivery(TenantModel):
    """One row for each message and handler: what makes at-least-once sending count once.

    `due_at` is when the relay sends it (again): at once when emitted, a lease later while somebody works on it.
    """

    worker_rights: ClassVar[tuple[str, ...]] = ("SELECT", "UPDATE", "DELETE")

    message = TenantForeignKey(Message, related_name="deliveries")
    handler = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "message", "handler"], name="delivery_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="delivery_due", condition=Q(done_at__isnull=True, parked_at__isnull=True)
            ),
        ]  # fmt: skip
