"""What the rows of runs have in common."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantModel
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import person_behind
from prm.runs.states import RunStatus


class Run(TenantModel):
    """Something that a worker works out. Constraints and indexes are each model's own, because they need names."""

    status = models.CharField(_("status"), max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class OrderRun(Run):
    """Something that a worker changes on behalf of whoever asked, once. What a rule refuses ends it as failed, with
    the `error_code` and the `error` in the words of whoever asked.
    """

    requested_by_kind = models.CharField(max_length=12, editable=False)
    language = models.CharField(max_length=12, editable=False)
    error_code = models.CharField(max_length=60, blank=True, editable=False)
    error = models.TextField(blank=True, editable=False)

    # What the order takes. It was checked when it was given; the run acts on it even if the person has left since.
    RIGHTS: ClassVar[frozenset[Right]] = frozenset()

    class Meta:
        abstract = True

    @property
    def actor(self) -> Actor:
        kind, known = self.requested_by_kind, self.requested_by_id
        return Actor(kind, known, self.requested_by_label, self.RIGHTS, person_id=person_behind(kind, known))
