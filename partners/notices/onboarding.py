from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

_SAMPLE = {
    "partner": "申江数码", "tasks": ["Sign up the team", "First training"], "partner_id": "0", "days": 60, "count": 2,
}  # fmt: skip

STARTED = register(NoticeKind(
    code="partners.onboarding.started", area=Area.ONBOARDING, audience=_("The partner's people"),
    subject=_("Your first %(days)s days with %(vendor)s"),
    body=_("Welcome. %(count)s tasks lead you to your first deal. Do them on your phone, step by step."),
    action=_("See the tasks"), path="/p/onboarding/", why=_("Your company has just become a partner."), sample=_SAMPLE,
))  # fmt: skip

DUE = register(NoticeKind(
    code="partners.onboarding.due", area=Area.ONBOARDING, audience=_("The partner's people"),
    subject=_("Due soon: %(tasks)s"), body=_("These tasks of your onboarding are due in the next days: %(tasks)s."),
    action=_("See the tasks"), path="/p/onboarding/", why=_("You work on your company's onboarding."), sample=_SAMPLE,
))  # fmt: skip

OVERDUE = register(NoticeKind(
    code="partners.onboarding.overdue", area=Area.ONBOARDING, audience=_("The partner's people"),
    subject=_("Overdue: %(tasks)s"), body=_("The day of these tasks of your onboarding has passed: %(tasks)s."),
    action=_("See the tasks"), path="/p/onboarding/", why=_("You work on your company's onboarding."), sample=_SAMPLE,
))  # fmt: skip

VENDOR_DUE = register(NoticeKind(
    code="partners.onboarding.vendor_due", area=Area.ONBOARDING, audience=_("Channel managers"),
    subject=_("%(partner)s waits for you soon: %(tasks)s"),
    body=_("These tasks of your side are due in the next days: %(tasks)s."), action=_("Open the plan"),
    path="/m/onboarding/plans/%(plan_id)s/", why=_("You edit onboarding plans."), sample=_SAMPLE | {"plan_id": "0"},
))  # fmt: skip

VENDOR_OVERDUE = register(NoticeKind(
    code="partners.onboarding.vendor_overdue", area=Area.ONBOARDING, audience=_("Channel managers"),
    subject=_("%(partner)s waits for you: %(tasks)s"),
    body=_("The day of these tasks of your side has passed: %(tasks)s."), action=_("Open the plan"),
    path="/m/onboarding/plans/%(plan_id)s/", why=_("You edit onboarding plans."), sample=_SAMPLE | {"plan_id": "0"},
))  # fmt: skip

ACTIVATED = register(NoticeKind(
    code="partners.onboarding.activated", area=Area.ONBOARDING, audience=_("The partner's people"),
    subject=_("You are an active partner of %(vendor)s"),
    body=_("Everything that was needed for the start is done, %(days)s days after you began. Good sales!"),
    action=_("Go to your portal"), path="/p/", why=_("Your company has just become active."), sample=_SAMPLE,
))  # fmt: skip
