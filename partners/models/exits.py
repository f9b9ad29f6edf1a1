"""Partners that leave: why, until when, what somebody has waived, and the data they take with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.exits import ExitReason, ExitStatus
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile
from prm.runs.states import RunStatus


class Exit(TenantModel):
    """`checklist` is what the checks said when it was finished, `administrator_ids` who ran the account until then."""

    partner = TenantForeignKey(Partner, related_name="exits")
    status = models.CharField(_("status"), max_length=10, choices=ExitStatus.choices, default=ExitStatus.OPEN)
    reason_code = models.CharField(_("reason"), max_length=14, choices=ExitReason.choices)
    reason = models.CharField(_("explanation"), max_length=500)
    notice_on = models.DateField(_("notice given on"))
    last_day = models.DateField(_("last day"))
    before = models.CharField(max_length=12, editable=False)
    started_by_id = models.UUIDField(null=True, editable=False)
    started_by_label = models.CharField(max_length=254, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by_label = models.CharField(max_length=254, blank=True, editable=False)
    close_reason = models.CharField(max_length=500, blank=True, editable=False)
    checklist = models.JSONField(default=list, editable=False)
    administrator_ids = models.JSONField(default=list, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("exit")
        verbose_name_plural = _("exits")
        indexes: ClassVar = [models.Index(fields=["tenant", "status", "last_day", "id"], name="exit_by_last_day")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ExitStatus.values), name="exit_status_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("notice_on")), name="exit_days_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="exit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(status=ExitStatus.OPEN) | (~Q(close_reason="") & Q(closed_at__isnull=False)),
                name="exit_closed_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner"], name="exit_one_open", condition=Q(status=ExitStatus.OPEN)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.last_day}"


class ExitWaiver(AppendOnlyModel):
    """A check that may stay unfinished: said by somebody else than who started the exit."""

    exit = TenantForeignKey(Exit, related_name="waivers")
    check_code = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=500)
    started_by_id = models.UUIDField(null=True, editable=False)
    waived_by_id = models.UUIDField(null=True, editable=False)
    waived_by_label = models.CharField(max_length=254, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "exit", "check_code", "count"], name="exitwaiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="exitwaiver_has_a_reason"),
            models.CheckConstraint(
                condition=Q(started_by_id__isnull=True) | ~Q(waived_by_id=F("started_by_id")),
                name="exitwaiver_two_people",
            ),
        ]


class DataExport(TenantModel):
    """The partner's own data as one file. `token_hash` opens it without an account until `expires_at`."""

    partner = TenantForeignKey(Partner, related_name="+")
    exit = TenantForeignKey(Exit, null=True, blank=True, related_name="data_exports")
    status = models.CharField(_("status"), max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10)
    name = models.CharField(_("file"), max_length=120)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file = TenantForeignKey(StoredFile, null=True, related_name="+")
    message = models.TextField(blank=True)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-created_at"], name="dataexport_of_partner"),
            models.Index(fields=["tenant", "expires_at"], name="dataexport_expiring", condition=Q(file__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="dataexport_status_known"),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE) | (~Q(sha256="") & Q(size__isnull=False)),
                name="dataexport_done_is_whole",
            ),
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="dataexport_token", condition=~Q(token_hash="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
