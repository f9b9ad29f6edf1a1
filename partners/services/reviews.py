"""Holding business reviews: prepared from live figures, shared with the partner, frozen when they are held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import fiscal
from partners.models import BusinessReview, JointAction, ReviewPack
from partners.policies.partners import visible
from partners.policies.plans import require_work
from partners.selectors.reviews import NARRATIVES, actions_before, actions_of, review_list
from partners.selectors.scorecards import require_vendor
from partners.services.plans import MOST_TEXT
from partners.services.plans_agreeing import checksum
from partners.services.plans_work import action_make
from partners.states.reviews import REVIEW_TRANSITIONS, ReviewStatus
from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_check

OPEN = (ReviewStatus.DRAFT, ReviewStatus.SHARED)


@transaction.atomic
def review_start(*, actor: Actor, partner_id: UUID, period: str, meet_on: dt.date | None = None) -> BusinessReview:
    """A draft for a fiscal quarter such as 2026-Q3. Raises `Conflict` (code `review_exists`) for a second one."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    if not visible(actor).filter(pk=partner_id).exists():
        raise NotFound
    try:
        span = fiscal.quarter_named(period)
    except ValueError:
        raise Invalid(fields={"period": [_("A quarter such as 2026-Q3.")]}) from None
    if span.start > fiscal.today():
        raise Invalid(fields={"period": [_("This quarter has not begun.")]})
    review = BusinessReview(
        partner_id=partner_id, period_key=span.key, starts_on=span.start, ends_on=span.end, meet_on=meet_on
    )  # fmt: skip
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a review of this quarter already.")
        raise Conflict(text, code="review_exists", fields={"period": [text]}) from error
    record(actor, "partners.review.started", review, {"period": period})
    _emit("started", review)
    return review


@transaction.atomic
def review_write(*, actor: Actor, review_id: UUID, meet_on: dt.date | None = None, **texts: str) -> BusinessReview:
    """The vendor's texts, until it is held. Raises `Invalid` with `fields`."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    review = _open(actor, review_id)
    if unknown := set(texts) - set(NARRATIVES):
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    _check(texts)
    for name, text in texts.items():
        setattr(review, name, text.strip())
    review.meet_on = meet_on or review.meet_on
    review.save(update_fields=[*texts, "meet_on", "updated_at"])
    record(actor, "partners.review.written", review)
    return review


@transaction.atomic
def review_answer(*, actor: Actor, review_id: UUID, text: str) -> BusinessReview:
    """The partner's own words, while the review is shared. Emits `partners.review.answered`."""
    if not actor.is_partner:
        raise Forbidden
    require_work(actor)
    review = _open(actor, review_id)
    _check({"text": text})
    review.partner_words = text.strip()
    review.save(update_fields=["partner_words", "updated_at"])
    record(actor, "partners.review.answered", review)
    _emit("answered", review)
    return review


@transaction.atomic
def review_share(*, actor: Actor, review_id: UUID) -> BusinessReview:
    """The partner sees it from now on. Emits `partners.review.shared`."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    review = _locked(actor, review_id)
    transition(review, "share", table=REVIEW_TRANSITIONS, actor=actor, action="partners.review.shared")
    _emit("shared", review)
    return review


@transaction.atomic
def review_cancel(*, actor: Actor, review_id: UUID, reason: str) -> BusinessReview:
    """It does not take place; another one may be made for the quarter. Emits `partners.review.cancelled`."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    review = _locked(actor, review_id)
    transition(
        review, "cancel", table=REVIEW_TRANSITIONS, actor=actor, action="partners.review.cancelled",
        reason=reason.strip(),
    )  # fmt: skip
    _emit("cancelled", review)
    return review


@transaction.atomic
def review_action_add(
    *, actor: Actor, review_id: UUID, title: str, due_on: dt.date, side: str, owner_id: UUID | None = None,
    owner: str = "",
) -> JointAction:  # fmt: skip
    """What comes out of the review: by either side until it is held. Emits `partners.action.added`."""
    require_work(actor)
    review = _open(actor, review_id)
    return action_make(
        actor, partner_id=review.partner_id, review=review, title=title, due_on=due_on, side=side, owner_id=owner_id,
        owner=owner,
    )  # fmt: skip


@transaction.atomic
def review_hold(*, actor: Actor, review_id: UUID, sections: Mapping[str, Any]) -> ReviewPack:
    """It has taken place: what was shown is frozen, `sections` as they were composed. Emits `partners.review.held`.

    Raises `StateError` unless it was shared with the partner before.
    """
    require_vendor(actor, Right.SCORECARDS_EDIT)
    review = _locked(actor, review_id)
    transition_check(review, "hold", table=REVIEW_TRANSITIONS)
    document = {
        "partner": review.partner.code,
        "partner_name": review.partner.name,
        "period": review.period_key,
        "texts": {name: getattr(review, name) for name in (*NARRATIVES, "partner_words")},
        "before": [action_facts(one) for one in actions_before(review)],
        "actions": [action_facts(one) for one in actions_of(review)],
        "sections": dict(sections),
    }
    pack: ReviewPack = ReviewPack.objects.create(
        review=review, document=document, sha256=checksum(document), held_at=clock.now(), held_by_id=actor.id,
        held_by_label=actor.label[:254],
    )  # fmt: skip
    transition(review, "hold", table=REVIEW_TRANSITIONS, actor=actor, action="partners.review.held")
    _emit("held", review)
    return pack


def action_facts(action: JointAction) -> dict[str, str]:
    """An action as a pack keeps it."""
    return {
        "title": action.title, "side": str(action.side), "owner": action.owner_label,
        "due_on": action.due_on.isoformat(), "status": str(action.status), "note": action.note,
        "period": action.review.period_key if action.review else "",
    }  # fmt: skip


def _locked(actor: Actor, review_id: UUID) -> BusinessReview:
    rows: Any = review_list(actor)
    review = rows.select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None:
        raise NotFound
    return review  # type: ignore[no-any-return]


def _open(actor: Actor, review_id: UUID) -> BusinessReview:
    review = _locked(actor, review_id)
    if review.status not in OPEN:
        raise StateError(_("This review is %(state)s.") % {"state": review.get_status_display()})
    return review


def _check(texts: Mapping[str, str]) -> None:
    long = _("At most %(count)s characters.") % {"count": MOST_TEXT}
    if faults := {name: [long] for name, text in texts.items() if len(text) > MOST_TEXT}:
        raise Invalid(fields=faults)


def _emit(said: str, review: BusinessReview) -> None:
    payload = {"review_id": str(review.pk), "partner_id": str(review.partner_id), "status": str(review.status)}
    emit(f"partners.review.{said}", payload)
