"""What is owed and what moved it, and what was believed on a day that is past."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads
from prm.api.serializers import DecimalText, Output, Query
from prm.errors import Invalid
from prm.identity.rights import Right
from rebates import fiscal
from rebates.selectors.beliefs import belief_changes, belief_list, belief_totals, versions_known
from rebates.selectors.liability import Liability, liability, liability_months

VIEW = Right.STATEMENTS_VIEW
ON_HELP = "Balances as they were recorded by the end of this day at the vendor; today unless given."


class LiabilityQuery(Query):
    since = serializers.DateField(help_text="The first day of this month unless given.")
    until = serializers.DateField(help_text="Inclusive; today unless given.")
    by = serializers.ChoiceField([("program", "program"), ("partner", "partner")], help_text="`program` unless given.")
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()


class LiabilityTotalOutput(Output):
    currency = serializers.CharField()
    opening_accrued = DecimalText()
    opening_payable = DecimalText()
    accruals = DecimalText()
    adjustments = DecimalText()
    payments = DecimalText(help_text="Negative: they lower what is owed.")
    forfeits = DecimalText()
    reversals = DecimalText()
    others = DecimalText()
    closed = DecimalText(help_text="What closes moved from accrued to payable.")
    closing_accrued = DecimalText()
    closing_payable = DecimalText()


class LiabilityRowOutput(LiabilityTotalOutput):
    program_id = serializers.UUIDField(allow_null=True, help_text="Null in a report by partner.")
    program_code = serializers.CharField()
    partner_id = serializers.UUIDField(allow_null=True, help_text="Null in a report by program.")
    partner_code = serializers.CharField()


class LiabilityOutput(Output):
    since = serializers.DateField()
    until = serializers.DateField()
    rows = LiabilityRowOutput(many=True)
    totals = LiabilityTotalOutput(many=True)
    reconciles = serializers.BooleanField(help_text="The totals at the end equal the balances of the ledger.")


class LiabilityMonthsQuery(Query):
    until = serializers.DateField()
    months = serializers.IntegerField(min_value=1, max_value=120, help_text="13 unless given.")
    program_id = serializers.UUIDField()


class LiabilityMonthOutput(Output):
    month = serializers.DateField(help_text="Its first day; the amounts are those at its end.")
    currency = serializers.CharField()
    accrued = DecimalText()
    payable = DecimalText()


class LiabilityMonthsOutput(Output):
    items = LiabilityMonthOutput(many=True)


class AsOfQuery(Query):
    on = serializers.DateField(help_text=ON_HELP)
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    period = serializers.CharField(max_length=10)


class AsOfBalancesQuery(AsOfQuery):
    only_changed = serializers.BooleanField(help_text="Only what is another today.")


class AsOfTotalOutput(Output):
    currency = serializers.CharField()
    then = DecimalText(help_text="Accrued, payable, paid and forfeited together.")
    now = DecimalText()
    then_accrued = DecimalText()
    now_accrued = DecimalText()
    then_payable = DecimalText()
    now_payable = DecimalText()
    then_paid = DecimalText()
    now_paid = DecimalText()
    then_forfeited = DecimalText()
    now_forfeited = DecimalText()


class AsOfBalanceOutput(AsOfTotalOutput):
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    period = serializers.CharField()


class AsOfTotalsOutput(Output):
    items = AsOfTotalOutput(many=True)


class AsOfJournalsQuery(AsOfQuery):
    currency = serializers.CharField(max_length=3)


class AsOfJournalOutput(Output):
    journal_id = serializers.UUIDField()
    kind = serializers.CharField()
    created_at = serializers.DateTimeField()
    effective_on = serializers.DateField()
    actor = serializers.CharField(source="actor_label")
    cause_type = serializers.CharField()
    cause_id = serializers.CharField()
    accrued = DecimalText()
    payable = DecimalText()
    paid = DecimalText()
    forfeited = DecimalText()


class AsOfJournalsOutput(Output):
    items = AsOfJournalOutput(many=True)


class AsOfDayQuery(Query):
    on = serializers.DateField(help_text=ON_HELP)


class AsOfVersionOutput(Output):
    program_id = serializers.UUIDField()
    program_code = serializers.CharField(source="program.code")
    number = serializers.IntegerField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField()
    is_known = serializers.BooleanField(help_text="Published by the end of that day.")


class AsOfVersionsOutput(Output):
    items = AsOfVersionOutput(many=True)


class LiabilityReport(Endpoint):
    @reads("liability_get", VIEW, output=LiabilityOutput, query=LiabilityQuery)
    def get(self, call: Call) -> Liability:
        """Get what is owed to partners at the start and the end of a span of days, and what moved it."""
        given = dict(call.query)
        until = given.setdefault("until", fiscal.today())
        given.setdefault("since", until.replace(day=1))
        return liability(call.actor, **given)


class LiabilityMonths(Endpoint):
    @reads("liability_months", VIEW, output=LiabilityMonthsOutput, query=LiabilityMonthsQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Get what was owed at the end of each of the last months."""
        return {"items": liability_months(call.actor, **{"until": fiscal.today()} | call.query)}


class AsOfBalances(Endpoint):
    @lists(
        "as_of_balance_list", VIEW, output=AsOfBalanceOutput, query=AsOfBalancesQuery,
        orderings={"partner_id": ("partner_id", "program_id", "period", "currency")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Any]:
        """List balances as they were recorded by the end of a day, beside today's."""
        return belief_list(call.actor, **_dated(call.query))


class AsOfTotals(Endpoint):
    @reads("as_of_totals", VIEW, output=AsOfTotalsOutput, query=AsOfQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Sum the balances recorded by the end of a day by currency, beside today's."""
        return {"items": belief_totals(call.actor, **_dated(call.query))}


class AsOfJournals(Endpoint):
    @reads("as_of_journal_list", VIEW, output=AsOfJournalsOutput, query=AsOfJournalsQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """List the journals recorded after a day that moved one partner, program, period and currency."""
        given = _dated(call.query)
        if missing := {"partner_id", "program_id", "period", "currency"} - given.keys():
            raise Invalid(fields={name: [_("Name one.")] for name in sorted(missing)})
        return {"items": belief_changes(call.actor, **given)[:500]}


class AsOfVersions(Endpoint):
    @reads("as_of_version_list", Right.PROGRAMS_VIEW, output=AsOfVersionsOutput, query=AsOfDayQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """List the last version of each program published by the end of a day, and all that came later."""
        return {"items": versions_known(call.actor, **_dated(call.query))}


def _dated(query: dict[str, Any]) -> dict[str, Any]:
    today: dt.date = fiscal.today()
    return {"on": today} | query
