"""Stored files: content on the storage, facts in the table. Names come from people, so they are never paths."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from prm.db.models import TenantModel


class StoredFile(TenantModel):
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    purpose = models.CharField(max_length=40)
    created_by_label = models.CharField(max_length=254)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "purpose", "-created_at"], name="file_purpose")]
