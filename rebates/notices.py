"""What people are told about their money. Nobody can switch it off: a day that passes in silence costs money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area
from rebates import fiscal
from rebates.models import Dispute, Statement
from rebates.states import DisputeDecision, DisputeStatus, StatementStatus

ON_THE_CLOCK = (DisputeStatus.OPENED, DisputeStatus.ACKNOWLEDGED)
CLOCKED = (*ON_THE_CLOCK, DisputeStatus.ESCALATED)
REVIEWERS = _("The partner's administrator and finance")
LEFT = _("Administrators of a partner that has left")
WHY_LEFT = _("You managed the company's account until the partnership ended.")
DECIDERS = _("The dispute's reviewer, or all who could be")
SAMPLE = {
    "statement": "R-000268", "period": "2026-Q3", "dispute": "D-00012", "payment": "PAY-000007", "reference": "0421",
}  # fmt: skip
STATEMENT = "/p/statements/%(statement_id)s/"
DISPUTE = "/f/disputes/%(dispute_id)s/"
OWN_DISPUTE = "/p/disputes/%(dispute_id)s/"


def in_review(user: User, data: Mapping[str, Any]) -> bool:
    """The day is still to come, and the reader is still one of those who are asked."""
    found = Statement.objects.filter(pk=data["statement_id"], status=StatementStatus.IN_REVIEW).first()
    if found is None or found.review_ends_on is None or found.review_ends_on < fiscal.today():
        return False
    return user in users_with(Right.OWN_STATEMENTS_REVIEW, partner_id=found.partner_id)


def deciders(dispute: Dispute) -> list[User]:
    """Its reviewer, or all who could be."""
    people = users_with(Right.DISPUTES_DECIDE)
    if dispute.status == DisputeStatus.ESCALATED:
        # The first reviewer does not decide it any more.
        return [one for one in people if one.pk != dispute.reviewer_id]
    return [one for one in people if one.pk == dispute.reviewer_id] or people


def is_due(user: User, data: Mapping[str, Any]) -> bool:
    found = Dispute.objects.filter(pk=data["dispute_id"], status__in=CLOCKED).first()
    if found is None or found.due_on < fiscal.today() or found.due_on.isoformat() != data["due_on"]:
        return False
    return user in deciders(found)


FOR_REVIEW = register(
    NoticeKind(
        code="rebates.statement.for_review",
        area=Area.MONEY,
        audience=REVIEWERS,
        subject=_("%(vendor)s: statement %(statement)s of %(period)s for your review"),
        body=_(
            "%(vendor)s has stated %(total_amount)s for %(partner)s and %(period)s. You can agree, or dispute single "
            "lines, until %(due_on)s. After that day silence is agreement."
        ),
        action=_("Look at the statement"),
        path=STATEMENT,
        act="rebates.statement.agree",
        still=in_review,
        sample=SAMPLE,
    )
)
REVIEW_ENDING = register(
    NoticeKind(
        code="rebates.statement.review_ending",
        area=Area.MONEY,
        audience=REVIEWERS,
        subject=_("%(vendor)s: your review of %(statement)s ends on %(due_on)s"),
        body=FOR_REVIEW.body,
        action=_("Look at the statement"),
        path=STATEMENT,
        act="rebates.statement.agree",
        still=in_review,
        sample=SAMPLE,
    )
)
ISSUED = register(
    NoticeKind(
        code="rebates.statement.issued",
        area=Area.MONEY,
        audience=REVIEWERS,
        subject=_("%(vendor)s: statement %(statement)s of %(period)s"),
        body=_("%(vendor)s has stated %(total_amount)s for %(partner)s and %(period)s. It will be paid out."),
        action=_("Look at the statement"),
        path=STATEMENT,
        sample=SAMPLE,
    )
)
DUE = register(
    NoticeKind(
        code="rebates.dispute.due",
        area=Area.MONEY,
        audience=DECIDERS,
        subject=_("%(dispute)s of %(partner)s is to be decided by %(due_on)s"),
        body=_(
            "%(partner)s claims %(claimed_amount)s instead of %(stated_amount)s on %(statement)s. It is to be decided "
            "by %(due_on)s. After that day it goes to another reviewer."
        ),
        action=_("Look at the dispute"),
        path=DISPUTE,
        still=is_due,
        sample=SAMPLE,
    )
)
ESCALATED_DUE = register(
    NoticeKind(
        code="rebates.dispute.escalated_due",
        area=Area.MONEY,
        audience=_("All who decide disputes, but its first reviewer"),
        subject=DUE.subject,
        body=_(
            "%(partner)s claims %(claimed_amount)s instead of %(stated_amount)s on %(statement)s. It is to be decided "
            "by %(due_on)s. It was escalated: whoever looked at it first does not decide it."
        ),
        action=_("Look at the dispute"),
        path=DISPUTE,
        still=is_due,
        sample=SAMPLE,
    )
)
DECIDED = register(
    NoticeKind(
        code="rebates.dispute.decided",
        area=Area.MONEY,
        audience=REVIEWERS,
        subject=_("%(vendor)s has decided your dispute %(dispute)s: %(decision)s"),
        body=_(
            "You claimed %(claimed_amount)s instead of %(stated_amount)s on %(statement)s. The decision and its "
            "reasons stand at the dispute."
        ),
        action=_("Read the decision"),
        path=OWN_DISPUTE,
        choices={"decision": DisputeDecision},
        sample=SAMPLE,
    )
)
PAID = register(
    NoticeKind(
        code="rebates.payment.paid",
        area=Area.MONEY,
        audience=REVIEWERS,
        subject=_("%(vendor)s has paid %(paid_amount)s to %(partner)s"),
        body=_("Payment %(payment)s of %(paid_amount)s left on %(paid_on)s. Reference: %(reference)s."),
        action=_("Look at the payments"),
        path="/p/payments/",
        sample=SAMPLE,
    )
)
ISSUED_AFTER_EXIT = register(
    NoticeKind(
        code="rebates.statement.after_exit",
        area=Area.MONEY,
        audience=LEFT,
        subject=_("%(vendor)s: statement %(statement)s of %(period)s"),
        body=_(
            "%(vendor)s has stated %(total_amount)s for %(partner)s and %(period)s, after the end of the partnership. "
            "If something is wrong with it, please write to your contact at %(vendor)s."
        ),
        why=WHY_LEFT,
        sample=SAMPLE,
    )
)
PAID_AFTER_EXIT = register(
    NoticeKind(
        code="rebates.payment.after_exit",
        area=Area.MONEY,
        audience=LEFT,
        subject=PAID.subject,
        body=PAID.body,
        why=WHY_LEFT,
        sample=SAMPLE,
    )
)
