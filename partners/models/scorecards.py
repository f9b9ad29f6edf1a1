"""Scorecards: which figures count how much, and what each partner scored at the end of each month."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.metrics.windows import WindowKind
from partners.models.partner import Partner
from partners.models.plans import figure
from partners.states.plans import Side
from partners.states.scorecards import FigureState, ScorecardStatus
from prm.db.models import TenantForeignKey, TenantModel


class Scorecard(TenantModel):
    """For the partners of some types; without types for all that no other scorecard is for."""

    name = models.CharField(_("name"), max_length=200)
    partner_types = ArrayField(
        models.CharField(max_length=100), verbose_name=_("partner types"), default=list, blank=True
    )

    class Meta:
        ordering: ClassVar = ["name", "id"]
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "name"], name="scorecard_name")]

    def __str__(self) -> str:
        return self.name


class ScorecardVersion(TenantModel):
    """What counts, once published for good: another version takes its place."""

    scorecard = TenantForeignKey(Scorecard, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        _("status"), max_length=12, choices=ScorecardStatus.choices, default=ScorecardStatus.DRAFT
    )  # fmt: skip
    published_at = models.DateTimeField(null=True, editable=False)
    published_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("scorecard version")
        verbose_name_plural = _("scorecard versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "scorecard", "number"], name="scorecardversion_number"),
            models.UniqueConstraint(
                fields=["tenant", "scorecard"], condition=Q(status=ScorecardStatus.PUBLISHED),
                name="scorecardversion_one_published",
            ),
            models.UniqueConstraint(
                fields=["tenant", "scorecard"], condition=Q(status=ScorecardStatus.DRAFT),
                name="scorecardversion_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ScorecardStatus.values), name="scorecardversion_status_known"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scorecard} v{self.number}"


class ScorecardLine(TenantModel):
    """A figure of the partner's or a promise of the vendor's: full marks at `target`, a red flag past `floor`."""

    version = TenantForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField(default=0)
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    metric = models.CharField(_("figure"), max_length=60)
    target = figure(_("target"))
    floor = figure(_("floor"))
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    window = models.CharField(max_length=24, choices=WindowKind.choices, default=WindowKind.TRAILING_MONTHS)
    length = models.PositiveSmallIntegerField(default=12)
    owner_label = models.CharField(_("owner"), max_length=254, blank=True)

    class Meta:
        ordering: ClassVar = ["-side", "place", "id"]
        verbose_name = _("line of a scorecard")
        verbose_name_plural = _("lines of scorecards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version", "side", "metric"], name="scorecardline_once"),
            models.CheckConstraint(condition=~Q(target=F("floor")), name="scorecardline_has_a_way"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="scorecardline_weight"),
        ]


class ScoreSnapshot(TenantModel):
    """What a partner scored, and the vendor towards it: of this month as of `as_of`, of a past month for good."""

    partner = TenantForeignKey(Partner, related_name="+")
    version = TenantForeignKey(ScorecardVersion, related_name="+")
    month = models.DateField()
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    partner_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    vendor_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    reds = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-month", "partner__name"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "month"], name="scoresnapshot_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="scoresnapshot_first_of_month"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "month", "version", "partner_score"], name="scoresnapshot_month")
        ]  # fmt: skip


class ScoreFigure(TenantModel):
    """One line of a snapshot with its inputs. A promise's value is `kept` of `due`."""

    partner = TenantForeignKey(Partner, related_name="+")
    month = models.DateField()
    side = models.CharField(max_length=8, choices=Side.choices)
    metric = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    missing = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(null=True)
    due = models.PositiveIntegerField(null=True)
    target = figure(_("target"))
    floor = figure(_("floor"))
    weight = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    state = models.CharField(max_length=8, choices=FigureState.choices)
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering: ClassVar = ["-month"]
        verbose_name = _("figure of a scorecard")
        verbose_name_plural = _("figures of scorecards")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "month", "side", "metric"], name="scorefigure_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, score__isnull=True) | Q(value__isnull=False, score__isnull=False),
                name="scorefigure_scored_when_known",
            ),
        ]  # fmt: skip
