"""What is held back from a partner that leaves, against returns that may still come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Exit, Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey
from rebates.models.fields import amount
from rebates.models.programs import ProgramVersion


class ExitReserve(AppendOnlyModel):
    """Of one version: `needed` is the share of `basis` (what was earned in the window) that returns take by experience;
    `amount`, which is that or what there is to hold back, leaves one period and comes back in a later one.
    """

    exit = TenantForeignKey(Exit, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(ProgramVersion, related_name="+")
    currency = models.CharField(max_length=3)
    basis = amount(_("earned in the window"))
    return_rate = models.DecimalField(max_digits=9, decimal_places=6)
    window_days = models.PositiveSmallIntegerField()
    needed = amount(_("needed"))
    amount = amount(_("held back"))
    booked_period_key = models.CharField(_("held back from"), max_length=10)
    release_period_key = models.CharField(_("comes back in"), max_length=10)
    held_by_label = models.CharField(max_length=254, editable=False)

    class Meta:
        verbose_name = _("exit reserve")
        verbose_name_plural = _("exit reserves")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "exit", "version"], name="exitreserve_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, amount__lte=F("needed")), name="exitreserve_amount"),
            models.CheckConstraint(
                condition=Q(release_period_key__gt=F("booked_period_key")), name="exitreserve_comes_back_later"
            ),
        ]
