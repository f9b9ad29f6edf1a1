"""What closed periods paid too much or too little, with the cause of each difference."""

from __future__ import annotations

from rest_framework import serializers

from prm.api.operations import Call, Endpoint, reads
from prm.api.serializers import DecimalText, Output, Query
from prm.identity.rights import Right
from rebates.selectors.leakage import Leakage, leakage
from rebates.states import LeakCause


class LeakageQuery(Query):
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    period = serializers.CharField(source="period_key", max_length=10, help_text="Such as `2026-Q3` or `2026-07`.")
    cause = serializers.ChoiceField(LeakCause.choices)


class LeakOutput(Output):
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField()
    program_id = serializers.UUIDField()
    program_code = serializers.CharField()
    period = serializers.CharField(source="period_key")
    currency = serializers.CharField()
    stated = DecimalText(help_text="What the close stated.")
    due = DecimalText(help_text="What it is today, decisions in disputes included.")
    cause = serializers.ChoiceField(LeakCause.choices)
    amount = DecimalText(help_text="Above 0 underpaid, below 0 overpaid; those of one place add up to due - stated.")
    is_booked = serializers.BooleanField(help_text="An adjustment corrects it already.")
    late_lines = serializers.IntegerField(source="lines", help_text="Sale lines recorded after the close.")


class LeakTotalOutput(Output):
    cause = serializers.ChoiceField(LeakCause.choices)
    currency = serializers.CharField()
    underpaid = DecimalText()
    overpaid = DecimalText()
    open = DecimalText(help_text="The part that no adjustment corrects yet.")
    count = serializers.IntegerField()


class DoubleOutput(Output):
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField()
    sku = serializers.CharField()
    sold_on = serializers.DateField()
    net_amount = DecimalText()
    sale_currency = serializers.CharField()
    invoice_no = serializers.CharField()
    external_ids = serializers.ListField(child=serializers.CharField())
    paid = DecimalText(help_text="What all lines but the first earned in statements.")
    currency = serializers.CharField()


class LeakageOutput(Output):
    leaks = LeakOutput(many=True)
    totals = LeakTotalOutput(many=True)
    doubles = DoubleOutput(many=True)


class LeakageReport(Endpoint):
    @reads("leakage_get", Right.STATEMENTS_VIEW, output=LeakageOutput, query=LeakageQuery)
    def get(self, call: Call) -> Leakage:
        """Replay the closed periods and get what was paid too much or too little, with causes."""
        return leakage(call.actor, **call.query)
