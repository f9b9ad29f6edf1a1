"""Views of the directory that people keep, what was done to many partners at once, and tags as an index finds them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.bulk import BulkOutcome, BulkStatus, BulkVerb
from prm.db.models import TenantForeignKey, TenantModel


class PartnerTag(TenantModel):
    """One row for each tag of a partner, kept by a trigger on `Partner.tags`: an array can't be indexed here."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    tag = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "tag", "partner"], name="partnertag_by_tag")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "tag"], name="partnertag_once")
        ]  # fmt: skip


class DirectoryView(TenantModel):
    """Filters, columns and order under a name: of one person, or of everybody at the vendor."""

    name = models.CharField(_("name"), max_length=80)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=20, default="name")
    is_shared = models.BooleanField(_("for everybody"), default=False)
    owner_id = models.UUIDField(null=True, editable=False)
    owner_label = models.CharField(max_length=254, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        verbose_name = _("view")
        verbose_name_plural = _("views")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="directoryview_shared_name", condition=Q(is_shared=True)
            ),
            models.UniqueConstraint(
                fields=["tenant", "owner_id", "name"], name="directoryview_own_name", condition=Q(is_shared=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DirectoryDefault(TenantModel):
    """The view with which the directory opens for a person."""

    user_id = models.UUIDField()
    view = TenantForeignKey(DirectoryView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "user_id"], name="directorydefault_once")]


class BulkRun(TenantModel):
    """One act on many partners. `selection` says how they were chosen; which they were is in the rows."""

    verb = models.CharField(_("act"), max_length=12, choices=BulkVerb.choices)
    data = models.JSONField(default=dict)
    selection = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=10, choices=BulkStatus.choices, default=BulkStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(_("partners"))
    started_by_id = models.UUIDField(null=True, editable=False)
    started_by_label = models.CharField(max_length=254, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    undone_by_id = models.UUIDField(null=True, editable=False)
    undone_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        indexes: ClassVar = [models.Index(fields=["tenant", "-created_at", "-id"], name="bulkrun_recent")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=BulkStatus.values), name="bulkrun_status_known")
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_verb_display())


class BulkRow(TenantModel):
    """What became of one partner; `before` is what an undo puts back."""

    run = TenantForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=BulkOutcome.choices, default=BulkOutcome.WAITING)
    message = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "run", "outcome", "partner"], name="bulkrow_to_do")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=BulkOutcome.values), name="bulkrow_outcome_known"),
            models.UniqueConstraint(fields=["tenant", "run", "partner"], name="bulkrow_once"),
        ]
