"""Notices about business plans and actions. `surface` is the part of the portal in which the reader is at home."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

PLAN = "/%(surface)s/plans/%(plan_id)s/"
SAMPLE = {"partner": "Blue Harbour", "year": "2026", "surface": "p", "plan_id": "0", "who": "Wei Chen"}
WORKS = _("You work on the joint business plan.")

HANDED_OVER = register(NoticeKind(
    code="partners.plan.handed_over", area=Area.SCORECARDS, audience=_("The side whose turn it is"),
    subject=_("Your turn: business plan %(year)s, %(partner)s"),
    body=_("%(who)s has handed the draft of the business plan %(year)s over to you. Go on with it, or propose it."),
    action=_("Open the plan"), path=PLAN, why=WORKS, sample=SAMPLE,
))  # fmt: skip
PROPOSED = register(NoticeKind(
    code="partners.plan.proposed", area=Area.SCORECARDS, audience=_("The side that is asked to agree"),
    subject=_("Please agree: business plan %(year)s, %(partner)s"),
    body=_("%(who)s proposes the business plan %(year)s. Read it, and agree to it or ask for changes."),
    action=_("Read the plan"), path=PLAN, why=WORKS, sample=SAMPLE | {"sha256": "0"}, act="partners.plan.agree",
))  # fmt: skip
REVISED = register(NoticeKind(
    code="partners.plan.revised", area=Area.SCORECARDS, audience=_("The side that proposed"),
    subject=_("Changes wanted: business plan %(year)s, %(partner)s"),
    body=_("%(who)s does not agree yet to the business plan %(year)s and writes on:\n\n%(reason)s"),
    action=_("Open the plan"), path=PLAN, why=WORKS, sample=SAMPLE | {"reason": "…"},
))  # fmt: skip
AGREED = register(NoticeKind(
    code="partners.plan.agreed", area=Area.SCORECARDS, audience=_("Both sides"),
    subject=_("Agreed: business plan %(year)s, %(partner)s"),
    body=_("%(who)s has agreed to the business plan %(year)s. It counts from now on."),
    action=_("Open the plan"), path=PLAN, why=WORKS, sample=SAMPLE,
))  # fmt: skip
OVERDUE = register(NoticeKind(
    code="partners.action.overdue", area=Area.SCORECARDS, audience=_("Owner of the action"),
    subject=_("Overdue: %(title)s"),
    body=_("“%(title)s” (%(partner)s) was due on %(due_on)s. Finish it, or say why it is dropped."),
    action=_("Open the actions"), path="/%(surface)s/actions/", why=_("It is your action."),
    sample={"title": "…", "partner": "Blue Harbour", "due_on": "2026-06-30", "surface": "p"},
))  # fmt: skip
ASSIGNED = register(NoticeKind(
    code="partners.action.assigned", area=Area.SCORECARDS, audience=_("Owner of the action"),
    subject=_("For you: %(title)s"),
    body=_("“%(title)s” (%(partner)s) is yours, due on %(due_on)s."),
    action=_("Open the actions"), path="/%(surface)s/actions/", why=_("It is your action."),
    sample={"title": "…", "partner": "Blue Harbour", "due_on": "2026-06-30", "surface": "p"},
))  # fmt: skip
