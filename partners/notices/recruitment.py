"""What applicants and reviewers are told about applications."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.states.applications import RejectReason
from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

LINK = "/join/a/%(link_token)s/"


def _applicant(code: str, subject: object, body: object, action: object, **more: Any) -> NoticeKind:
    kind: Any = NoticeKind
    return register(
        kind(
            code=f"partners.application.{code}",
            area=Area.RECRUITMENT,
            audience=_("Applicant"),
            subject=subject,
            body=body,
            action=action,
            path=LINK,
            why=_("You have applied at %(vendor)s."),
            mutable=False,
            urgent=True,
            **more,
        )
    )


STARTED = _applicant(
    "started",
    _("Your application at %(vendor)s: please confirm your address"),
    _(
        "You have begun “%(form_title)s” at %(vendor)s.\n\nConfirm your address by the link below. It also brings you "
        "back to what you have written, on any device. Nothing is sent before you say so.\n\nIf this was not you, "
        "ignore this message: the draft is deleted by itself."
    ),
    _("Confirm and continue"),
)
LINK_ASKED = _applicant(
    "link_asked",
    _("Your link to %(application_number)s at %(vendor)s"),
    _("With this link you come back to your application “%(form_title)s”."),
    _("Open the application"),
)
RECEIVED = _applicant(
    "received",
    _("%(vendor)s has received your application %(application_number)s"),
    _(
        "Thank you. %(company)s has applied: %(form_title)s.\n\nYou will have an answer by %(due_at)s. "
        "With the link below you see at any time how it stands."
    ),
    _("See how it stands"),
)
TAKEN = _applicant(
    "taken",
    _("%(application_number)s: somebody at %(vendor)s is looking at your application"),
    _("Your application “%(form_title)s” is in review."),
    _("See how it stands"),
)
ASKED = _applicant(
    "asked",
    _("%(application_number)s: %(vendor)s has a question"),
    _("%(text)s\n\nPlease answer by %(until_on)s. Until then your application waits for you."),
    _("Answer"),
)
ANSWERED = _applicant(
    "answered",
    _("%(application_number)s: thank you for your answer"),
    _("Your answer has arrived. Your application “%(form_title)s” is in review again."),
    _("See how it stands"),
)
APPROVED = _applicant(
    "approved",
    _("%(application_number)s: welcome as a partner of %(vendor)s"),
    _(
        "The application of %(company)s is approved.\n\n%(text)s\n\nA second message invites you to the partner "
        "portal, as the administrator of your company."
    ),
    _("See the decision"),
)
JOINS = _applicant(
    "joins",
    _("%(application_number)s: your company is a partner of %(vendor)s already"),
    _(
        "%(company)s is a partner of %(vendor)s already, so your application was joined with it.\n\n%(text)s\n\n"
        "A second message invites you to the partner portal as one of its sales people. Those who run the company's "
        "account are told, and can give you more."
    ),
    _("See the decision"),
)
REJECTED = _applicant(
    "rejected",
    _("%(application_number)s: the decision about your application"),
    _("%(vendor)s cannot accept the application of %(company)s.\n\nReason: %(reject_reason)s\n\n%(text)s"),
    _("See the decision"),
    choices={"reject_reason": RejectReason},
)
WITHDRAWN = _applicant(
    "withdrawn",
    _("%(application_number)s is withdrawn"),
    _("Your application “%(form_title)s” is withdrawn and will not be looked at any further."),
    _("Open the application"),
)
MERGED = _applicant(
    "merged",
    _("%(application_number)s was joined with another application of your company"),
    _(
        "%(vendor)s has another application of %(company)s and goes on with that one. “%(form_title)s” of yours is "
        "closed; there is nothing for you to do. If the other one is not by your company, please tell %(vendor)s."
    ),
    _("See how it stands"),
)
EXPIRED = _applicant(
    "expired",
    _("%(application_number)s has expired"),
    _("Your application “%(form_title)s” has expired because nothing came from you. You can apply again."),
    _("Open the application"),
)
EXPIRING = _applicant(
    "expiring",
    _("%(application_number)s expires soon"),
    _("Your application “%(form_title)s” waits for you and is deleted on %(until_on)s if nothing happens."),
    _("Continue"),
)


def _reviewer(code: str, subject: object, body: object, **more: Any) -> NoticeKind:
    kind: Any = NoticeKind
    return register(
        kind(
            code=f"partners.application.{code}",
            area=Area.RECRUITMENT,
            audience=_("Reviewer of applications"),
            subject=subject,
            body=body,
            action=_("Open the application"),
            path="/m/recruitment/%(application_id)s/",
            **more,
        )
    )


NEW = _reviewer(
    "new",
    _("New application %(application_number)s: %(company)s"),
    _("%(company)s has applied. Your answer is due by %(due_at)s."),
)
ANSWER_CAME = _reviewer(
    "answer_came",
    _("%(application_number)s: %(company)s has answered"),
    _("The clock runs again. Your answer is due by %(due_at)s."),
)
ASSIGNED = _reviewer(
    "assigned",
    _("%(application_number)s: %(company)s is yours to review"),
    _("The application was given to you. Your answer is due by %(due_at)s."),
)
OVERDUE = _reviewer(
    "overdue",
    _("Overdue: %(application_number)s, %(company)s"),
    _("The answer to %(company)s was due by %(due_at)s. Please decide, or ask what is missing."),
    urgent=True,
)

JOINED = register(
    NoticeKind(
        code="partners.application.joined",
        area=Area.SECURITY,
        audience=_("Partner administrators"),
        subject=_("%(person)s was invited to work for %(partner)s in the portal"),
        body=_(
            "%(person)s (%(email)s) applied at %(vendor)s in the name of %(partner)s: %(application_number)s. "
            "%(vendor)s has invited this person into your company's account, as one of the sales people.\n\nIf the "
            "person does not belong to your company, revoke the invitation or take the access away at once."
        ),
        action=_("Look at the team"),
        path="/team/",
        why=_("You manage the company's account."),
        mutable=False,
        urgent=True,
        sample={
            "person": "李雷",
            "email": "lilei@shenjiang.example",
            "partner": "申江数码",
            "application_number": "A-00012",
        },
    )
)
