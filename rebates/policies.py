"""Who may see and do what with money, as predicates and as the partner that a reader is confined to."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import Statement
from rebates.states import StatementStatus

# A partner sees a statement once a second person has stood up for it.
PARTNER_SEES = (
    StatementStatus.IN_REVIEW, StatementStatus.APPROVED, StatementStatus.PARTLY, StatementStatus.SETTLED,
    StatementStatus.PAID,
)  # fmt: skip


def confined_to(actor: Actor, partner_id: UUID | None, *, vendor: Right, own: Right) -> UUID | None:
    """The partner to whose rows a read is confined: None is all of them.

    A partner's people need the `own` right and see only their company: another one's looks like an unknown one
    (`NotFound`). Everybody else needs the `vendor` right.
    """
    if actor.partner_id is None:
        actor.require(vendor)
        return partner_id
    actor.require(own)
    if partner_id not in (None, actor.partner_id):
        raise NotFound
    return actor.partner_id


def earnings_of(actor: Actor, partner_id: UUID | None) -> UUID | None:
    return confined_to(actor, partner_id, vendor=Right.ACCRUALS_VIEW, own=Right.OWN_EARNINGS_VIEW)


def statements_of(actor: Actor, partner_id: UUID | None) -> UUID | None:
    return confined_to(actor, partner_id, vendor=Right.STATEMENTS_VIEW, own=Right.OWN_STATEMENTS_VIEW)


def check_approver(actor: Actor, statement: Statement) -> None:
    """Two people: whoever prepared a statement, by closing the period, does not approve it."""
    if actor.kind != "user":
        raise Forbidden(_("A person approves statements, not a program."))
    if actor.is_person(statement.prepared_by_id):
        raise Forbidden(
            _("You prepared statement %(number)s; somebody else has to approve it.") % {"number": statement},
            code="same_person",
        )
