"""Tier tracks and schemes, what evaluations found, and a partner's stays in tiers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.tiers import STAY_HELD, AppealStatus, SchemeStatus, StayStatus
from partners.tiers.reading import scheme_of
from partners.tiers.scheme import Scheme, Words
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile
from prm.runs.states import RUN_ACTIVE, RunStatus


class TierTrack(TenantModel):
    """A ladder of its own for some types of partners; without types, for all that no other track is for."""

    code = models.CharField(_("code"), max_length=64)
    name_en = models.CharField(_("name (English)"), max_length=100, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100, blank=True)
    partner_types = ArrayField(
        models.CharField(max_length=100), verbose_name=_("partner types"), default=list, blank=True
    )

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("tier track")
        verbose_name_plural = _("tier tracks")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "code"], name="tiertrack_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(Words(self.name_en, self.name_zh)) or self.code


class TierScheme(TenantModel):
    """A version of what a track's tiers ask for and give. Published versions never change (trigger)."""

    track = TenantForeignKey(TierTrack, related_name="schemes")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=SchemeStatus.choices, default=SchemeStatus.DRAFT)
    definition = models.JSONField(_("definition"))
    fingerprint = models.CharField(max_length=64, editable=False)
    valid_from = models.DateField(_("valid from"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by_label = models.CharField(max_length=254, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["track", "-number"]
        verbose_name = _("tier scheme")
        verbose_name_plural = _("tier schemes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "track", "number"], name="tierscheme_number"),
            models.UniqueConstraint(
                fields=["tenant", "track"], condition=Q(status=SchemeStatus.DRAFT), name="tierscheme_one_draft"
            ),
            models.UniqueConstraint(
                fields=["tenant", "track"], condition=Q(status=SchemeStatus.PUBLISHED), name="tierscheme_one_in_force"
            ),
            models.CheckConstraint(condition=Q(status__in=SchemeStatus.values), name="tierscheme_status_known"),
            models.CheckConstraint(
                condition=Q(status=SchemeStatus.DRAFT) | Q(valid_from__isnull=False, published_at__isnull=False),
                name="tierscheme_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track.name} v{self.number}"

    @property
    def scheme(self) -> Scheme:
        return scheme_of(self.definition)


class TierEvaluation(AppendOnlyModel):
    """What a partner's figures came to. The same again is not written: `inputs_hash` is that of everything but days.

    `inputs` holds {key: [value as text or null, rows left out]}; `met` for each tier whether each criterion is met.
    """

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    scheme = TenantForeignKey(TierScheme, related_name="+")
    as_of = models.DateField(_("as of"))
    evaluated_at = models.DateTimeField(_("evaluated"))
    tier = models.CharField(_("tier"), max_length=100, blank=True)
    rank = models.PositiveSmallIntegerField()
    inputs = models.JSONField()
    met = models.JSONField()
    inputs_hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("tier evaluation")
        verbose_name_plural = _("tier evaluations")
        indexes: ClassVar = [models.Index(fields=["tenant", "partner", "-id"], name="tierevaluation_latest")]


class TierStanding(TenantModel):
    """Where a partner stands now: the newest evaluation, and the day as of which it was last confirmed."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    scheme = TenantForeignKey(TierScheme, related_name="+")
    evaluation = TenantForeignKey(TierEvaluation, related_name="+")
    tier = models.CharField(_("tier"), max_length=100, blank=True)
    rank = models.PositiveSmallIntegerField()
    inputs_hash = models.CharField(max_length=64)
    looked_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["partner"]
        verbose_name = _("tier standing")
        verbose_name_plural = _("tier standings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], name="tierstanding_one_for_each"),
        ]


class TierStay(TenantModel):
    """A partner's time in a tier, from being qualified for it to leaving it.

    `decision_on` is when the grace period is over; while an appeal is open (`stopped_on`) no day passes. `kept_until`
    is until when the partner keeps the tier whatever its figures: a new scheme's promise, or a person's.
    """

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    track = TenantForeignKey(TierTrack, related_name="+")
    tier = models.CharField(_("tier"), max_length=100)
    status = models.CharField(_("status"), max_length=12, choices=StayStatus.choices, default=StayStatus.QUALIFIED)
    begins_on = models.DateField(_("begins"))
    ended_on = models.DateField(_("ended"), null=True, editable=False)
    lower_tier = models.CharField(max_length=100, blank=True, editable=False)
    """What the partner would have, or got, instead."""
    risk_since = models.DateField(null=True, editable=False)
    grace_on = models.DateField(null=True, editable=False)
    decision_on = models.DateField(null=True, editable=False)
    effective_on = models.DateField(null=True, editable=False)
    stopped_on = models.DateField(null=True, editable=False)
    kept_until = models.DateField(_("kept until"), null=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    evaluation = TenantForeignKey(TierEvaluation, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-begins_on"]
        verbose_name = _("stay in a tier")
        verbose_name_plural = _("stays in tiers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=StayStatus.values), name="tierstay_status_known"),
            models.UniqueConstraint(
                fields=["tenant", "partner"], condition=Q(status__in=STAY_HELD), name="tierstay_one_held"
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner"], condition=Q(status=StayStatus.QUALIFIED), name="tierstay_one_qualified"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[StayStatus.DOWNGRADED, StayStatus.LAPSED, StayStatus.DECIDED]) | ~Q(reason=""),
                name="tierstay_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[StayStatus.GRACE, StayStatus.DECIDED]) | Q(decision_on__isnull=False),
                name="tierstay_grace_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "status", "decision_on"], name="tierstay_worklist"),
            models.Index(fields=["tenant", "partner", "-begins_on"], name="tierstay_history"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.tier}"


class TierWarning(AppendOnlyModel):
    """A warning that went out: when, to how many people, and which one. Without one nobody is downgraded."""

    stay = TenantForeignKey(TierStay, on_delete=models.CASCADE, related_name="warnings")
    days_before = models.PositiveSmallIntegerField(_("days before"))
    decision_on = models.DateField()
    sent_on = models.DateField(_("sent"))
    recipients = models.JSONField(default=list)
    by_hand = models.TextField(blank=True)
    """How a person told the partner, where nobody of it could be reached by the portal."""

    class Meta:
        ordering: ClassVar = ["created_at"]
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "stay", "decision_on", "days_before"], name="tierwarning_once"
            ),
            models.CheckConstraint(condition=~Q(recipients=[]) | ~Q(by_hand=""), name="tierwarning_reached_somebody"),
        ]  # fmt: skip


class TierAppeal(TenantModel):
    """The partner's objection to losing a tier. Somebody else than who decided the loss decides it."""

    stay = TenantForeignKey(TierStay, on_delete=models.CASCADE, related_name="appeals")
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=AppealStatus.choices, default=AppealStatus.OPEN)
    text = models.TextField(_("reasons"))
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True, editable=False)
    opened_by_label = models.CharField(max_length=254, editable=False)
    first_decider_id = models.UUIDField(null=True, editable=False)
    assigned_to_id = models.UUIDField(null=True, editable=False)
    assigned_to_label = models.CharField(max_length=254, blank=True, editable=False)
    assigned_by_id = models.UUIDField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    decision_reason = models.TextField(_("reason"), blank=True, editable=False)
    kept_until = models.DateField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=AppealStatus.values), name="tierappeal_status_known"),
            models.UniqueConstraint(
                fields=["tenant", "stay"], condition=Q(status=AppealStatus.OPEN), name="tierappeal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | (
                    (Q(first_decider_id__isnull=True) | ~Q(decided_by_id=F("first_decider_id")))
                    & (Q(assigned_by_id__isnull=True) | ~Q(decided_by_id=F("assigned_by_id")))
                ),
                name="tierappeal_another_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[AppealStatus.OPEN, AppealStatus.WITHDRAWN])
                | (~Q(decision_reason="") & Q(decided_at__isnull=False)),
                name="tierappeal_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=AppealStatus.UPHELD) | Q(kept_until__isnull=False), name="tierappeal_kept_until"
            ),
        ]

    def __str__(self) -> str:
        return str(self.stay)


class TierAppealFile(AppendOnlyModel):
    """A piece of evidence for an appeal."""

    appeal = TenantForeignKey(TierAppeal, on_delete=models.CASCADE, related_name="files")
    file = TenantForeignKey(StoredFile, related_name="+")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")


class TierSweep(TenantModel):
    """An evaluation of all partners as of a day, in parts: `cursor` is the last partner that is done."""

    as_of = models.DateField()
    status = models.CharField(_("status"), max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    cursor = models.UUIDField(null=True, editable=False)
    done = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False, editable=False)
    """Something changed while it ran: once more when it is done."""
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("tier evaluation run")
        verbose_name_plural = _("tier evaluation runs")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="tiersweep_status_known"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status__in=RUN_ACTIVE), name="tiersweep_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.as_of.isoformat()


class TierDue(TenantModel):
    """A partner of whom something changed since it was last evaluated."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("due evaluation")
        verbose_name_plural = _("due evaluations")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "partner"], name="tierdue_once")]


class TierBacktest(TenantModel):
    """A draft over past quarters: who would have stood where, and what it would have cost. Kept as it was worked out.

    A draft is published once somebody has acknowledged the back-test of exactly what it says (`fingerprint`).
    """

    scheme = TenantForeignKey(TierScheme, on_delete=models.CASCADE, related_name="backtests")
    definition = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    asked_on = models.DateField()
    status = models.CharField(_("status"), max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.JSONField(null=True, editable=False)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, editable=False)
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    acknowledged_by_label = models.CharField(max_length=254, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="tierbacktest_status_known"),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE) | Q(outcome__isnull=False), name="tierbacktest_done_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(status=RunStatus.DONE), name="tierbacktest_seen_when_done"
            ),
            models.UniqueConstraint(
                fields=["tenant", "scheme", "fingerprint"], condition=Q(status__in=RUN_ACTIVE),
                name="tierbacktest_one_at_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scheme} {self.asked_on.isoformat()}"
