"""Who is told about business reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partners.handlers.plans import people_of
from partners.models import BusinessReview
from partners.notices import reviews as notices
from partners.states.plans import Side
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify
from prm.outbox.registry import subscribe


@subscribe("partners.review.shared")
def review_shared(payload: dict[str, Any]) -> None:
    _tell(notices.SHARED, payload, Side.PARTNER)


@subscribe("partners.review.answered")
def review_answered(payload: dict[str, Any]) -> None:
    _tell(notices.ANSWERED, payload, Side.VENDOR)


def _tell(kind: NoticeKind, payload: dict[str, Any], side: Side) -> None:
    review: Any = BusinessReview.objects.select_related("partner").get(pk=UUID(payload["review_id"]))
    to, company = people_of(side, review.partner_id)
    data = {"partner": review.partner.name, "period": review.period_key, "review_id": str(review.pk)}
    notify(kind, to=to, data=data, once=str(review.pk), partner_id=company)
