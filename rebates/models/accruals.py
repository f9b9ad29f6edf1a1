"""What is earned so far, the rebuild that computes it anew, and the lines that count nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commerce.models import SaleLine
from partners.models import Partner
from prm.db.models import TenantForeignKey, TenantModel
from rebates.models.fields import amount
from rebates.models.programs import ProgramVersion
from rebates.states import PeriodKind, RebuildStatus


class Accrual(TenantModel):
    """What the engine says is earned so far: one row for each version, partner and period with a line in scope."""

    version = TenantForeignKey(ProgramVersion, related_name="accruals")
    partner = TenantForeignKey(Partner, related_name="+")
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    period_key = models.CharField(_("period"), max_length=10)
    period_start = models.DateField()
    period_end = models.DateField()
    measure = models.DecimalField(_("measure"), max_digits=30, decimal_places=6)
    payout = amount(_("payout"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    explanation = models.JSONField(default=dict)
    evaluated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version", "partner", "period_key"], name="accrual_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-period_start"], name="accrual_partner"),
            models.Index(fields=["tenant", "period_key"], name="accrual_period"),
        ]


class Rebuild(TenantModel):
    """A recalculation of everything, in parts that workers take."""

    status = models.CharField(
        _("status"), max_length=12, choices=RebuildStatus.choices, default=RebuildStatus.RUNNING
    )  # fmt: skip
    requested_by_label = models.CharField(max_length=254, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    corrected = models.PositiveIntegerField(default=0)
    """Ledger accounts that had to be brought to what the rows say."""

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("rebuild")
        verbose_name_plural = _("rebuilds")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status=RebuildStatus.RUNNING), name="rebuild_one_running"
            )
        ]


class RebuildPart(TenantModel):
    """Programs, and a range of partners by id; empty ends are open."""

    rebuild = TenantForeignKey(Rebuild, related_name="parts")
    program_ids = ArrayField(models.UUIDField())
    first_partner = models.UUIDField(null=True)
    last_partner = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("part of a rebuild")
        verbose_name_plural = _("parts of a rebuild")


class SaleException(TenantModel):
    """A sale line that counts nowhere until its fault is resolved. `version` is empty when it concerns all programs."""

    sale_line = TenantForeignKey(SaleLine, on_delete=models.CASCADE, related_name="+")
    version = TenantForeignKey(ProgramVersion, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "sale_line", "version"], name="saleexception_once", nulls_distinct=False
            )
        ]
