"""What a partner company tells of itself. Its administrator and the vendor's managers may write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pycountry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.models import Location, Partner, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.policies.own import require_vendor, within
from prm.audit.services import record
from prm.db.models import TenantModel
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit

PROFILE = frozenset({"website", "phone", "email", "employees", "blurb_en", "blurb_zh", "is_public"})
LOCATION = frozenset(
    {"name", "address", "city", "region", "postal_code", "country", "phone", "is_main", "is_public"}
)  # fmt: skip
MOST_LOCATIONS = 100
CHANGED = "partners.profile.changed"


@transaction.atomic
def profile_update(*, actor: Actor, partner_id: UUID, **changes: Any) -> PartnerProfile:
    """Change some of `PROFILE`. Emits `partners.profile.changed` when something differs. Raises `Invalid`."""
    partner = _locked(actor, partner_id)
    profile = PartnerProfile.objects.filter(partner=partner).first() or PartnerProfile(partner=partner)
    differing = _assign(profile, changes, PROFILE)
    if not differing:
        return profile
    _check(profile)
    if profile.is_public and not (profile.website or profile.phone or profile.email):
        text = _("Strangers need a way to reach the company: a website, a phone number or an e-mail address.")
        raise Invalid(fields={"is_public": [text]})
    profile.save()
    _tell(actor, "partners.profile.changed", partner, differing)
    return profile


@transaction.atomic
def location_add(*, actor: Actor, partner_id: UUID, **fields: Any) -> Location:
    """A further location; the first one is the main one. Emits `partners.profile.changed`. Raises `Invalid`."""
    partner = _locked(actor, partner_id)
    present = Location.objects.filter(partner=partner)
    if present.count() >= MOST_LOCATIONS:
        raise Invalid(_("At most %(count)s locations.") % {"count": MOST_LOCATIONS})
    location = Location(partner=partner)
    _assign(location, fields, LOCATION)
    location.is_main = location.is_main or not present.exists()
    _check(location)
    _make_room(location)
    location.save(force_insert=True)
    _tell(actor, "partners.location.added", partner, {"name": location.name, "city": location.city})
    return location


@transaction.atomic
def location_update(*, actor: Actor, partner_id: UUID, location_id: UUID, **changes: Any) -> Location:
    """Change some of `LOCATION`. The main location stays until another one is. Raises `Invalid`, `NotFound`."""
    partner, location = _location(actor, partner_id, location_id)
    if location.is_main and changes.get("is_main") is False:
        raise Invalid(fields={"is_main": [_("Make another location the main one instead.")]})
    differing = _assign(location, changes, LOCATION)
    if not differing:
        return location
    _check(location)
    _make_room(location)
    location.save(update_fields=list(differing))
    _tell(actor, "partners.location.changed", partner, {"name": [location.name, location.name]} | differing)
    return location


@transaction.atomic
def location_remove(*, actor: Actor, partner_id: UUID, location_id: UUID) -> None:
    """Take a location away; after the main one the next by name is it."""
    partner, location = _location(actor, partner_id, location_id)
    location.delete()
    heir = Location.objects.filter(partner=partner).order_by("name", "id").first()
    if location.is_main and heir is not None:
        heir.is_main = True
        heir.save(update_fields=["is_main"])
    _tell(actor, "partners.location.removed", partner, {"name": location.name})


@transaction.atomic
def specialisations_set(*, actor: Actor, partner_id: UUID, codes: Iterable[str]) -> list[Specialisation]:
    """These and no others. What is offered no more may stay, but cannot be taken anew. Raises `Invalid`."""
    partner = _locked(actor, partner_id)
    rows = PartnerSpecialisation.objects.filter(partner=partner).select_related("specialisation")
    present = {row.specialisation.code: row for row in rows}
    wanted = set(codes)
    found = {one.code: one for one in Specialisation.objects.filter(code__in=wanted)}
    for code in sorted(wanted):
        if code not in found or not (found[code].is_active or code in present):
            raise Invalid(fields={"codes": [_("“%(code)s” is not on the list.") % {"code": code}]})
    if wanted == present.keys():
        return [found[code] for code in sorted(wanted)]
    PartnerSpecialisation.objects.filter(
        pk__in=[row.pk for code, row in present.items() if code not in wanted]
    ).delete()
    added = [found[code] for code in sorted(wanted - present.keys())]
    PartnerSpecialisation.objects.bulk_create(
        [PartnerSpecialisation(partner=partner, specialisation=one) for one in added]
    )
    data = {"specialisations": [", ".join(sorted(present)), ", ".join(sorted(wanted))]}
    _tell(actor, "partners.specialisations.set", partner, data)
    return [found[code] for code in sorted(wanted)]


@transaction.atomic
def specialisation_save(
    *, actor: Actor, code: str, name_en: str = "", name_zh: str = "", is_active: bool = True,
    specialisation_id: UUID | None = None,
) -> Specialisation:  # fmt: skip
    """A word of the vendor's list, new or changed; its code stays. Raises `Invalid`, `Conflict` for a taken code."""
    require_vendor(actor, Right.PARTNERS_EDIT)
    word = Specialisation(code=code.strip())
    if specialisation_id is not None:
        found = Specialisation.objects.select_for_update().filter(pk=specialisation_id).first()
        if found is None:
            raise NotFound
        word = found
    word.name_en, word.name_zh, word.is_active = name_en.strip(), name_zh.strip(), is_active
    if not (word.name_en or word.name_zh):
        raise Invalid(fields={"name_en": [_("Give a name in at least one language.")]})
    _check(word)
    try:
        with transaction.atomic():
            word.save()
    except IntegrityError as error:
        text = _("This code is taken.")
        raise Conflict(text, code="code_taken", fields={"code": [text]}) from error
    record(actor, "partners.specialisation.saved", word, {"code": word.code, "is_active": word.is_active})
    emit(CHANGED, {"partner_id": ""})
    return word


def _locked(actor: Actor, partner_id: UUID) -> Partner:
    rows = within(actor, own=Right.OWN_PROFILE_EDIT, vendor=Right.PARTNERS_EDIT)
    partner = rows.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    return partner


def _location(actor: Actor, partner_id: UUID, location_id: UUID) -> tuple[Partner, Location]:
    partner = _locked(actor, partner_id)
    location = Location.objects.filter(partner=partner, pk=location_id).first()
    if location is None:
        raise NotFound
    return partner, location


def _make_room(location: Location) -> None:
    """The one that was the main location makes way for the new one."""
    if location.is_main:
        others = Location.objects.filter(partner_id=location.partner_id, is_main=True).exclude(pk=location.pk)
        others.update(is_main=False)


def _assign(row: TenantModel, changes: dict[str, Any], known: frozenset[str]) -> dict[str, list[Any]]:
    """What differs, as {name: [before, after]}. Raises `Invalid` for names that are not known."""
    if unknown := set(changes) - known:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in sorted(unknown)})
    differing = {}
    for name, given in changes.items():
        value = given.strip() if isinstance(given, str) else given
        before = getattr(row, name)
        if value != before:
            differing[name] = [before, value]
            setattr(row, name, value)
    return differing


def _check(row: TenantModel) -> None:
    try:
        row.clean_fields(exclude=["tenant", "partner"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    country = getattr(row, "country", "")
    if country and pycountry.countries.get(alpha_2=country) is None:
        text = _("“%(value)s” is not an ISO 3166 country code such as CN.") % {"value": country}
        raise Invalid(fields={"country": [text]})


def _tell(actor: Actor, action: str, partner: Partner, data: dict[str, Any]) -> None:
    record(actor, action, partner, data)
    emit(CHANGED, {"partner_id": str(partner.pk)})
