"""Applications to become a partner, the links by which applicants come back, what was said, and possible duplicates."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.models.recruitment import ApplicationForm, FormVersion
from partners.states.applications import (
    APPLICATION_OPEN,
    ApplicationStatus,
    CandidateStatus,
    EntrySide,
    EntryVerb,
    KeyKind,
    ReapplyRule,
    RejectReason,
    WithdrawReason,
)
from prm.db.models import TenantForeignKey, TenantModel
from prm.files.models import StoredFile

UNDECIDED = [ApplicationStatus.DRAFT, *APPLICATION_OPEN]


class Application(TenantModel):
    """One company's wish to become a partner.

    `due_at` is when the vendor's answer is due; while the applicant is asked, the clock stands still since `paused_at`.
    `escalated_for` is the due time that was told as overdue. `erased_at`: answers, names and addresses are gone for
    good; the number, the states and the decision stay.
    """

    number = models.PositiveIntegerField(_("number"))
    form = TenantForeignKey(ApplicationForm, related_name="applications")
    version = TenantForeignKey(FormVersion, related_name="+")
    status = models.CharField(
        _("status"), max_length=16, choices=ApplicationStatus.choices, default=ApplicationStatus.DRAFT
    )  # fmt: skip
    language = models.CharField(max_length=12, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    email_confirmed_at = models.DateTimeField(null=True, editable=False)
    answers = models.JSONField(default=dict)
    legal_name = models.CharField(_("legal name"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    consent_at = models.DateTimeField(null=True, editable=False)
    consent_ip = models.GenericIPAddressField(null=True, editable=False)
    consent_language = models.CharField(max_length=12, blank=True, editable=False)
    referrer_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    referrer_partner = TenantForeignKey(Partner, null=True, related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(_("answer due"), null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    escalated_for = models.DateTimeField(null=True, editable=False)
    reviewer_id = models.UUIDField(null=True, editable=False)
    reviewer_label = models.CharField(max_length=254, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    reject_reason = models.CharField(_("reason"), max_length=32, choices=RejectReason.choices, blank=True)
    reapply = models.CharField(_("apply again"), max_length=16, choices=ReapplyRule.choices, blank=True)
    reapply_on = models.DateField(_("apply again from"), null=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    partner = TenantForeignKey(Partner, null=True, related_name="applications", editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="application_number"),
            models.UniqueConstraint(
                fields=["tenant", "form", "email"],
                condition=Q(status__in=UNDECIDED, email_confirmed_at__isnull=False),
                name="application_one_undecided",
            ),
            models.CheckConstraint(condition=Q(status__in=ApplicationStatus.values), name="application_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[*APPLICATION_OPEN, ApplicationStatus.APPROVED, ApplicationStatus.REJECTED])
                | Q(submitted_at__isnull=False, consent_at__isnull=False, email_confirmed_at__isnull=False),
                name="application_sent_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.APPROVED)
                | Q(partner__isnull=False, decided_at__isnull=False, decided_by_id__isnull=False),
                name="application_approved_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.REJECTED)
                | (Q(decided_at__isnull=False, decided_by_id__isnull=False) & ~Q(reject_reason="") & ~Q(reapply="")),
                name="application_rejected_whole",
            ),
            # Whoever recommended a company neither reviews it nor decides about it.
            models.CheckConstraint(
                condition=Q(referrer_user__isnull=True) | Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("referrer_user")),
                name="application_not_decided_by_referrer",
            ),
            models.CheckConstraint(
                condition=Q(referrer_user__isnull=True) | Q(reviewer_id__isnull=True)
                | ~Q(reviewer_id=F("referrer_user")),
                name="application_not_reviewed_by_referrer",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "due_at"], condition=Q(status__in=APPLICATION_OPEN), name="application_open_due"
            ),
            models.Index(fields=["tenant", "status", "-number"], name="application_by_status"),
            models.Index(fields=["tenant", "email"], name="application_by_email"),
        ]

    def __str__(self) -> str:
        return f"A-{self.number:05d}"


class ApplicationLink(TenantModel):
    """A way back to an application. `confirms`: it was mailed, so whoever uses it reads that mail."""

    application = TenantForeignKey(Application, related_name="links", on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64)
    confirms = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("link to an application")
        verbose_name_plural = _("links to an application")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="applicationlink_token")
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "application", "-created_at"], name="applicationlink_recent")
        ]


class ApplicationEntry(TenantModel):
    """One thing said or done, in order. Words are erased with the applicant's data; that it was done stays."""

    application = TenantForeignKey(Application, related_name="entries", on_delete=models.CASCADE)
    at = models.DateTimeField()
    side = models.CharField(max_length=10, choices=EntrySide.choices)
    verb = models.CharField(max_length=10, choices=EntryVerb.choices)
    author_label = models.CharField(max_length=254, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name = _("application entry")
        verbose_name_plural = _("application entries")
        indexes: ClassVar = [models.Index(fields=["tenant", "application", "at"], name="applicationentry_of")]

    @property
    def said(self) -> str:
        """The words; where a reason was chosen, in the reader's language."""
        reasons = dict(WithdrawReason.choices) if self.verb == EntryVerb.WITHDRAW else {}
        return str(reasons.get(self.text, self.text))

    @property
    def is_internal(self) -> bool:
        return self.verb in (EntryVerb.NOTE, EntryVerb.ASSIGN, EntryVerb.MERGE, EntryVerb.ESCALATE)


class ApplicationFile(TenantModel):
    """Evidence for a field of the form, or for an answer (`field` is then `answer`)."""

    application = TenantForeignKey(Application, related_name="files", on_delete=models.CASCADE)
    field = models.CharField(max_length=40)
    file = TenantForeignKey(StoredFile, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes: ClassVar = [models.Index(fields=["tenant", "application"], name="applicationfile_of")]


class CompanyKey(TenantModel):
    """What a company can be recognised by: one row for each of its names, domains, numbers, phones. Found by index.

    `STAMP` rows are fingerprints of what a partner's keys were made of.
    """

    partner = TenantForeignKey(Partner, null=True, related_name="+", on_delete=models.CASCADE)
    application = TenantForeignKey(Application, null=True, related_name="keys", on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=KeyKind.choices)
    value = models.CharField(max_length=320)

    class Meta:
        verbose_name = _("company key")
        verbose_name_plural = _("company keys")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True, application__isnull=False)
                | Q(partner__isnull=False, application__isnull=True),
                name="companykey_of_one",
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "value", "partner", "application"], name="companykey_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner"], name="companykey_partner"),
            models.Index(fields=["tenant", "application"], name="companykey_application"),
        ]


class DuplicateCandidate(TenantModel):
    """A partner or another application that may be the same company, and why (`reasons`: kinds of keys)."""

    application = TenantForeignKey(Application, related_name="candidates", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, null=True, related_name="+", on_delete=models.CASCADE)
    other = TenantForeignKey(Application, null=True, related_name="+", on_delete=models.CASCADE)
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=CandidateStatus.choices, default=CandidateStatus.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    resolved_by_label = models.CharField(max_length=254, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True, other__isnull=False) | Q(partner__isnull=False, other__isnull=True),
                name="duplicatecandidate_of_one",
            ),
            models.UniqueConstraint(
                fields=["tenant", "application", "partner", "other"], name="duplicatecandidate_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["tenant", "application"], condition=Q(status=CandidateStatus.MERGED, partner__isnull=False),
                name="duplicatecandidate_one_partner",
            ),
            models.CheckConstraint(
                condition=Q(status=CandidateStatus.OPEN) | ~Q(reason=""), name="duplicatecandidate_resolved_why"
            ),
        ]  # fmt: skip
