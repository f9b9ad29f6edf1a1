"""Partner companies and the history of their tiers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
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
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    renewal_on = models.DateField(_("term ends"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    name_folded = models.GeneratedField(
        expression=Lower("name"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        ordering: ClassVar = ["code"]
        # One for each order of the directory, which goes on from the last code of a page.
        indexes: ClassVar = [
            models.Index(fields=["tenant", "name_folded", "code"], name="partner_name_folded"),
            models.Index(fields=["tenant", "type", "code"], name="partner_by_type"),
            models.Index(fields=["tenant", "region", "code"], name="partner_by_region"),
            models.Index(fields=["tenant", "country", "code"], name="partner_by_country"),
            models.Index(fields=["tenant", "status", "code"], name="partner_by_status"),
            models.Index(fields=["tenant", "manager", "code"], name="partner_by_manager"),
            models.Index(fields=["tenant", "created_at", "code"], name="partner_by_arrival"),
            models.Index(
                fields=["tenant", "renewal_on", "code"], name="partner_by_renewal",
                condition=models.Q(renewal_on__isnull=False),
            ),
        ]  # fmt: skip
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
        indexes: ClassVar = [models.Index(fields=["tenant", "tier", "partner"], name="tierchange_by_tier")]
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "valid_from"], name="tierchange_once_a_day")
        ]
