"""The joint business plan of a partner and a year, and the actions that people of both sides have promised."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.metrics.registry import Unit
from partners.models.partner import Partner
from partners.states.plans import ActionStatus, PlanStatus, Side
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel


def figure(label: object, **options: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=20, decimal_places=4, **options)  # type: ignore[arg-type]


class BusinessPlan(TenantModel):
    """What both sides want to reach in a fiscal year. In a draft only the side whose `turn` it is writes.

    The side that began keeps its draft to itself until `shown_at`.
    """

    partner = TenantForeignKey(Partner, related_name="plans")
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    title = models.CharField(_("title"), max_length=200)
    ambition = models.TextField(_("ambition"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    turn = models.CharField(_("turn"), max_length=8, choices=Side.choices)
    started_by = models.CharField(max_length=8, choices=Side.choices, editable=False)
    shown_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-fiscal_year", "partner__name"]
        verbose_name = _("business plan")
        verbose_name_plural = _("business plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "fiscal_year"], condition=~Q(status=PlanStatus.WITHDRAWN),
                name="businessplan_once_a_year",
            ),
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="businessplan_status_known"),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.DRAFT) | Q(status=PlanStatus.WITHDRAWN) | Q(shown_at__isnull=False),
                name="businessplan_shown",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class PlanVersion(AppendOnlyModel):
    """The text that one side proposed, as it stood then; its checksum is what the other side agrees to."""

    plan = TenantForeignKey(BusinessPlan, related_name="versions")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    side = models.CharField(max_length=8, choices=Side.choices)
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("proposed text")
        verbose_name_plural = _("proposed texts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "plan", "number"], name="planversion_number"),
        ]


class PlanConsent(AppendOnlyModel):
    """The other side's yes to exactly this text."""

    version = TenantForeignKey(PlanVersion, related_name="consents")
    proposed_by = models.CharField(max_length=8, choices=Side.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version"], name="planconsent_once"),
            models.CheckConstraint(condition=~Q(side=F("proposed_by")), name="planconsent_two_sides"),
        ]


class PlanGoal(TenantModel):
    """What is to be reached by when. With a `metric` its progress is worked out, else people enter it."""

    plan = TenantForeignKey(BusinessPlan, on_delete=models.CASCADE, related_name="goals")
    place = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("goal"), max_length=200)
    metric = models.CharField(_("figure"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.COUNT)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    start_value = figure(_("start"), default=0)
    target = figure(_("target"))
    due_on = models.DateField(_("by when"))
    side = models.CharField(_("side"), max_length=8, choices=Side.choices, default=Side.PARTNER)

    class Meta:
        ordering: ClassVar = ["place", "id"]
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(target=F("start_value")), name="plangoal_goes_somewhere"),
            models.CheckConstraint(
                condition=(Q(unit=Unit.MONEY) & ~Q(currency="")) | (~Q(unit=Unit.MONEY) & Q(currency="")),
                name="plangoal_money_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class GoalEntry(AppendOnlyModel):
    """How far a goal was on a day, and what there was to say about it."""

    goal = TenantForeignKey(PlanGoal, related_name="entries")
    on = models.DateField()
    value = figure(_("value"))
    note = models.TextField(blank=True)
    side = models.CharField(max_length=8, choices=Side.choices)
    author_label = models.CharField(max_length=254)

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        verbose_name = _("progress")
        verbose_name_plural = _("progress")


class PlanComment(AppendOnlyModel):
    plan = TenantForeignKey(BusinessPlan, related_name="comments")
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=Side.choices)
    author_label = models.CharField(max_length=254)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")


class JointAction(TenantModel):
    """What a person has promised by a day: an initiative of a plan, or the outcome of a review.

    `overdue_for` is the day of which its owner was told that it has passed.
    """

    partner = TenantForeignKey(Partner, related_name="+")
    plan = TenantForeignKey(BusinessPlan, null=True, related_name="actions")
    review = TenantForeignKey("partners.BusinessReview", null=True, related_name="actions")
    title = models.CharField(_("action"), max_length=300)
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    owner_id = models.UUIDField(null=True, editable=False)
    owner_label = models.CharField(_("owner"), max_length=254)
    due_on = models.DateField(_("due"))
    status = models.CharField(_("status"), max_length=12, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    note = models.TextField(_("note"), blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by_label = models.CharField(max_length=254, blank=True, editable=False)
    overdue_for = models.DateField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ActionStatus.values), name="jointaction_status_known"),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.OPEN) | Q(ended_at__isnull=False),
                name="jointaction_ended_when_over",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "due_on"], condition=Q(status=ActionStatus.OPEN), name="jointaction_open_due"
            ),
            models.Index(fields=["tenant", "partner", "due_on"], name="jointaction_partner"),
        ]

    def __str__(self) -> str:
        return self.title
