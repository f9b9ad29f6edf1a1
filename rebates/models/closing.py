"""Orders to close a period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.runs.models import OrderRun
from prm.runs.states import RUN_ACTIVE, RunStatus
from rebates.states import PeriodKind


class CloseRun(OrderRun):
    """One close of a period by a worker. Of two for the same period at once the second is not taken."""

    RIGHTS = frozenset({Right.PERIODS_CLOSE})

    kind = models.CharField(_("kind"), max_length=12, choices=PeriodKind.choices)
    key = models.CharField(_("period"), max_length=10)
    accept_exceptions = models.BooleanField(_("with open exceptions"), default=False)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    statements = models.PositiveIntegerField(_("statements"), default=0)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("close of a period")
        verbose_name_plural = _("closes of periods")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="closerun_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[RunStatus.DONE, RunStatus.FAILED]) | Q(finished_at__isnull=False),
                name="closerun_ended",
            ),
            models.CheckConstraint(condition=~Q(status=RunStatus.FAILED) | ~Q(error=""), name="closerun_says_why"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "key"], condition=Q(status__in=RUN_ACTIVE), name="closerun_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "kind", "key", "-created_at"], name="closerun_recent")]

    def __str__(self) -> str:
        return self.key
