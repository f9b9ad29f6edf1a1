"""The public search for partners: those who work and have agreed to be found, with what they tell of themselves.

Strangers ask, so there is no actor; what is not public never leaves this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.models import Location, Partner, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.selectors.recruitment import recruitment_settings
from partners.states.partner import PartnerStatus
from prm.db.search import search_rows
from prm.errors import NotFound


@dataclass(frozen=True, slots=True)
class Found:
    """A partner as strangers see it."""

    partner_id: UUID
    name: str
    country: str
    blurb: str
    website: str
    phone: str
    email: str
    places: list[Location] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)


def locator_partners(
    *, search: str = "", country: str = "", region: str = "", specialisation: str = ""
) -> QuerySet[Partner]:
    """By name. Raises `NotFound` where the vendor keeps its partners to itself."""
    rows = _public()
    here = Location.objects.filter(partner=OuterRef("pk"), is_public=True)
    if country:
        rows = rows.filter(Q(country=country) | Q(Exists(here.filter(country=country))))
    if region:
        rows = rows.filter(Q(region=region) | Q(Exists(here.filter(Q(region=region) | Q(city=region)))))
    if specialisation:
        able = PartnerSpecialisation.objects.filter(
            partner=OuterRef("pk"), specialisation__code=specialisation, specialisation__is_active=True
        )
        rows = rows.filter(Exists(able))
    return search_rows(rows, search, code="code", folded="name_folded").order_by("name", "code")


def locator_shown(partners: Sequence[Partner]) -> list[Found]:
    """What is shown of a page of partners, in three queries."""
    keys = [one.pk for one in partners]
    profiles = {one.partner_id: one for one in PartnerProfile.objects.filter(partner__in=keys, is_public=True)}
    places: dict[UUID, list[Location]] = defaultdict(list)
    for place in Location.objects.filter(partner__in=keys, is_public=True).order_by("-is_main", "name", "id"):
        places[place.partner_id].append(place)
    skills: dict[UUID, list[str]] = defaultdict(list)
    known = PartnerSpecialisation.objects.filter(partner__in=keys, specialisation__is_active=True)
    for row in known.select_related("specialisation").order_by("specialisation__code"):
        skills[row.partner_id].append(row.specialisation.name)
    shown = [(one, profiles[one.pk]) for one in partners if one.pk in profiles]
    return [
        Found(
            one.pk, one.name, one.country, profile.blurb, profile.website, profile.phone, profile.email,
            places[one.pk], skills[one.pk],
        )
        for one, profile in shown
    ]  # fmt: skip


def locator_facets() -> dict[str, list[str]]:
    """The countries and regions where partners can be found, each sorted."""
    rows = _public().order_by()
    places = Location.objects.filter(partner__in=rows.values("pk"), is_public=True).order_by()
    return {
        "country": _merged(rows.values_list("country", flat=True).distinct(),
                           places.values_list("country", flat=True).distinct()),
        "region": _merged(rows.values_list("region", flat=True).distinct(),
                          places.values_list("region", flat=True).distinct()),
    }  # fmt: skip


def locator_specialisations() -> list[Specialisation]:
    """What partners who can be found are good at, by code."""
    used = PartnerSpecialisation.objects.filter(specialisation=OuterRef("pk"), partner__in=_public().values("pk"))
    return list(Specialisation.objects.filter(Exists(used), is_active=True).order_by("code"))


def _public() -> QuerySet[Partner]:
    if not recruitment_settings().locator_is_open:
        raise NotFound
    agreed = PartnerProfile.objects.filter(partner=OuterRef("pk"), is_public=True)
    rows: QuerySet[Partner] = Partner.objects.filter(Exists(agreed), status=PartnerStatus.ACTIVE)
    return rows


def _merged(*lists: Iterable[str]) -> list[str]:
    return sorted({value for values in lists for value in values if value})
