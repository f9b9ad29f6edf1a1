"""Runs of the leakage report with what they found, and the exceptions that a close left out."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commerce.models import SaleLine
from prm.db.models import TenantForeignKey, TenantModel
from prm.db.scope import require_tenant
from prm.runs.models import Run
from prm.runs.states import RUN_ACTIVE, RunStatus
from rebates.models.fields import amount
from rebates.models.periods import Period
from rebates.models.programs import Program
from rebates.states import LeakCause


class LeakageRun(Run):
    """One replay of the closed periods, worked out by a worker and kept. `doubles` are suspected double payments."""

    found = models.PositiveIntegerField(_("differences"), default=0)
    doubles = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("leakage report")
        verbose_name_plural = _("leakage reports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="leakagerun_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[RunStatus.DONE, RunStatus.FAILED]) | Q(finished_at__isnull=False),
                name="leakagerun_ended",
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status__in=RUN_ACTIVE), name="leakagerun_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "-created_at"], name="leakagerun_recent")]

    def __str__(self) -> str:
        return self.created_at.astimezone(ZoneInfo(require_tenant().time_zone)).date().isoformat()


class LeakageRow(TenantModel):
    """One difference and its cause, as a run found it: `rebates.leakage.Leak` says what the columns mean.

    A row never changes and goes with its run. It names partner and program without referring to them: a report must
    not keep an import of partners from being undone.
    """

    revoked_rights: ClassVar[tuple[str, ...]] = ("UPDATE",)

    run = TenantForeignKey(LeakageRun, on_delete=models.CASCADE, related_name="rows")
    partner_id = models.UUIDField(editable=False)
    partner_code = models.CharField(_("partner code"), max_length=64)
    partner_name = models.CharField(_("partner"), max_length=200)
    program_id = models.UUIDField(editable=False)
    program_code = models.CharField(_("program code"), max_length=64)
    period_key = models.CharField(_("period"), max_length=10)
    currency = models.CharField(max_length=3)
    stated = amount(_("stated"))
    due = amount(_("due today"))
    cause = models.CharField(_("cause"), max_length=12, choices=LeakCause.choices)
    amount = amount(_("difference"))
    is_booked = models.BooleanField(_("corrected"))
    lines = models.PositiveIntegerField(_("late lines"))

    class Meta:
        verbose_name = _("difference of a leakage report")
        verbose_name_plural = _("differences of a leakage report")


class AcceptedException(TenantModel):
    """A sale line that stood on the exceptions list when its period was closed, and so is in no statement of it.

    The list itself forgets a line once its fault is put right. `program` is empty when it concerned all of them.
    """

    period = TenantForeignKey(Period, related_name="accepted_exceptions")
    sale_line = TenantForeignKey(SaleLine, on_delete=models.CASCADE, related_name="+")
    program = TenantForeignKey(Program, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("accepted exception")
        verbose_name_plural = _("accepted exceptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "period", "sale_line", "program"], name="acceptedexception_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
