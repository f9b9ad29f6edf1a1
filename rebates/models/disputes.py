"""The partner's review of a statement: its settings, disputes of single lines, what was said and shown about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile
from rebates.models.fields import amount
from rebates.states import (
    DISPUTE_OPEN,
    DisputeDecision,
    DisputeOutcome,
    DisputeReason,
    DisputeSide,
    DisputeStatus,
)

DISPUTE_CAUSE = "rebates.dispute"
"""The cause of an adjustment that a decision granted; the engine knows nothing of it."""


class ReviewSettings(TenantModel):
    """How long partners may look at a statement, and the vendor at a dispute. A vendor without a row has defaults."""

    review_days = models.PositiveSmallIntegerField(_("review window in days"), default=10)
    reminder_days = models.PositiveSmallIntegerField(_("reminder, days before the end"), default=3)
    dispute_days = models.PositiveSmallIntegerField(_("business days to decide a dispute"), default=10)
    days_off = models.JSONField(_("days off"), default=list)

    class Meta:
        verbose_name = _("review settings")
        verbose_name_plural = _("review settings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], name="reviewsettings_once"),
            models.CheckConstraint(
                condition=Q(review_days__lte=90, reminder_days__lte=30, dispute_days__gte=1, dispute_days__lte=60),
                name="reviewsettings_sane",
            ),
        ]

    def __str__(self) -> str:
        return str(_("review settings"))


class Dispute(TenantModel):
    """A partner's objection to one statement line. While it is open, the line is held back from payment.

    `due_on` is moved on by the days that the vendor has waited for the partner since `paused_on`; `reminded_for` is the
    due day that the vendor was reminded of.
    `claimed` is what the line should be in the partner's eyes; `granted` what the decisions add to it.
    `by_data`: it was right, and corrected data will bring the difference; nothing is granted besides.
    """

    number = models.PositiveIntegerField(_("number"))
    statement = TenantForeignKey("rebates.Statement", related_name="disputes")
    line = TenantForeignKey("rebates.StatementLine", related_name="disputes")
    partner = TenantForeignKey(Partner, related_name="+")
    status = models.CharField(
        _("status"), max_length=20, choices=DisputeStatus.choices, default=DisputeStatus.OPENED
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=20, choices=DisputeReason.choices)
    stated = amount(_("stated"))
    claimed = amount(_("claimed"))
    currency = models.CharField(max_length=3)
    opened_by_id = models.UUIDField(null=True, editable=False)
    opened_by_label = models.CharField(max_length=254, editable=False)
    opened_at = models.DateTimeField()
    due_on = models.DateField(_("due"))
    reminded_for = models.DateField(null=True, editable=False)
    paused_on = models.DateField(null=True, editable=False)
    reviewer_id = models.UUIDField(null=True, editable=False)
    reviewer_label = models.CharField(max_length=254, blank=True, editable=False)
    escalated_at = models.DateTimeField(null=True, editable=False)
    decision = models.CharField(max_length=20, choices=DisputeDecision.choices, blank=True)
    outcome = models.CharField(max_length=20, choices=DisputeOutcome.choices, blank=True)
    granted = amount(_("granted"), null=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    by_data = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="dispute_number"),
            models.UniqueConstraint(
                fields=["tenant", "line"], condition=~Q(status=DisputeStatus.WITHDRAWN), name="dispute_one_per_line"
            ),
            models.CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_known"),
            models.CheckConstraint(condition=~Q(claimed=F("stated")), name="dispute_claims_something"),
            # Escalated and decided: by somebody else than the first reviewer.
            models.CheckConstraint(
                condition=~Q(status=DisputeStatus.FINAL)
                | Q(reviewer_id__isnull=True)
                | ~Q(decided_by_id=F("reviewer_id")),
                name="dispute_two_reviewers",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*DISPUTE_OPEN, DisputeStatus.WITHDRAWN])
                | (~Q(decision="") & ~Q(outcome="") & Q(granted__isnull=False, decided_at__isnull=False)),
                name="dispute_decided_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "due_on"], condition=Q(status__in=DISPUTE_OPEN), name="dispute_open_due"
            ),
            models.Index(fields=["tenant", "statement"], name="dispute_statement"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"D-{self.number:05d}"


class DisputeEntry(AppendOnlyModel):
    """One thing said or done in a dispute, in order. `verb` is the transition's, or `said`."""

    dispute = TenantForeignKey(Dispute, related_name="entries")
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=DisputeSide.choices)
    verb = models.CharField(max_length=20)
    author_label = models.CharField(max_length=254)
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name = _("dispute entry")
        verbose_name_plural = _("dispute entries")


class DisputeFile(AppendOnlyModel):
    """A piece of evidence, given with an entry."""

    entry = TenantForeignKey(DisputeEntry, related_name="files")
    file = TenantForeignKey(StoredFile, related_name="+")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
