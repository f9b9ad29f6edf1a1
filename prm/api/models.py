from __future__ import annotations

from typing import ClassVar

from django.db import models

from prm.db.models import TenantModel


class IdempotencyRecord(TenantModel):
    """The answer to a request that named an Idempotency-Key, replayed when the same request comes again."""

    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "actor_id", "key"], name="idempotency_key")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]
