"""Imports: one uploaded file, what became of it, and how its sender names the columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.db.models import TenantForeignKey, TenantModel, TenantRow
from prm.files.models import StoredFile


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    CHECKED = "checked", _("Checked")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


IMPORT_TRANSITIONS = {
    ImportStatus.UPLOADED: {"start": ImportStatus.QUEUED, "fail": ImportStatus.FAILED},
    ImportStatus.QUEUED: {"run": ImportStatus.RUNNING, "fail": ImportStatus.FAILED},
    ImportStatus.RUNNING: {
        "run": ImportStatus.RUNNING, "check": ImportStatus.CHECKED, "finish": ImportStatus.DONE,
        "fail": ImportStatus.FAILED,
    },
    ImportStatus.CHECKED: {"start": ImportStatus.QUEUED, "fail": ImportStatus.FAILED},
    ImportStatus.DONE: {"undo": ImportStatus.UNDONE},
    ImportStatus.FAILED: {"start": ImportStatus.QUEUED},
    ImportStatus.UNDONE: {},
}  # fmt: skip


class Import(TenantModel):
    """`mapping` is {our column: the file's column}; `sender` names who produces such files, for the next time.

    `columns` is the file's header. With `update_existing` rows of master data that differ are changed, not refused.
    """

    kind = models.CharField(_("kind"), max_length=20)
    sender = models.CharField(_("sender"), max_length=100, blank=True)
    file = TenantForeignKey(StoredFile, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=ImportStatus.choices, default=ImportStatus.UPLOADED)
    dry_run = models.BooleanField(_("check only"), default=False)
    update_existing = models.BooleanField(_("change what differs"), default=False)
    encoding = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=list, editable=False)
    mapping = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("rows"), default=0)
    accepted = models.PositiveIntegerField(_("accepted"), default=0)
    skipped = models.PositiveIntegerField(_("already there"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    message = models.TextField(blank=True)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes: ClassVar = [models.Index(fields=["tenant", "-created_at"], name="import_recent")]

    def __str__(self) -> str:
        return str(self.file.name)


class ImportRowError(TenantRow):
    """Why a row was refused. Row 1 is the header; `column` is our name of it; `params` fill the message of `code`."""

    id = models.BigAutoField(primary_key=True)
    import_run = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="errors", db_column="import_id")
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=60, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    content = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["row", "id"]
        indexes: ClassVar = [models.Index(fields=["import_run", "row"], name="importrowerror_row")]


class ImportChange(TenantRow):
    """What a row of `table_name` was before an import changed it, and after.

    `before` is null for a row that the import created, which has no `after` either.
    """

    id = models.BigAutoField(primary_key=True)
    import_run = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="changes", db_column="import_id")
    table_name = models.CharField(max_length=63)
    object_id = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "import_run", "object_id"], name="importchange_once")
        ]


class ColumnMapping(TenantModel):
    """The columns of one sender's files, remembered from the last import that ran."""

    kind = models.CharField(max_length=20)
    sender = models.CharField(max_length=100)
    mapping = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "kind", "sender"], name="mapping_once")]
