"""Reading reviews: a partner sees what was shared with it; the actions of the last one come first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.models import BusinessReview, JointAction, ReviewPack
from partners.policies.plans import confined, require_view
from partners.states.plans import ActionStatus
from partners.states.reviews import REVIEW_SEEN, ReviewStatus
from prm.errors import NotFound
from prm.identity.actor import Actor

NARRATIVES = ("summary", "went_well", "to_improve", "outlook")


def review_list(
    actor: Actor, *, partner_id: UUID | None = None, status: str = "", period: str = "", search: str = ""
) -> QuerySet[BusinessReview]:
    """Reviews with their partner, the newest quarter first."""
    rows: Any = confined(actor, BusinessReview.objects.select_related("partner"))
    rows = rows.filter(status__in=REVIEW_SEEN) if actor.is_partner else rows
    given = {"partner_id": partner_id, "status": status, "period_key": period}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if search:
        rows = rows.filter(Q(partner__name__icontains=search) | Q(partner__code__icontains=search))
    return rows.order_by("-starts_on", "partner__name", "id")  # type: ignore[no-any-return]


def review_get(actor: Actor, review_id: UUID) -> BusinessReview:
    found = review_list(actor).filter(pk=review_id).first()
    if found is None:
        raise NotFound
    return found


def review_pack(actor: Actor, review: BusinessReview) -> ReviewPack | None:
    """What was shown when it was held."""
    require_view(actor)
    return ReviewPack.objects.filter(review=review).first()


def actions_before(review: BusinessReview) -> list[JointAction]:
    """The actions of the last held review, and those of earlier ones that are still open, by their day."""
    held = BusinessReview.objects.filter(
        partner_id=review.partner_id, status=ReviewStatus.HELD, starts_on__lt=review.starts_on
    )
    last = held.order_by("-starts_on").first()
    if last is None:
        return []
    of_last, still_open = Q(review=last), Q(review__in=held.values("pk"), status=ActionStatus.OPEN)
    return list(JointAction.objects.filter(of_last | still_open).select_related("review").order_by("due_on", "id"))


def actions_of(review: BusinessReview) -> list[JointAction]:
    return list(JointAction.objects.filter(review=review).order_by("due_on", "id"))
