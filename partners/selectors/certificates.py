"""Reading certificates: the vendor's people all, a partner's people those that count for their company today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from partners.counted import counted_spans, counts_on
from partners.models import Certificate, Certification, Partner, Person, WorkPlace
from partners.policies.own import require_vendor, require_within
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right


def certification_list(actor: Actor, *, every: bool = True) -> QuerySet[Certification]:
    """The catalogue: what is offered first."""
    _require_view(actor)
    rows: QuerySet[Certification] = Certification.objects.order_by("-is_active", "code")
    return rows if every else rows.filter(is_active=True)


def certification_get(actor: Actor, certification_id: UUID) -> Certification:
    found = certification_list(actor).filter(pk=certification_id).first()
    if found is None:
        raise NotFound
    return found


def certificate_list(
    actor: Actor,
    *,
    search: str = "",
    partner_id: UUID | None = None,
    person_id: UUID | None = None,
    certification: str = "",
    status: str = "",
    ends_until: dt.date | None = None,
) -> QuerySet[Certificate]:
    """Certificates with `partner_id` and `partner_name` of where their person works today, newest first."""
    _require_view(actor)
    rows = _placed(Certificate.objects.select_related("person", "certification"), "person")
    if actor.is_partner:
        rows = rows.filter(Q(("partner_id", actor.partner_id)))
    rows = rows.filter(Q(("partner_id", partner_id))) if partner_id else rows
    rows = rows.filter(person_id=person_id) if person_id else rows
    rows = rows.filter(certification__code=certification) if certification else rows
    rows = rows.filter(status=status) if status else rows
    if ends_until:
        rows = rows.filter(expires_on__range=(_today(), ends_until), status="valid")
    if search:
        rows = rows.filter(Q(person__name__icontains=search) | Q(person__email__icontains=search))
    return rows.order_by("-issued_on", "-id")


def certificates_left_with(actor: Actor, partner_id: UUID) -> QuerySet[Certificate]:
    """Of the people whose last company it is, also once their place there has ended. Raises `NotFound`."""
    require_within(actor, partner_id, own=Right.OWN_CERTIFICATES_VIEW, vendor=Right.PARTNERS_VIEW)
    places = WorkPlace.objects.filter(person_id=OuterRef("person_id"), partner__isnull=False).order_by("-valid_from")
    rows: Any = Certificate.objects.select_related("person", "certification", "evidence")
    rows = rows.annotate(last_partner=Subquery(places.values("partner_id")[:1])).filter(last_partner=partner_id)
    return cast("QuerySet[Certificate]", rows.order_by("issued_on", "id"))


def certificate_get(actor: Actor, certificate_id: UUID) -> Certificate:
    """Raises `NotFound`."""
    found = certificate_list(actor).filter(pk=certificate_id).first()
    if found is None:
        raise NotFound
    return found


def person_list(actor: Actor, *, partner_id: UUID | None = None, search: str = "") -> QuerySet[Person]:
    """People with certificates, with `partner_id` and `partner_name` of where they work today, by name."""
    _require_view(actor)
    rows = _placed(Person.objects.all(), "")
    if actor.is_partner:
        rows = rows.filter(Q(("partner_id", actor.partner_id)))
    rows = rows.filter(Q(("partner_id", partner_id))) if partner_id else rows
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return rows.order_by("name", "email")


def person_get(actor: Actor, person_id: UUID) -> Person:
    found = person_list(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


def place_history(actor: Actor, person_id: UUID) -> QuerySet[WorkPlace]:
    """Where the person has worked, newest first; for the vendor's people."""
    require_vendor(actor, Right.PARTNERS_VIEW)
    return WorkPlace.objects.filter(person_id=person_id).select_related("partner").order_by("-valid_from")


def certified_people(actor: Actor, *, partner_id: UUID, day: dt.date | None = None) -> Mapping[str, int]:
    """People with a valid certificate counted for the partner on that day, by certification; under "" with any."""
    require_within(actor, partner_id, own=Right.OWN_CERTIFICATES_VIEW, vendor=Right.PARTNERS_VIEW)
    return counts_on(day or _today(), counted_spans([partner_id])[partner_id])


def superseded() -> Exists:
    """Whether the same person holds a later certificate of the same kind."""
    later = Certificate.objects.filter(person_id=OuterRef("person_id"), certification_id=OuterRef("certification_id"))
    longer = Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on"))
    return Exists(later.filter(longer, revoked_on__isnull=True))


def place_of(person_id: UUID, day: dt.date) -> Partner | None:
    rows = WorkPlace.objects.filter(person_id=person_id, valid_from__lte=day).select_related("partner")
    place = rows.order_by("-valid_from").first()
    return place.partner if place is not None else None


def _placed(rows: QuerySet[Any], person: str) -> QuerySet[Any]:
    key = f"{person}_id" if person else "pk"
    places = WorkPlace.objects.filter(person_id=OuterRef(key), valid_from__lte=_today()).order_by("-valid_from")
    found: Any = {
        "partner_id": Subquery(places.values("partner_id")[:1]),
        "partner_name": Subquery(places.values("partner__name")[:1]),
    }
    return cast("QuerySet[Any]", rows.annotate(**found))


def by_end(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    return rows.order_by(F("expires_on").asc(nulls_last=True), "id")


def _require_view(actor: Actor) -> None:
    if not (actor.can(Right.PARTNERS_VIEW) or actor.can(Right.OWN_CERTIFICATES_VIEW)):
        raise Forbidden


def _today() -> dt.date:
    return clock.today(require_tenant())
