"""How a vendor takes applications: its rules, its forms with all their versions, and how often they were opened."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel


class RecruitmentSettings(TenantModel):
    """A vendor without a row has the defaults. `last_number` is the running number of the last partner code."""

    opens = models.TimeField(_("office opens"), default=dt.time(9))
    closes = models.TimeField(_("office closes"), default=dt.time(18))
    days_off = ArrayField(models.DateField(), verbose_name=_("days off"), default=list, blank=True)
    code_pattern = models.CharField(_("partner codes"), max_length=40, default="P-{####}")
    last_number = models.PositiveIntegerField(default=0, editable=False)
    draft_days = models.PositiveSmallIntegerField(_("drafts expire after days"), default=30)
    answer_days = models.PositiveSmallIntegerField(_("questions expire after days"), default=30)
    erase_days = models.PositiveSmallIntegerField(_("personal data is erased after days"), default=180)
    embed_origins = ArrayField(
        models.CharField(max_length=200), verbose_name=_("sites that may embed"), default=list, blank=True
    )
    locator_is_open = models.BooleanField(_("partner locator is open"), default=True)

    class Meta:
        verbose_name = _("recruitment settings")
        verbose_name_plural = _("recruitment settings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], name="recruitmentsettings_once"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="recruitmentsettings_day_has_hours"),
            models.CheckConstraint(
                condition=Q(
                    draft_days__gte=1, draft_days__lte=365, answer_days__gte=1, answer_days__lte=365,
                    erase_days__gte=1, erase_days__lte=3650,
                ),
                name="recruitmentsettings_sane",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(_("recruitment settings"))


class ApplicationForm(TenantModel):
    """The form for one type of partner; `slug` is its address below /join/, `partner_type` what its partners become."""

    slug = models.CharField(_("address"), max_length=40)
    partner_type = models.CharField(_("partner type"), max_length=100)
    is_open = models.BooleanField(_("open"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "slug"]
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "slug"], name="applicationform_slug")]

    def __str__(self) -> str:
        return self.slug


class FormVersion(AppendOnlyModel):
    """What a form asked from the day it was saved; an application keeps the version it was asked by."""

    form = TenantForeignKey(ApplicationForm, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    saved_by_label = models.CharField(max_length=254)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "form", "number"], name="formversion_number")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.form.slug} v{self.number}"


class FormVisits(TenantModel):
    """How many browsers opened a form on a day. Nothing is kept of who they were."""

    form = TenantForeignKey(ApplicationForm, related_name="visits", on_delete=models.CASCADE)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("visits of a form")
        verbose_name_plural = _("visits of a form")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "form", "day"], name="formvisits_once_a_day")
        ]  # fmt: skip
