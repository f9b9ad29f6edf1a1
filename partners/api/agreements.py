from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers

from partners.models import Agreement, AgreementTemplate, Entitlement
from partners.selectors.agreements import (
    VIEWS,
    agreement_file,
    agreement_get,
    agreement_list,
    agreement_signers,
    template_list,
)
from partners.selectors.entitlements import entitlement_list
from partners.services.agreements import agreement_draft, agreement_send, agreement_update, agreement_void
from partners.states.agreements import AgreementKind, AgreementStatus, EntitlementKind, SignerSide, SignerStatus
from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import Input, Output, Query
from prm.files.responses import file_response
from prm.identity.rights import Right

READERS = (Right.AGREEMENTS_VIEW, Right.OWN_AGREEMENTS_VIEW)


class AgreementQuery(Query):
    search = serializers.CharField(help_text="Number, partner or title.")
    status = serializers.ChoiceField(AgreementStatus.choices)
    view = serializers.ChoiceField(VIEWS)
    partner_id = serializers.UUIDField()
    ending_within = serializers.IntegerField(min_value=0, max_value=3650, help_text="In force, ends within these days.")


class GrantOutput(Output):
    kind = serializers.ChoiceField(EntitlementKind.choices)
    value = serializers.CharField()


class AgreementOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    number = serializers.CharField(source="__str__", help_text="Such as A-00012.")
    partner_id = serializers.UUIDField()
    kind = serializers.ChoiceField(AgreementKind.choices)
    predecessor_id = serializers.UUIDField(allow_null=True, help_text="The agreement it amends or renews.")
    status = serializers.ChoiceField(AgreementStatus.choices)
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    active_from = serializers.DateField(allow_null=True, help_text="In force from this day, once everybody has signed.")
    active_to = serializers.DateField(allow_null=True, help_text="Until this day, included; null: no fixed end.")
    auto_renew = serializers.BooleanField()
    renewal_notice_days = serializers.IntegerField()
    end_reason = serializers.CharField(help_text="Why it was declined, voided or terminated.")
    entitlements = GrantOutput(many=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    countersigned_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SignerOutput(Output):
    position = serializers.IntegerField()
    side = serializers.ChoiceField(SignerSide.choices)
    role_en = serializers.CharField()
    role_zh = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    status = serializers.ChoiceField(SignerStatus.choices)
    signed_at = serializers.DateTimeField(source="signature.at", allow_null=True, default=None)
    digest = serializers.CharField(source="signature.digest", allow_null=True, default=None)


class AgreementDetailOutput(AgreementOutput):
    signers = SignerOutput(many=True, source="listed_signers")


class SignerInput(Input):
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField()
    language = serializers.ChoiceField(["en", "zh-hans"], required=False)


class AgreementInput(Input):
    partner_id = serializers.UUIDField()
    template_id = serializers.UUIDField()
    starts_on = serializers.DateField(required=False, help_text="Today when left out.")
    values = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True), required=False,
        help_text="Of the template's own variables, by name.",
    )  # fmt: skip
    signers = SignerInput(many=True, required=False, max_length=5)  # type: ignore[call-arg]


class AgreementChange(Input):
    starts_on = serializers.DateField(required=False)
    term_months = serializers.IntegerField(required=False, allow_null=True)
    renewal_notice_days = serializers.IntegerField(required=False)
    auto_renew = serializers.BooleanField(required=False)
    values = serializers.DictField(child=serializers.CharField(max_length=500, allow_blank=True), required=False)
    signers = SignerInput(many=True, required=False, max_length=5)  # type: ignore[call-arg]


class VoidInput(Input):
    reason = serializers.CharField(max_length=500)


class TemplateOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    partner_type = serializers.CharField(help_text="Empty: partners of all types.")
    region = serializers.CharField(help_text="Empty: partners of all regions.")
    is_retired = serializers.BooleanField()
    published_version = serializers.IntegerField(source="published.number", allow_null=True, default=None)


class TemplatesOutput(Output):
    items = TemplateOutput(many=True)


class EntitlementOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(EntitlementKind.choices)
    value = serializers.CharField()
    agreement_id = serializers.UUIDField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The last day; null: no fixed end.")


class EntitlementQuery(Query):
    on = serializers.DateField(help_text="A day; today when left out.")


class Agreements(Endpoint):
    @lists(
        "agreement_list", READERS, output=AgreementOutput, query=AgreementQuery,
        orderings={"-number": ("-number",), "number": ("number",)},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Agreement]:
        """List agreements, newest first."""
        return agreement_list(call.actor, **call.query)

    @writes("agreement_draft", Right.AGREEMENTS_EDIT, output=AgreementDetailOutput, body=AgreementInput, status=201)
    def post(self, call: Call) -> Agreement:
        """Draft an agreement from a template."""
        return _detail(call, agreement_draft(actor=call.actor, **call.data).pk)


class AgreementDetail(Endpoint):
    @reads("agreement_get", READERS, output=AgreementDetailOutput)
    def get(self, call: Call, agreement_id: UUID) -> Agreement:
        """Get an agreement with its signers."""
        return _detail(call, agreement_id)

    @writes("agreement_update", Right.AGREEMENTS_EDIT, output=AgreementDetailOutput, body=AgreementChange, partial=True)
    def patch(self, call: Call, agreement_id: UUID) -> Agreement:
        """Change a draft; members that are left out stay as they are."""
        agreement_update(actor=call.actor, agreement_id=agreement_id, **call.data)
        return _detail(call, agreement_id)


class AgreementSend(Endpoint):
    @writes("agreement_send", Right.AGREEMENTS_EDIT, output=AgreementDetailOutput)
    def post(self, call: Call, agreement_id: UUID) -> Agreement:
        """Freeze the text and ask the first signer."""
        agreement_send(actor=call.actor, agreement_id=agreement_id)
        return _detail(call, agreement_id)


class AgreementVoid(Endpoint):
    @writes("agreement_void", Right.AGREEMENTS_EDIT, output=AgreementDetailOutput, body=VoidInput)
    def post(self, call: Call, agreement_id: UUID) -> Agreement:
        """Give up an agreement that is not in force yet."""
        agreement_void(actor=call.actor, agreement_id=agreement_id, **call.data)
        return _detail(call, agreement_id)


class AgreementPdf(Endpoint):
    @sends("agreement_pdf", READERS, media_types=("application/pdf",))
    def get(self, call: Call, agreement_id: UUID) -> HttpResponseBase:
        """Get the signed PDF, or the document that was sent."""
        return file_response(agreement_file(call.actor, agreement_id))


class AgreementTemplates(Endpoint):
    @reads("agreement_template_list", Right.AGREEMENTS_VIEW, output=TemplatesOutput)
    def get(self, call: Call) -> dict[str, list[AgreementTemplate]]:
        """List the templates that agreements are made from."""
        return {"items": template_list(call.actor)}


class PartnerEntitlements(Endpoint):
    @lists(
        "partner_entitlement_list", READERS, output=EntitlementOutput, query=EntitlementQuery,
        orderings={"kind": ("kind", "value", "id")},
    )  # fmt: skip
    def get(self, call: Call, partner_id: UUID) -> QuerySet[Entitlement]:
        """List what a partner may on a day because of its agreements."""
        return entitlement_list(call.actor, partner_id, **call.query)


def _detail(call: Call, agreement_id: UUID) -> Agreement:
    found: Any = agreement_get(call.actor, agreement_id)
    found.listed_signers = agreement_signers(call.actor, agreement_id)
    return found  # type: ignore[no-any-return]
