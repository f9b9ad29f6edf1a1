"""Exports: what was asked for, what became of it, and the sets of columns that people keep."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantForeignKey, TenantModel
from prm.files.models import StoredFile


class ExportStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


EXPORT_TRANSITIONS = {
    ExportStatus.QUEUED: {
        "run": ExportStatus.RUNNING, "cancel": ExportStatus.CANCELLED, "fail": ExportStatus.FAILED,
    },
    ExportStatus.RUNNING: {
        "run": ExportStatus.RUNNING, "finish": ExportStatus.DONE, "cancel": ExportStatus.CANCELLED,
        "fail": ExportStatus.FAILED,
    },
    ExportStatus.FAILED: {"retry": ExportStatus.QUEUED},
    ExportStatus.DONE: {},
    ExportStatus.CANCELLED: {},
}  # fmt: skip
ACTIVE = (ExportStatus.QUEUED, ExportStatus.RUNNING)


class FileFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel")


class Export(TenantModel):
    """`filters` and `columns` are what the kind knows; `language` is that of the header.

    The file goes when it has expired; its checksum and size stay.
    """

    kind = models.CharField(_("kind"), max_length=30)
    format = models.CharField(_("format"), max_length=4, choices=FileFormat.choices)
    language = models.CharField(_("language"), max_length=10)
    filters = models.JSONField(default=dict)
    columns = models.JSONField()
    status = models.CharField(_("status"), max_length=12, choices=ExportStatus.choices, default=ExportStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    name = models.CharField(_("file"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file = TenantForeignKey(StoredFile, null=True, related_name="+")
    message = models.TextField(blank=True)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ExportStatus.values), name="export_status_known"),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.DONE) | (~Q(sha256="") & Q(rows__isnull=False, size__isnull=False)),
                name="export_done_is_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="export_recent"),
            models.Index(
                fields=["tenant", "expires_at"], name="export_expiring", condition=Q(file__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class ColumnSet(TenantModel):
    """Columns of a kind in an order, under a name: of one person, or of everybody at the vendor."""

    kind = models.CharField(_("kind"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    columns = models.JSONField(_("columns"))
    is_shared = models.BooleanField(_("for everybody"), default=False)
    owner_id = models.UUIDField(null=True, editable=False)
    owner_label = models.CharField(max_length=254, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["kind", "name"]
        verbose_name = _("column set")
        verbose_name_plural = _("column sets")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "name"], name="columnset_shared_name", condition=Q(is_shared=True)
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "owner_id", "name"], name="columnset_own_name", condition=Q(is_shared=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name
