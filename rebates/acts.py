"""What can be done from a mail. It is about money, so the reader signs in again first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.errors import StateError
from prm.identity.actor import Actor
from prm.notifications.acts import Act, register
from prm.web.text import money
from rebates.selectors.statements import statement_get
from rebates.services.reviews import statement_agree
from rebates.states import StatementStatus


def _question(actor: Actor, data: Mapping[str, Any]) -> str:
    statement = statement_get(actor, UUID(data["statement_id"]))
    if statement.status != StatementStatus.IN_REVIEW:
        raise StateError(_("The review of %(number)s is over.") % {"number": statement}, code="review_over")
    facts = {"number": statement, "total": money(statement.total, statement.currency), "period": statement.period.key}
    return _("You agree to statement %(number)s of %(period)s over %(total)s. It will be paid out then.") % facts


def _agree(actor: Actor, data: Mapping[str, Any]) -> None:
    statement_agree(actor=actor, statement_id=UUID(data["statement_id"]))


register(
    Act(
        code="rebates.statement.agree",
        title=gettext_lazy("Agree to the statement"),
        question=_question,
        do=_agree,
        done=gettext_lazy("You have agreed to the statement."),
        path="/p/statements/%(statement_id)s/",
        is_money=True,
    )
)
