"""What the company of the signed-in member would earn by selling more."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from prm.api.operations import Call, Endpoint, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output
from prm.identity.rights import Right
from rebates.api.earnings import AmountsField
from rebates.whatif.partner import More, WhatIf, what_if


def _amount(**options: Any) -> ExactDecimalField:
    return ExactDecimalField(max_digits=20, decimal_places=6, required=False, allow_null=True, **options)


class WhatIfInput(Input):
    example = {"line": "Road", "amount": "20000", "sold_on": "2026-12-10"}

    line = serializers.CharField(
        max_length=100, default="", help_text="Of a product line the partner's most sold product is taken."
    )
    sku = serializers.CharField(max_length=100, default="", help_text="In place of a product line.")
    amount = _amount(help_text="In the currency of the partner's latest sale of the product.")
    quantity = _amount(help_text="What is not given follows from the latest price.")
    sold_on = serializers.DateField(help_text="From today to the end of the quarter.")


class ChangeOutput(Output):
    program_code = serializers.CharField(source="version.program.code")
    period = serializers.CharField(source="period.key")
    currency = serializers.CharField()
    measure = DecimalText(help_text="With the sale.")
    before = DecimalText()
    after = DecimalText()
    difference = DecimalText()


class WhatIfOutput(Output):
    sku = serializers.CharField(source="product.sku")
    sold_on = serializers.DateField()
    quantity = DecimalText()
    amount = DecimalText()
    currency = serializers.CharField()
    gains = AmountsField()
    changes = ChangeOutput(many=True)
    is_partial = serializers.BooleanField(help_text="Programs with a shared budget or by margin were left out.")


class OwnWhatIf(Endpoint):
    @writes("own_earnings_what_if", Right.OWN_EARNINGS_VIEW, output=WhatIfOutput, body=WhatIfInput)
    def post(self, call: Call) -> WhatIf:
        """Get what one more sale would earn, program by program. Nothing is recorded."""
        return what_if(call.actor, More(**call.data))
