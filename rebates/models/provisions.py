"""How a program's expected rebate is forecast, where finance provides for more than what is earned so far."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantForeignKey, TenantModel
from rebates.states import ProvisionMethod


class ProvisionRule(TenantModel):
    program = TenantForeignKey("rebates.Program", related_name="provision_rules")
    method = models.CharField(_("forecast"), max_length=12, choices=ProvisionMethod.choices)
    rate = models.DecimalField(_("rate"), max_digits=9, decimal_places=6, null=True, blank=True)
    set_by_label = models.CharField(max_length=254, editable=False)

    class Meta:
        verbose_name = _("provision rule")
        verbose_name_plural = _("provision rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "program"], name="provisionrule_once"),
            models.CheckConstraint(condition=Q(method__in=ProvisionMethod.values), name="provisionrule_method_known"),
            models.CheckConstraint(
                condition=Q(method=ProvisionMethod.RATE, rate__gte=0)
                | (~Q(method=ProvisionMethod.RATE) & Q(rate__isnull=True)),
                name="provisionrule_rate",
            ),
        ]
