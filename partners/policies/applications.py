"""Who acts in an application: the applicant, known by a link; reviewers, who are never the ones that recommended it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from partners.models import Application, Partner
from partners.states.partner import PartnerStatus
from prm.errors import Forbidden, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Right

APPLICANT = "applicant"


def applicant(application: Application) -> Actor:
    """Whoever holds a link to the application. Named by its number, so that the audit trail holds no personal data."""
    return Actor(APPLICANT, application.pk, f"{_('Applicant')} {application}", frozenset())


def require_applicant(actor: Actor, application_id: UUID) -> None:
    """Raises `NotFound` for anybody else: to others the application does not exist."""
    if actor.kind != APPLICANT or actor.id != application_id:
        raise NotFound


def require_reviewer(actor: Actor, application: Application) -> None:
    """Deciding takes a person with the right who did not recommend the company, nor works for the partner that did."""
    actor.require(Right.APPLICATIONS_DECIDE)
    if actor.kind != "user" or actor.id is None:
        raise Forbidden(_("Applications are decided by people."))
    if is_referrer(actor.id, application):
        raise Forbidden(_("You recommended this company, so somebody else has to review it."), code="is_referrer")


def is_referrer(user_id: UUID | None, application: Application) -> bool:
    if user_id is None:
        return False
    if application.referrer_user_id == user_id:
        return True
    partner_id = application.referrer_partner_id
    if partner_id is None:
        return False
    works_there = Membership.objects.filter(user_id=user_id, partner_id=partner_id, is_active=True)
    return works_there.exists()


def require_stays(partner: Partner) -> None:
    """Nobody is brought into a company whose partnership is ending or over: `StateError` (code `partner_leaves`)."""
    if partner.status in {PartnerStatus.EXITING, PartnerStatus.ENDED}:
        words = _("The partnership with %(partner)s is ending or has ended, so no application can be joined with it.")
        raise StateError(words % {"partner": partner.name}, code="partner_leaves")
