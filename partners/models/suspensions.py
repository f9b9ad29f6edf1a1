"""What stands still for a partner, from which day to which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.suspensions import SUSPENSION_OPEN, SuspensionReason, SuspensionScope, SuspensionStatus
from prm.db.models import TenantForeignKey, TenantModel


class Suspension(TenantModel):
    """Days are the vendor's. `ends_on` is the last day; `lifted_on` the first day on which it holds no more."""

    partner = TenantForeignKey(Partner, related_name="suspensions")
    scope = models.CharField(_("scope"), max_length=14, choices=SuspensionScope.choices)
    reason_code = models.CharField(_("reason"), max_length=12, choices=SuspensionReason.choices)
    reason = models.CharField(_("explanation"), max_length=500)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=SuspensionStatus.choices, default=SuspensionStatus.PLANNED
    )
    suspended_by_id = models.UUIDField(null=True, editable=False)
    suspended_by_label = models.CharField(max_length=254, editable=False)
    lifted_on = models.DateField(null=True, editable=False)
    lifted_by_label = models.CharField(max_length=254, blank=True, editable=False)
    lift_reason = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        indexes: ClassVar = [models.Index(fields=["tenant", "status", "starts_on"], name="suspension_due")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=SuspensionStatus.values), name="suspension_status_known"),
            models.CheckConstraint(condition=Q(scope__in=SuspensionScope.values), name="suspension_scope_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="suspension_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(status__in=[SuspensionStatus.LIFTED, SuspensionStatus.CANCELLED]) | ~Q(lift_reason=""),
                name="suspension_lifted_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner", "scope"], name="suspension_one_open",
                condition=Q(status__in=SUSPENSION_OPEN),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner} · {self.get_scope_display()}"
