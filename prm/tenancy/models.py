"""The tenant: a vendor. The only table that every tenant's rows point at; itself global."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.ids import new_id
from prm.workflow.calendar import COUNTRIES

SLUG = RegexValidator(r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$", _("3 to 40 lower-case letters, digits and hyphens."))
COLOR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #2457e6."))


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(_("subdomain"), max_length=40, unique=True, validators=[SLUG])
    name = models.CharField(_("name"), max_length=200)
    base_currency = models.CharField(_("base currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    fiscal_start_month = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    workday_calendar = models.CharField(
        _("working days of"), max_length=2, blank=True, choices=[(code, code) for code in COUNTRIES],
        help_text=_("Empty: Monday to Friday, without holidays."),
    )  # fmt: skip
    brand_color = models.CharField(_("brand colour"), max_length=7, default="#2457e6", validators=[COLOR])
    locale = models.CharField(_("language"), max_length=12, default="en")
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(fiscal_start_month__gte=1, fiscal_start_month__lte=12), name="tenant_fiscal_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name
