"""What closed periods paid too much or too little, with the cause of each difference."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, Output, Query
from prm.identity.rights import Right
from prm.runs.states import RunStatus
from rebates.models import LeakageRun
from rebates.selectors.leakage import Leakage, leakage, leakage_run_get, leakage_run_list
from rebates.services.leakage import leakage_start
from rebates.states import LeakCause


class LeakageQuery(Query):
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    period = serializers.CharField(source="period_key", max_length=10, help_text="Such as `2026-Q3` or `2026-07`.")
    cause = serializers.ChoiceField(LeakCause.choices)
    run_id = serializers.UUIDField(help_text="The newest report that is done, unless named.")


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


class LeakageRunOutput(Output):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(RunStatus.choices)
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    found = serializers.IntegerField(help_text="Differences.")


class LeakageOutput(Output):
    run = LeakageRunOutput(allow_null=True, help_text="Null, and all else empty, before there is a report.")
    leaks = LeakOutput(many=True)
    totals = LeakTotalOutput(many=True)
    doubles = DoubleOutput(many=True)


class LeakageReport(Endpoint):
    @reads("leakage_get", Right.STATEMENTS_VIEW, output=LeakageOutput, query=LeakageQuery)
    def get(self, call: Call) -> Leakage:
        """Get what a report found to be paid too much or too little, with causes; the newest report unless named."""
        return leakage(call.actor, **call.query)


class LeakageRuns(Endpoint):
    @lists(
        "leakage_run_list", Right.STATEMENTS_VIEW, output=LeakageRunOutput,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[LeakageRun]:
        """List the leakage reports, newest first."""
        return leakage_run_list(call.actor)

    @writes("leakage_start", Right.STATEMENTS_VIEW, output=LeakageRunOutput, status=202)
    def post(self, call: Call) -> LeakageRun:
        """Replay the closed periods in the background. While a report waits or runs, this gives that one."""
        return leakage_start(actor=call.actor)


class LeakageRunDetail(Endpoint):
    @reads("leakage_run_get", Right.STATEMENTS_VIEW, output=LeakageRunOutput)
    def get(self, call: Call, run_id: UUID) -> LeakageRun:
        """Get the state of a leakage report."""
        return leakage_run_get(call.actor, run_id)
