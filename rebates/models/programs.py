"""Programs, what their versions say, and the targets that some of them look up."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from prm.db.models import TenantForeignKey, TenantModel
from rebates.states import ProgramStatus, VersionStatus


class Program(TenantModel):
    """An incentive. What it says is in its versions; `ends_on` cuts all of them."""

    code = models.CharField(_("code"), max_length=64)
    status = models.CharField(_("status"), max_length=12, choices=ProgramStatus.choices, default=ProgramStatus.DRAFT)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_by_label = models.CharField(max_length=254, editable=False)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="program_code"),
            models.CheckConstraint(condition=Q(status__in=ProgramStatus.values), name="program_status_known"),
        ]

    def __str__(self) -> str:
        return self.code


class ProgramVersion(TenantModel):
    """What a program says from `valid_from` on, until the next published version's `valid_from`.

    `definition` is the document of the file format (rebates/README.md). Published versions are immutable (trigger).
    """

    program = TenantForeignKey(Program, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    definition = models.JSONField(_("definition"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by_id = models.UUIDField(null=True, editable=False)
    published_by_label = models.CharField(max_length=254, blank=True, editable=False)
    requested_at = models.DateTimeField(_("requested"), null=True, editable=False)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, blank=True, editable=False)
    request_reason = models.CharField(_("reason"), max_length=500, blank=True)
    """Why a version reaches back into closed periods; somebody else than who asked for it publishes it."""

    class Meta:
        ordering: ClassVar = ["program", "number"]
        verbose_name = _("program version")
        verbose_name_plural = _("program versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "program", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["tenant", "program"], condition=Q(status=VersionStatus.DRAFT), name="version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="version_validity",
            ),
            models.CheckConstraint(
                condition=Q(requested_by_id__isnull=True)
                | Q(published_by_id__isnull=True)
                | ~Q(published_by_id=F("requested_by_id")),
                name="version_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program.code} v{self.number}"


class Target(TenantModel):
    """What a partner is to reach in a period of a program, in the program's measure and currency.

    It names the program by code: targets are often agreed before the program is published.
    """

    program_code = models.CharField(_("program code"), max_length=64)
    partner = TenantForeignKey(Partner, related_name="+")
    period_key = models.CharField(_("period"), max_length=10)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6)

    class Meta:
        ordering: ClassVar = ["program_code", "period_key", "partner"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "program_code", "partner", "period_key"], name="target_once"),
            models.CheckConstraint(condition=Q(target__gt=0), name="target_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "partner", "program_code"], name="target_partner")]
