from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.effects import Step
from partners.models import Certificate, Certification
from partners.selectors.certificates import (
    certificate_get,
    certificate_list,
    certification_list,
    certified_people,
)
from partners.selectors.endings import endings_of
from partners.services.certificates import certificate_award, certificate_revoke, certification_save
from partners.states.certificates import CertificateStatus, Level
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output, Query
from prm.identity.rights import Right

READERS = (Right.PARTNERS_VIEW, Right.OWN_CERTIFICATES_VIEW)


class CertificationOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    level = serializers.ChoiceField(Level.choices)
    validity_months = serializers.IntegerField(allow_null=True, help_text="Null: for ever.")
    is_active = serializers.BooleanField()


class CertificationInput(Input):
    example = {"code": "net-expert", "name_en": "Network Expert", "level": "expert", "validity_months": 24}

    code = serializers.CharField(max_length=64)
    name_en = serializers.CharField(max_length=150, required=False, allow_blank=True)
    name_zh = serializers.CharField(max_length=150, required=False, allow_blank=True)
    level = serializers.ChoiceField(Level.choices)
    validity_months = serializers.IntegerField(min_value=1, max_value=240, required=False, allow_null=True)


class CertificateQuery(Query):
    search = serializers.CharField(help_text="Part of the person's name or address.")
    partner_id = serializers.UUIDField(help_text="Where the person works today.")
    certification = serializers.CharField(help_text="Its code.")
    status = serializers.ChoiceField(CertificateStatus.choices)
    ends_until = serializers.DateField(help_text="Valid ones that end from today until this day.")


class CertificateOutput(Output):
    id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    person_name = serializers.CharField(source="person.name")
    person_email = serializers.CharField(source="person.email")
    partner_id = serializers.UUIDField(allow_null=True, help_text="Where the person works today.")
    certification = serializers.CharField(source="certification.code")
    course = serializers.CharField()
    version = serializers.CharField()
    score = DecimalText(allow_null=True)
    issuer = serializers.CharField()
    reference = serializers.CharField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True, help_text="The last day on which it counts.")
    revoked_on = serializers.DateField(allow_null=True, help_text="The first day on which it does not count.")
    status = serializers.ChoiceField(CertificateStatus.choices)


class CertificateInput(Input):
    example = {"email": "li@partner.example", "certification": "net-expert", "issued_on": "2026-02-01"}

    email = serializers.CharField(max_length=254)
    certification = serializers.CharField(max_length=64)
    issued_on = serializers.DateField()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    partner_id = serializers.UUIDField(required=False, help_text="Needed for a person who is not known yet.")
    expires_on = serializers.DateField(required=False, allow_null=True)
    course = serializers.CharField(max_length=200, required=False, allow_blank=True)
    version = serializers.CharField(max_length=40, required=False, allow_blank=True)
    score = ExactDecimalField(max_digits=6, decimal_places=2, required=False, allow_null=True)
    issuer = serializers.CharField(max_length=150, required=False, allow_blank=True)
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True)


class RevokeInput(Input):
    reason = serializers.CharField(max_length=500)


class CertifiedQuery(Query):
    day = serializers.DateField(help_text="Today unless given.")


class CertifiedOutput(Output):
    people = serializers.IntegerField(help_text="With any valid certificate.")
    by_certification = serializers.DictField(child=serializers.IntegerField())


class EndingOutput(Output):
    kind = serializers.CharField(help_text="certificate or agreement.")
    id = serializers.UUIDField()
    what = serializers.CharField()
    who = serializers.CharField()


class EffectOutput(Output):
    kind = serializers.CharField(help_text="count, tier, rebate or lead.")
    text = serializers.CharField()
    amount = DecimalText(allow_null=True, help_text="What it was worth last.")
    currency = serializers.CharField()


class StepOutput(Output):
    last_day = serializers.DateField()
    endings = EndingOutput(many=True)
    people_before = serializers.IntegerField()
    people_after = serializers.IntegerField()
    effects = EffectOutput(many=True)


class StepsOutput(Output):
    steps = StepOutput(many=True)


class Certifications(Endpoint):
    @lists("certification_list", READERS, output=CertificationOutput, orderings={"code": ("code",)})
    def get(self, call: Call) -> QuerySet[Certification]:
        """List what people can be certified in."""
        return certification_list(call.actor)

    @writes(
        "certification_create", Right.CERTIFICATES_EDIT, output=CertificationOutput, body=CertificationInput, status=201
    )
    def post(self, call: Call) -> Certification:
        """Add a certification to the catalogue."""
        return certification_save(actor=call.actor, **call.data)


class Certificates(Endpoint):
    @lists(
        "certificate_list", READERS, output=CertificateOutput, query=CertificateQuery,
        orderings={"-issued_on": ("-issued_on", "-id"), "issued_on": ("issued_on", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Certificate]:
        """List certificates with the partner for which they count today."""
        return certificate_list(call.actor, **call.query)

    @writes(
        "certificate_award", Right.CERTIFICATES_EDIT, output=CertificateOutput, body=CertificateInput, status=201
    )  # fmt: skip
    def post(self, call: Call) -> Certificate:
        """Award a certificate to a person, who need not have an account."""
        return certificate_get(call.actor, certificate_award(actor=call.actor, **call.data).pk)


class CertificateDetail(Endpoint):
    @reads("certificate_get", READERS, output=CertificateOutput)
    def get(self, call: Call, certificate_id: UUID) -> Certificate:
        """Get a certificate."""
        return certificate_get(call.actor, certificate_id)


class CertificateRevoke(Endpoint):
    @writes("certificate_revoke", Right.CERTIFICATES_EDIT, output=CertificateOutput, body=RevokeInput)
    def post(self, call: Call, certificate_id: UUID) -> Certificate:
        """Revoke a certificate: it counts no more from today."""
        certificate_get(call.actor, certificate_id)
        certificate_revoke(actor=call.actor, certificate_id=certificate_id, **call.data)
        return certificate_get(call.actor, certificate_id)


class PartnerCertified(Endpoint):
    @reads("partner_certified_people", READERS, output=CertifiedOutput, query=CertifiedQuery)
    def get(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Count a partner's certified people on a day."""
        found = dict(certified_people(call.actor, partner_id=partner_id, **call.query))
        return {"people": found.pop("", 0), "by_certification": found}


class PartnerEndings(Endpoint):
    @reads("partner_endings", READERS, output=StepsOutput)
    def get(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """What ends at a partner in the next 90 days, and what follows."""
        return {"steps": [_step(step) for step in endings_of(call.actor, partner_id=partner_id)]}


def _step(step: Step) -> dict[str, Any]:
    change = step.change
    return {
        "last_day": step.last_day, "endings": change.endings, "people_before": change.before.get("", 0),
        "people_after": change.after.get("", 0), "effects": step.effects,
    }  # fmt: skip
