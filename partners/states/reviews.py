from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewStatus(models.TextChoices):
    """`shared`: the partner sees it and adds its words; `held`: what was shown is kept for good."""

    DRAFT = "draft", _("Draft")
    SHARED = "shared", _("Shared")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


REVIEW_START = (ReviewStatus.DRAFT,)
REVIEW_TRANSITIONS: dict[str, dict[str, str]] = {
    ReviewStatus.DRAFT: {"share": ReviewStatus.SHARED, "cancel": ReviewStatus.CANCELLED},
    ReviewStatus.SHARED: {"hold": ReviewStatus.HELD, "cancel": ReviewStatus.CANCELLED},
    ReviewStatus.HELD: {},
    ReviewStatus.CANCELLED: {},
}
REVIEW_REASONED = frozenset({"cancel"})
REVIEW_SEEN = (ReviewStatus.SHARED, ReviewStatus.HELD)
"""What the partner sees."""
