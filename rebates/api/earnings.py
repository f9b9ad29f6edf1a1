from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners.models import Partner
from prm.api.operations import Call, Endpoint, reads
from prm.api.serializers import DecimalText, Output, Query
from prm.errors import NotFound
from prm.identity.rights import Right
from rebates.api.accruals import READERS
from rebates.api.programs import LANGUAGES
from rebates.api.shapes import MEASURE, BothLanguages
from rebates.selectors.earnings import Earnings as Overview
from rebates.selectors.earnings import ProgramEarning, earnings_overview
from rebates.selectors.programs import program_sentence


class AmountsField(serializers.DictField):
    """Amounts by currency."""

    child = DecimalText()

    def to_representation(self, value: dict[str, Decimal]) -> dict[str, str]:
        return {currency: format(amount, "f") for currency, amount in sorted(value.items())}


class EarningsQuery(Query):
    on = serializers.DateField(help_text="A day of the quarter; today unless given.")


class PeriodSpanOutput(Output):
    key = serializers.CharField()
    starts_on = serializers.DateField(source="start")
    ends_on = serializers.DateField(source="end")


class BandOutput(Output):
    start = DecimalText()
    rate = DecimalText()


class NextBandOutput(BandOutput):
    missing = DecimalText(help_text="How much more of the measure reaches it.")
    gain = DecimalText(help_text="How much higher the payout would then be.")


class ProgramEarningOutput(Output):
    accrual_id = serializers.UUIDField(source="accrual.id")
    program_code = serializers.CharField(source="accrual.version.program.code")
    sentence = serializers.SerializerMethodField()
    period = serializers.CharField(source="accrual.period_key")
    measure = DecimalText(source="accrual.shown_measure", allow_null=True, help_text=MEASURE)
    payout = DecimalText(source="accrual.payout")
    currency = serializers.CharField(source="accrual.currency")
    reason = serializers.CharField(source="accrual.reason")
    bands = BandOutput(many=True)
    reached = serializers.IntegerField(allow_null=True, help_text="Index of the band that the measure stands in.")
    next_band = NextBandOutput(allow_null=True)

    @extend_schema_field(BothLanguages)
    def get_sentence(self, earning: ProgramEarning) -> dict[str, str]:
        return {language: program_sentence(earning.accrual.version, language) for language in LANGUAGES}


class QuarterOutput(Output):
    period = PeriodSpanOutput()
    paid = AmountsField()
    pending = AmountsField(help_text="Stated and not yet paid.")
    estimated = AmountsField(help_text="Not yet stated.")


class EarningsOutput(Output):
    period = PeriodSpanOutput()
    totals = AmountsField(help_text="Of the programs in `programs`.")
    approved = AmountsField(help_text="Approved and not yet paid: what the next payment brings.")
    programs = ProgramEarningOutput(many=True)
    longer = ProgramEarningOutput(many=True, help_text="Programs that run for a half-year or a year.")
    history = QuarterOutput(many=True, help_text="Oldest first, the present quarter last.")


class OwnEarnings(Endpoint):
    @reads("own_earnings_get", Right.OWN_EARNINGS_VIEW, output=EarningsOutput, query=EarningsQuery)
    def get(self, call: Call) -> Overview:
        """Get what the company of the signed-in member earns in a quarter."""
        return earnings_overview(call.actor, on=call.query.get("on"))


class PartnerEarnings(Endpoint):
    @reads("partner_earnings_get", READERS, output=EarningsOutput, query=EarningsQuery)
    def get(self, call: Call, partner_id: UUID) -> Overview:
        """Get what a partner earns in a quarter, program by program, and what more sales would add."""
        if not call.actor.is_partner and not Partner.objects.filter(pk=partner_id).exists():
            raise NotFound
        return earnings_overview(call.actor, partner_id, on=call.query.get("on"))
