from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import Partner, TierChange
from partners.selectors.partners import partner_get, partner_list, tier_history
from partners.services.partners import partner_change_status, partner_create, partner_update, tier_set, tier_unset
from partners.states.partner import PartnerStatus
from prm import clock
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.identity.rights import Right

# A partner's people see their own company.
READERS = (Right.PARTNERS_VIEW, Right.OWN_EARNINGS_VIEW)


class PartnerQuery(Query):
    search = serializers.CharField(help_text="Start of the code, or part of the name.")
    type = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField()
    tier = serializers.CharField(help_text="The tier of today.")
    status = serializers.ChoiceField(PartnerStatus.choices)
    tag = serializers.CharField(help_text="A whole tag.")


class PartnerOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    legal_name = serializers.CharField()
    type = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166, two letters.")
    tags = serializers.ListField(child=serializers.CharField())
    tier = serializers.CharField(help_text="Of today; empty for none.")
    status = serializers.ChoiceField(PartnerStatus.choices)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PartnerChange(Input):
    name = serializers.CharField(max_length=200)
    legal_name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    region = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=50)


class PartnerInput(PartnerChange):
    example = {"code": "P-1042", "name": "申江数码", "region": "East", "country": "CN", "tags": ["vip"], "tier": "Gold"}

    code = serializers.CharField(max_length=64)
    tier = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tier_from = serializers.DateField(required=False, help_text="Today when left out; `0001-01-01` is since ever.")


class StatusInput(Input):
    verb = serializers.ChoiceField(["suspend", "resume", "end"])
    reason = serializers.CharField(max_length=1000)


class TierOutput(Output):
    id = serializers.UUIDField()
    tier = serializers.CharField()
    valid_from = serializers.DateField(help_text="Until the next change. `0001-01-01` is since ever.")


class TierInput(Input):
    tier = serializers.CharField(max_length=100, allow_blank=True, help_text="Empty: no tier from that day on.")
    valid_from = serializers.DateField(required=False, help_text="Today when left out; `0001-01-01` is since ever.")
    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True,
        help_text="Required where it lowers a tier that a scheme in force decides. Kept in the audit trail.",
    )  # fmt: skip


class TierReason(Query):
    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="",
        help_text="Required where it lowers a tier that a scheme in force decides. Kept in the audit trail.",
    )  # fmt: skip


class Partners(Endpoint):
    @lists(
        "partner_list", READERS, output=PartnerOutput, query=PartnerQuery,
        orderings={
            "code": ("code",), "-code": ("-code",), "name": ("name", "id"), "-name": ("-name", "-id"),
            "-created_at": ("-created_at", "-id"), "-updated_at": ("-updated_at", "-id"),
        },
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Partner]:
        """List partner companies with their tier of today."""
        return partner_list(call.actor, **call.query)

    @writes("partner_create", Right.PARTNERS_EDIT, output=PartnerOutput, body=PartnerInput, status=201)
    def post(self, call: Call) -> Partner:
        """Create a partner company."""
        return partner_get(call.actor, partner_create(actor=call.actor, **call.data).pk)


class PartnerDetail(Endpoint):
    @reads("partner_get", READERS, output=PartnerOutput)
    def get(self, call: Call, partner_id: UUID) -> Partner:
        """Get a partner company."""
        return partner_get(call.actor, partner_id)

    @writes("partner_update", Right.PARTNERS_EDIT, output=PartnerOutput, body=PartnerChange, partial=True)
    def patch(self, call: Call, partner_id: UUID) -> Partner:
        """Change a partner company; members that are left out stay as they are."""
        partner_update(actor=call.actor, partner_id=partner_id, **call.data)
        return partner_get(call.actor, partner_id)


class PartnerStatusChange(Endpoint):
    @writes("partner_change_status", Right.LIFECYCLE_DECIDE, output=PartnerOutput, body=StatusInput)
    def post(self, call: Call, partner_id: UUID) -> Partner:
        """Suspend a partner company, resume it or end it: for people who decide about partnerships, never for keys."""
        partner_change_status(actor=call.actor, partner_id=partner_id, **call.data)
        return partner_get(call.actor, partner_id)


class PartnerTiers(Endpoint):
    @lists(
        "partner_tier_list", READERS, output=TierOutput,
        orderings={"-valid_from": ("-valid_from",), "valid_from": ("valid_from",)},
    )  # fmt: skip
    def get(self, call: Call, partner_id: UUID) -> QuerySet[TierChange]:
        """List the tiers of a partner by date, the newest first."""
        return tier_history(call.actor, partner_id)

    @writes("partner_tier_set", Right.PARTNERS_EDIT, output=TierOutput, body=TierInput, status=201)
    def post(self, call: Call, partner_id: UUID) -> TierChange:
        """Give a partner a tier from a day on; a change of the same day is replaced."""
        data: dict[str, Any] = {"valid_from": clock.today(require_tenant())} | call.data
        return tier_set(actor=call.actor, partner_id=partner_id, **data)


class PartnerTierDetail(Endpoint):
    @writes("partner_tier_unset", Right.PARTNERS_EDIT, output=None, status=204, query=TierReason)
    def delete(self, call: Call, partner_id: UUID, tier_id: UUID) -> None:
        """Take a change out of the history, so that the one before it goes on."""
        if not tier_history(call.actor, partner_id).filter(pk=tier_id).exists():
            raise NotFound
        tier_unset(actor=call.actor, tier_change_id=tier_id, **call.query)
