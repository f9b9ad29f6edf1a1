"""Quarterly business reviews: what both sides say about a quarter, and the pack that was shown, kept for good."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.reviews import ReviewStatus
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel


class BusinessReview(TenantModel):
    """Until it is held its figures are live; the texts are people's."""

    partner = TenantForeignKey(Partner, related_name="reviews")
    period_key = models.CharField(_("quarter"), max_length=10)
    starts_on = models.DateField()
    ends_on = models.DateField()
    meet_on = models.DateField(_("meeting on"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=ReviewStatus.choices, default=ReviewStatus.DRAFT)
    summary = models.TextField(_("summary"), blank=True)
    went_well = models.TextField(_("what went well"), blank=True)
    to_improve = models.TextField(_("what to improve"), blank=True)
    outlook = models.TextField(_("outlook"), blank=True)
    partner_words = models.TextField(_("what the partner says"), blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-starts_on", "partner__name"]
        verbose_name = _("business review")
        verbose_name_plural = _("business reviews")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "period_key"], condition=~Q(status=ReviewStatus.CANCELLED),
                name="businessreview_once_a_quarter",
            ),
            models.CheckConstraint(condition=Q(status__in=ReviewStatus.values), name="businessreview_status_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.period_key} {self.partner}"


class ReviewPack(AppendOnlyModel):
    """What was shown when the review was held: texts, actions and the figures of every section, with a checksum."""

    review = TenantForeignKey(BusinessReview, related_name="packs")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    held_at = models.DateTimeField()
    held_by_id = models.UUIDField(null=True)
    held_by_label = models.CharField(max_length=254)

    class Meta:
        verbose_name = _("review pack")
        verbose_name_plural = _("review packs")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "review"], name="reviewpack_once")]
