from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from prm.api.operations import Call, Endpoint, reads, writes
from prm.api.serializers import Input, Output
from prm.identity.rights import Right
from rebates.selectors.payout_settings import payout_choice_get
from rebates.services.payout_settings import payout_choice_set
from rebates.states import PayoutForm


class PayoutChoiceOutput(Output):
    partner_id = serializers.UUIDField()
    form = serializers.ChoiceField(
        PayoutForm.choices, allow_blank=True, help_text="`deduction`, or empty: as its programs say."
    )


class PayoutChoiceInput(Input):
    form = serializers.ChoiceField(
        PayoutForm.choices, allow_blank=True, help_text="`deduction`, or empty: cash, credit note or free goods."
    )


class PartnerPayoutChoice(Endpoint):
    @reads("payout_choice_get", (Right.STATEMENTS_VIEW, Right.OWN_STATEMENTS_VIEW), output=PayoutChoiceOutput)
    def get(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Get how a partner is paid whatever its programs say."""
        return {"partner_id": partner_id, "form": payout_choice_get(call.actor, partner_id)}

    @writes("payout_choice_set", Right.SETTLEMENTS_EDIT, output=PayoutChoiceOutput, body=PayoutChoiceInput)
    def put(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Choose how a partner is paid in settlements from now on."""
        payout_choice_set(actor=call.actor, partner_id=partner_id, **call.data)
        return {"partner_id": partner_id, **call.data}
