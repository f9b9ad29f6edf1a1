"""Who holds certificates, and at which partner they count. Places follow memberships; a manager may move a person."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.models import Partner, Person, WorkPlace
from partners.policies.own import require_vendor
from partners.states.partner import SINCE_EVER
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import Membership, User
from prm.identity.rights import Right
from prm.outbox.services import emit

MOVED = "partners.certificate.moved"


def person_ensure(actor: Actor, *, email: str, name: str, partner_id: UUID | None) -> tuple[Person, Partner]:
    """The person of this address, locked, and where it works; a new one works at `partner_id`, or where its account is.

    Raises `Invalid` when nobody says where, `Conflict` when the person is counted for another partner.
    """
    email = _address(email)
    person = Person.objects.select_for_update().filter(email=email).first() or _insert(email, name)
    if name.strip() and not person.name:
        person.name = name.strip()[:200]
        person.save(update_fields=["name"])
    today = clock.today(require_tenant())
    place = _place_on(person, today)
    if place is None:
        partner = _partner(partner_id) or _partner_of_member(person)
        if partner is None:
            raise Invalid(fields={"partner": [_("Say for which partner this person works.")]})
        first = SINCE_EVER if not WorkPlace.objects.filter(person=person).exists() else today
        _put(person, partner, first)
        return person, partner
    if partner_id is not None and place.pk != partner_id:
        text = _("%(person)s is counted for %(partner)s. Move the person first.")
        text %= {"person": person, "partner": place.name}
        raise Conflict(text, code="counted_elsewhere", fields={"partner": [text]})
    return person, place


@transaction.atomic
def person_move(
    *, actor: Actor, person_id: UUID, partner_id: UUID | None, reason: str, valid_from: dt.date | None = None
) -> Person:
    """From that day (today unless given) the person's certificates count for this partner, without one for nobody.

    Emits `partners.certificate.moved`. Raises `Invalid` without a reason and for a day to come, `NotFound`.
    """
    require_vendor(actor, Right.CERTIFICATES_EDIT)
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound
    today = clock.today(require_tenant())
    day = valid_from or today
    if day > today:
        raise Invalid(fields={"valid_from": [_("This day is still to come.")]})
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    _settle(actor, person, _partner(partner_id), day, reason.strip())
    return person


@transaction.atomic
def places_follow(*, actor: Actor, membership_id: UUID) -> Person | None:
    """After a change of a membership: the person counts where it has a place now.

    Somebody with several companies stays where it counts as long as that place is there, else the newest one counts.
    """
    member = Membership.objects.filter(pk=membership_id).select_related("user").first()
    person = _person_of(member.user) if member is not None else None
    if member is None or person is None:
        return None
    if person.user_id is None:
        person.user = member.user
        person.name = person.name or member.user.name
        person.save(update_fields=["user", "name"])
    today = clock.today(require_tenant())
    open_ones = _open_places(member.user)
    present = _place_on(person, today)
    if present is not None and present.pk in {one.partner_id for one in open_ones}:
        return person
    known_only_here = present is not None and not _ever_member(member.user, present)
    if known_only_here and not open_ones:
        return person
    _settle(actor, person, open_ones[0].partner if open_ones else None, today, "")
    return person


def _settle(actor: Actor, person: Person, partner: Partner | None, day: dt.date, reason: str) -> None:
    before = _place_on(person, day)
    later = WorkPlace.objects.filter(person=person, valid_from__gt=day)
    if before == partner and not later.exists():
        return
    gone = [row.partner_id for row in later]
    later.delete()
    _put(person, partner, day)
    data = {"partner": [before.name if before else "", partner.name if partner else ""], "valid_from": day.isoformat()}
    record(actor, "partners.person.moved", person, data | ({"reason": reason} if reason else {}))
    ids = {one for one in (before and before.pk, partner and partner.pk, *gone) if one}
    emit(
        MOVED,
        {"person_id": str(person.pk), "partner_ids": sorted(map(str, ids)), "since": day.isoformat()},
    )


def _put(person: Person, partner: Partner | None, day: dt.date) -> None:
    WorkPlace.objects.update_or_create(person=person, valid_from=day, defaults={"partner": partner})


def _place_on(person: Person, day: dt.date) -> Partner | None:
    rows = WorkPlace.objects.filter(person=person, valid_from__lte=day).select_related("partner")
    place = rows.order_by("-valid_from").first()
    return place.partner if place is not None else None


def _insert(email: str, name: str) -> Person:
    user = User.objects.filter(email=email).first()
    is_here = user is not None and Membership.objects.filter(user=user).exists()
    person = Person(email=email, name=name.strip()[:200] or (user.name if is_here and user else ""))
    person.user = user if is_here else None
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:  # the same person was entered in another window
        return Person.objects.select_for_update().get(email=email)
    return person


def _partner(partner_id: UUID | None) -> Partner | None:
    if partner_id is None:
        return None
    partner = Partner.objects.filter(pk=partner_id).first()
    if partner is None:
        raise Invalid(fields={"partner": [_("There is no such partner.")]})
    return partner


def _partner_of_member(person: Person) -> Partner | None:
    places = _open_places(person.user) if person.user is not None else []
    return places[0].partner if places else None


def _open_places(user: User) -> list[Membership]:
    """The newest first."""
    rows = Membership.objects.filter(user=user, is_active=True, partner__isnull=False)
    return list(rows.select_related("partner").order_by("-created_at", "-id"))


def _ever_member(user: User, partner: Partner) -> bool:
    return Membership.objects.filter(user=user, partner=partner).exists()


def _person_of(user: User) -> Person | None:
    rows = Person.objects.select_for_update()
    return rows.filter(user=user).first() or rows.filter(email=user.email.lower(), user__isnull=True).first()


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(fields={"email": error.messages}) from error
    return email
