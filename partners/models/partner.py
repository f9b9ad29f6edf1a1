"""Partner companies and the history of their tiers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from partners.states.partner import SINCE_EVER, PartnerStatus
from prm.db.models import TenantForeignKey, TenantModel

COUNTRY = RegexValidator(r"^[A-Z]{2}$", _("A two-letter country code such as CN."))


class Partner(TenantModel):
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=300, blank=True)
    type = models.CharField(_("type"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    tags = ArrayField(models.CharField(max_length=100), verbose_name=_("tags"), default=list, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=PartnerStatus.choices, default=PartnerStatus.ACTIVE
    )  # fmt: skip
    updated_at = models.DateTimeField(auto_now=True)
    name_folded = models.GeneratedField(
        expression=Lower("name"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["tenant", "name_folded"], name="partner_name_folded")]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="partner_code"),
            models.CheckConstraint(
                condition=models.Q(status__in=PartnerStatus.values), name="partner_status_known"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class TierChange(TenantModel):
    """From this day the partner has this tier. The end is the next row's day, so neither gap nor overlap can exist."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="tier_changes")
    tier = models.CharField(_("tier"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"), default=SINCE_EVER)

    class Meta:
        ordering: ClassVar = ["valid_from"]
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "valid_from"], name="tierchange_once_a_day")
        ]
