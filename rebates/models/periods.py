"""Closed periods, and what is booked besides their payouts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from rebates.models.fields import amount
from rebates.models.programs import ProgramVersion
from rebates.states import PeriodKind, PeriodStatus


class Period(TenantModel):
    """A period that finance has opened for closing. A row that is not there is open."""

    kind = models.CharField(_("kind"), max_length=12, choices=PeriodKind.choices)
    key = models.CharField(_("period"), max_length=10)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(_("status"), max_length=12, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "key"], name="period_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_order"),
        ]

    def __str__(self) -> str:
        return self.key


class Adjustment(AppendOnlyModel):
    """The difference a later fact makes to a closed period, booked in an open one. It always names its cause."""

    version = TenantForeignKey(ProgramVersion, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    origin_period_key = models.CharField(_("origin period"), max_length=10)
    booked_period_key = models.CharField(_("booked in"), max_length=10)
    amount = amount(_("amount"))
    currency = models.CharField(max_length=3)
    cause_type = models.CharField(max_length=80)
    cause_id = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_not_zero"),
            models.CheckConstraint(condition=~Q(cause_type="") & ~Q(cause_id=""), name="adjustment_has_cause"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "booked_period_key"], name="adjustment_booked"),
            models.Index(fields=["tenant", "partner", "origin_period_key"], name="adjustment_origin"),
        ]


class Forfeit(AppendOnlyModel):
    """What a partner does not get because it stayed below the minimum payout of a program that carries nothing over."""

    version = TenantForeignKey(ProgramVersion, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    period_key = models.CharField(_("period"), max_length=10)
    amount = amount(_("amount"))
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name = _("forfeited amount")
        verbose_name_plural = _("forfeited amounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version", "partner", "period_key"], name="forfeit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="forfeit_positive"),
        ]
