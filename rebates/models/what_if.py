"""A question about other rules and its answer: past periods of a program replayed, kept as they were worked out."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantForeignKey
from prm.runs.models import Run
from prm.runs.states import RUN_ACTIVE, RunStatus


class WhatIfRun(Run):
    """`definition` is what was replayed, a copy: drafts change. `version_number` is empty where it is nowhere saved.

    The periods are the last `periods` whole ones before `asked_on`, whenever the work is done. `outcome` is what
    `rebates.whatif.outcome` writes, `totals` its sums, so that lists need not read all of it.
    """

    program = TenantForeignKey("rebates.Program", on_delete=models.CASCADE, related_name="what_ifs")
    version_number = models.PositiveIntegerField(_("version"), null=True, editable=False)
    definition = models.JSONField(_("definition"))
    periods = models.PositiveSmallIntegerField(_("periods"))
    asked_on = models.DateField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    key = models.UUIDField(null=True, editable=False)
    """Of the form it was sent by: a form that is sent twice asks once."""
    outcome = models.JSONField(null=True, editable=False)
    totals = models.JSONField(default=list, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="whatif_status_known"),
            models.CheckConstraint(condition=Q(periods__gte=1, periods__lte=8), name="whatif_periods"),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE) | Q(outcome__isnull=False), name="whatif_done_is_whole"
            ),
            models.UniqueConstraint(fields=["tenant", "program", "key"], name="whatif_key"),
            models.UniqueConstraint(
                fields=["tenant", "fingerprint"], condition=Q(status__in=RUN_ACTIVE), name="whatif_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "program", "-created_at"], name="whatif_recent")]

    def __str__(self) -> str:
        return f"{self.program} {self.asked_on.isoformat()}"

    @property
    def sums(self) -> list[tuple[str, Decimal, Decimal]]:
        """(currency, before, after) of all periods."""
        return [(currency, Decimal(before), Decimal(after)) for currency, before, after in self.totals]
