"""Reading company profiles, locations and specialisations: the vendor's people all, a partner's people their own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from partners.models import Location, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.policies.own import require_within
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right


def profile_get(actor: Actor, partner_id: UUID) -> PartnerProfile:
    """The partner's profile, an empty one where nothing has been told yet. Raises `NotFound`."""
    _require_view(actor, partner_id)
    rows = PartnerProfile.objects.select_related("partner")
    return rows.filter(partner_id=partner_id).first() or PartnerProfile(partner_id=partner_id)


def location_list(actor: Actor, partner_id: UUID) -> QuerySet[Location]:
    """The main location first. Raises `NotFound`."""
    _require_view(actor, partner_id)
    return Location.objects.filter(partner_id=partner_id).order_by("-is_main", "name", "id")


def location_get(actor: Actor, partner_id: UUID, location_id: UUID) -> Location:
    found = location_list(actor, partner_id).filter(pk=location_id).first()
    if found is None:
        raise NotFound
    return found


def specialisation_list(actor: Actor, *, every: bool = False) -> QuerySet[Specialisation]:
    """The vendor's list: what is offered, or with `every` also what is offered no more."""
    if not (actor.can(Right.PARTNERS_VIEW) or actor.can(Right.OWN_PROFILE_EDIT)):
        raise Forbidden
    rows: QuerySet[Specialisation] = Specialisation.objects.order_by("-is_active", "code")
    return rows if every else rows.filter(is_active=True)


def specialisation_get(actor: Actor, specialisation_id: UUID) -> Specialisation:
    found = specialisation_list(actor, every=True).filter(pk=specialisation_id).first()
    if found is None:
        raise NotFound
    return found


def specialisations_of(actor: Actor, partner_id: UUID) -> list[Specialisation]:
    """What the partner says it is good at, by code. Raises `NotFound`."""
    _require_view(actor, partner_id)
    rows = PartnerSpecialisation.objects.filter(partner_id=partner_id).select_related("specialisation")
    return [row.specialisation for row in rows.order_by("specialisation__code")]


def profile_completeness(actor: Actor, partner_id: UUID) -> int:
    """Per cent of what strangers look for: website, phone, e-mail, a text, a location, a specialisation."""
    profile = profile_get(actor, partner_id)
    told = [
        profile.website, profile.phone, profile.email, profile.blurb_en or profile.blurb_zh,
        location_list(actor, partner_id).exists(), specialisations_of(actor, partner_id),
    ]  # fmt: skip
    return sum(bool(one) for one in told) * 100 // len(told)


def _require_view(actor: Actor, partner_id: UUID) -> None:
    require_within(actor, partner_id, own=Right.OWN_PROFILE_EDIT, vendor=Right.PARTNERS_VIEW)
