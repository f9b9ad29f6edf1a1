from __future__ import annotations

from typing import ClassVar

from django.db import models

from prm.db.models import TenantModel


class IdempotencyRecord(TenantModel):
    """The answer to a request that named an Idempotency-Key, replayed when the same request comes again.

    `body` is text and not JSON: a replay is the first answer byte for byte. `status` is 0 only inside the transaction
    that makes the effect.
    """

    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "actor_id", "key"], name="idempotency_key")]
        indexes: ClassVar = [models.Index(fields=["tenant", "created_at"], name="idempotency_age")]
