from __future__ import annotations

from typing import ClassVar

from django.db import models

from prm.db.models import AppendOnlyModel


class Transition(AppendOnlyModel):
    """One change of state: of what, from where to where, by whom, why."""

    at = models.DateTimeField()
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=64)
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=254)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant", "target_type", "target_id", "at"], name="transition_target")
        ]  # fmt: skip
