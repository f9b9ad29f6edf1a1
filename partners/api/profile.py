from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import Location, PartnerProfile, Specialisation
from partners.selectors.profile import location_get, location_list, profile_get, specialisation_list, specialisations_of
from partners.services.profile import (
    location_add,
    location_remove,
    location_update,
    profile_update,
    specialisation_save,
    specialisations_set,
)
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output
from prm.identity.rights import Right

READERS = (Right.PARTNERS_VIEW, Right.OWN_PROFILE_EDIT)
EDITORS = (Right.PARTNERS_EDIT, Right.OWN_PROFILE_EDIT)


class ProfileOutput(Output):
    partner_id = serializers.UUIDField()
    website = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    employees = serializers.IntegerField(allow_null=True)
    blurb_en = serializers.CharField()
    blurb_zh = serializers.CharField()
    is_public = serializers.BooleanField(help_text="The partner wishes to be found by strangers.")


class ProfileInput(Input):
    website = serializers.CharField(max_length=200, allow_blank=True)
    phone = serializers.CharField(max_length=31, allow_blank=True)
    email = serializers.CharField(max_length=254, allow_blank=True)
    employees = serializers.IntegerField(min_value=1, allow_null=True)
    blurb_en = serializers.CharField(max_length=600, allow_blank=True)
    blurb_zh = serializers.CharField(max_length=600, allow_blank=True)
    is_public = serializers.BooleanField()


class LocationOutput(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField()
    phone = serializers.CharField()
    is_main = serializers.BooleanField()
    is_public = serializers.BooleanField()


class LocationInput(Input):
    example = {"name": "上海总部", "city": "上海", "country": "CN", "address": "浦东新区世纪大道 100 号"}

    name = serializers.CharField(max_length=100)
    city = serializers.CharField(max_length=100)
    country = serializers.CharField(max_length=2)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    region = serializers.CharField(max_length=100, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=31, required=False, allow_blank=True)
    is_main = serializers.BooleanField(required=False)
    is_public = serializers.BooleanField(required=False)


class SpecialisationOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    is_active = serializers.BooleanField()


class SpecialisationInput(Input):
    code = serializers.CharField(max_length=64)
    name_en = serializers.CharField(max_length=100, required=False, allow_blank=True)
    name_zh = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ChosenOutput(Output):
    codes = serializers.ListField(child=serializers.CharField())


class ChosenInput(Input):
    codes = serializers.ListField(child=serializers.CharField(max_length=64), max_length=100)


class PartnerProfileDetail(Endpoint):
    @reads("partner_profile_get", READERS, output=ProfileOutput)
    def get(self, call: Call, partner_id: UUID) -> PartnerProfile:
        """Get what a partner company tells of itself."""
        return profile_get(call.actor, partner_id)

    @writes("partner_profile_update", EDITORS, output=ProfileOutput, body=ProfileInput, partial=True)
    def patch(self, call: Call, partner_id: UUID) -> PartnerProfile:
        """Change a company profile; members that are left out stay as they are."""
        return profile_update(actor=call.actor, partner_id=partner_id, **call.data)


class PartnerLocations(Endpoint):
    @lists("partner_location_list", READERS, output=LocationOutput, orderings={"name": ("name", "id")})
    def get(self, call: Call, partner_id: UUID) -> QuerySet[Location]:
        """List the places where a partner works."""
        return location_list(call.actor, partner_id)

    @writes("partner_location_add", EDITORS, output=LocationOutput, body=LocationInput, status=201)
    def post(self, call: Call, partner_id: UUID) -> Location:
        """Add a location; the first one is the main one."""
        return location_add(actor=call.actor, partner_id=partner_id, **call.data)


class PartnerLocationDetail(Endpoint):
    @reads("partner_location_get", READERS, output=LocationOutput)
    def get(self, call: Call, partner_id: UUID, location_id: UUID) -> Location:
        """Get a location."""
        return location_get(call.actor, partner_id, location_id)

    @writes("partner_location_update", EDITORS, output=LocationOutput, body=LocationInput, partial=True)
    def patch(self, call: Call, partner_id: UUID, location_id: UUID) -> Location:
        """Change a location; with `is_main` it takes the place of the main one."""
        return location_update(actor=call.actor, partner_id=partner_id, location_id=location_id, **call.data)

    @writes("partner_location_remove", EDITORS, output=None, status=204)
    def delete(self, call: Call, partner_id: UUID, location_id: UUID) -> None:
        """Take a location away."""
        location_remove(actor=call.actor, partner_id=partner_id, location_id=location_id)


class PartnerSpecialisations(Endpoint):
    @reads("partner_specialisations_get", READERS, output=ChosenOutput)
    def get(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Get the codes of what a partner is good at."""
        return {"codes": [one.code for one in specialisations_of(call.actor, partner_id)]}

    @writes("partner_specialisations_set", EDITORS, output=ChosenOutput, body=ChosenInput)
    def put(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Set what a partner is good at: these and no others."""
        found = specialisations_set(actor=call.actor, partner_id=partner_id, **call.data)
        return {"codes": [one.code for one in found]}


class Specialisations(Endpoint):
    @lists("specialisation_list", READERS, output=SpecialisationOutput, orderings={"code": ("code",)})
    def get(self, call: Call) -> QuerySet[Specialisation]:
        """List the vendor's specialisations."""
        return specialisation_list(call.actor)

    @writes(
        "specialisation_create", Right.PARTNERS_EDIT, output=SpecialisationOutput, body=SpecialisationInput, status=201
    )
    def post(self, call: Call) -> Specialisation:
        """Add a specialisation to the vendor's list."""
        return specialisation_save(actor=call.actor, **call.data)
