"""Notices about business reviews."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

SAMPLE = {"partner": "Blue Harbour", "period": "2026-Q3", "review_id": "0"}

SHARED = register(NoticeKind(
    code="partners.review.shared", area=Area.SCORECARDS, audience=_("The partner's people who work on plans"),
    subject=_("Business review %(period)s is ready"),
    body=_("%(vendor)s has shared the business review %(period)s with you. Read it, and add your own words."),
    action=_("Open the review"), path="/p/reviews/%(review_id)s/", why=_("You work on the joint business plan."),
    sample=SAMPLE,
))  # fmt: skip
ANSWERED = register(NoticeKind(
    code="partners.review.answered", area=Area.SCORECARDS, audience=_("Channel managers"),
    subject=_("%(partner)s has answered the business review %(period)s"),
    body=_("%(partner)s has added its words to the business review %(period)s."),
    action=_("Open the review"), path="/m/reviews/%(review_id)s/", why=_("You work on business plans."),
    sample=SAMPLE,
))  # fmt: skip
