"""Figures about partners that come from elsewhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from prm.db.models import TenantForeignKey, TenantModel


class MetricFact(TenantModel):
    """What a metric was for a partner on a day, as another system told it; a day told again is replaced."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="metric_facts")
    metric = models.CharField(_("metric"), max_length=64)
    as_of = models.DateField(_("as of"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-as_of"]
        verbose_name = _("imported figure")
        verbose_name_plural = _("imported figures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "metric", "partner", "as_of"], name="metricfact_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.as_of.isoformat()}"
