"""Where an application to become a partner stands, and what may happen to it there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFO_REQUESTED = "info_requested", _("Waiting for the applicant")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


APPLICATION_START = (ApplicationStatus.DRAFT,)

APPLICATION_TRANSITIONS = {
    ApplicationStatus.DRAFT: {
        "submit": ApplicationStatus.SUBMITTED,
        "withdraw": ApplicationStatus.WITHDRAWN,
        "expire": ApplicationStatus.EXPIRED,
    },
    ApplicationStatus.SUBMITTED: {
        "take": ApplicationStatus.IN_REVIEW,
        "withdraw": ApplicationStatus.WITHDRAWN,
        "merge": ApplicationStatus.WITHDRAWN,
    },
    ApplicationStatus.IN_REVIEW: {
        "ask": ApplicationStatus.INFO_REQUESTED,
        "approve": ApplicationStatus.APPROVED,
        "reject": ApplicationStatus.REJECTED,
        "withdraw": ApplicationStatus.WITHDRAWN,
        "merge": ApplicationStatus.WITHDRAWN,
    },
    ApplicationStatus.INFO_REQUESTED: {
        "answer": ApplicationStatus.IN_REVIEW,
        "reject": ApplicationStatus.REJECTED,
        "withdraw": ApplicationStatus.WITHDRAWN,
        "merge": ApplicationStatus.WITHDRAWN,
        "expire": ApplicationStatus.EXPIRED,
    },
    ApplicationStatus.APPROVED: {},
    ApplicationStatus.REJECTED: {},
    ApplicationStatus.WITHDRAWN: {},
    ApplicationStatus.EXPIRED: {},
}
APPLICATION_REASONED = frozenset({"ask", "reject", "withdraw", "merge", "expire"})

APPLICATION_OPEN = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.INFO_REQUESTED)
"""With the vendor, or back with the applicant for an answer."""
APPLICATION_CLOSED = (
    ApplicationStatus.APPROVED,
    ApplicationStatus.REJECTED,
    ApplicationStatus.WITHDRAWN,
    ApplicationStatus.EXPIRED,
)


class RejectReason(models.TextChoices):
    NEEDS_MORE_DETAIL = "needs_more_detail", _("More detail is needed")
    DOES_NOT_MEET_REQUIREMENTS = "does_not_meet_requirements", _("Does not meet the requirements")
    NOT_THE_RIGHT_FIT = "not_the_right_fit", _("Not the right fit")
    OTHER = "other", _("Another reason")


class WithdrawReason(models.TextChoices):
    NO_INTEREST = "no_interest", _("We are no longer interested")
    WRONG_FORM = "wrong_form", _("This was the wrong form")
    LATER = "later", _("We will apply later")
    OTHER = "other", _("Another reason")


class ReapplyRule(models.TextChoices):
    INSTANT = "instant", _("At once")
    AFTER_30_DAYS = "after_30_days", _("After 30 days")
    NEVER = "never", _("Not again")


REAPPLY_DAYS = {ReapplyRule.INSTANT: 0, ReapplyRule.AFTER_30_DAYS: 30}


class CandidateStatus(models.TextChoices):
    OPEN = "open", _("To be looked at")
    DISMISSED = "dismissed", _("Another company")
    MERGED = "merged", _("The same company")


class KeyKind(models.TextChoices):
    """What two companies may have in common; `NAME` is the whole name, `CORE` what makes it theirs."""

    TAX_ID = "tax_id", _("Same tax number")
    NAME = "name", _("Same name")
    CORE = "core", _("Similar name")
    DOMAIN = "domain", _("Same domain")
    PHONE = "phone", _("Same phone number")
    STAMP = "stamp", "—"


class EntryVerb(models.TextChoices):
    START = "start", _("Started")
    SUBMIT = "submit", _("Submitted")
    TAKE = "take", _("Taken on by a reviewer")
    ASSIGN = "assign", _("Given to a reviewer")
    ASK = "ask", _("Question to the applicant")
    ANSWER = "answer", _("The applicant's answer")
    NOTE = "note", _("Internal note")
    APPROVE = "approve", _("Approved")
    REJECT = "reject", _("Rejected")
    WITHDRAW = "withdraw", _("Withdrawn")
    MERGE = "merge", _("Put together with another")
    REMIND = "remind", _("Reminder sent")
    EXPIRE = "expire", _("Expired")
    ESCALATE = "escalate", _("The answer is overdue")


class EntrySide(models.TextChoices):
    APPLICANT = "applicant", _("Applicant")
    VENDOR = "vendor", _("Vendor")
    SYSTEM = "system", _("Automatic")
