from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads
from prm.api.serializers import DecimalText, Output, Query
from prm.identity.rights import Right
from rebates.api.programs import LANGUAGES
from rebates.api.shapes import (
    MEASURE,
    BothLanguages,
    LinePageOutput,
    LinesQuery,
    TotalsOutput,
    cursor_checked,
    position,
)
from rebates.models import Accrual, Adjustment, SaleException
from rebates.selectors.accruals import (
    accrual_get,
    accrual_lines,
    accrual_list,
    accrual_totals,
    adjustment_list,
    exception_list,
)
from rebates.selectors.pages import LinePage
from rebates.selectors.programs import program_sentence
from rebates.states import PeriodKind, PeriodStatus

READERS = (Right.ACCRUALS_VIEW, Right.OWN_EARNINGS_VIEW)


class AccrualQuery(Query):
    partner_id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    period = serializers.CharField(source="period_key", help_text="Such as `2026-Q3` or `2026-07`.")
    status = serializers.ChoiceField(PeriodStatus.choices, help_text="Of the period.")
    search = serializers.CharField(help_text="In the codes and names of partners and the codes of programs.")


class AccrualOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    partner_name = serializers.CharField(source="partner.name")
    program_id = serializers.UUIDField(source="version.program_id")
    program_code = serializers.CharField(source="version.program.code")
    version = serializers.IntegerField(source="version.number")
    period_kind = serializers.ChoiceField(PeriodKind.choices)
    period = serializers.CharField(source="period_key")
    period_start = serializers.DateField()
    period_end = serializers.DateField(help_text="Inclusive.")
    is_closed = serializers.BooleanField()
    measure = DecimalText(source="shown_measure", allow_null=True, help_text=MEASURE)
    payout = DecimalText()
    currency = serializers.CharField()
    reason = serializers.CharField(help_text="Why the payout is what it is, as a code; empty for the plain case.")
    evaluated_at = serializers.DateTimeField()


class AccrualDetailOutput(AccrualOutput):
    explanation = serializers.DictField(
        source="shown_explanation", help_text="How the payout came about, step by step; empty where `measure` is null."
    )
    sentence = serializers.SerializerMethodField(help_text="What the program says.")

    @extend_schema_field(BothLanguages)
    def get_sentence(self, accrual: Accrual) -> dict[str, str]:
        return {language: program_sentence(accrual.version, language) for language in LANGUAGES}


class AdjustmentQuery(Query):
    partner_id = serializers.UUIDField()
    period = serializers.CharField(source="period_key", help_text="The period it is booked in.")
    origin_period = serializers.CharField(source="origin_period_key")


class AdjustmentOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    program_code = serializers.CharField(source="version.program.code")
    version = serializers.IntegerField(source="version.number")
    origin_period = serializers.CharField(source="origin_period_key")
    booked_period = serializers.CharField(source="booked_period_key")
    amount = DecimalText()
    currency = serializers.CharField()
    cause_type = serializers.CharField()
    cause_id = serializers.CharField()
    created_at = serializers.DateTimeField()


class ExceptionQuery(Query):
    partner_id = serializers.UUIDField()
    reason = serializers.CharField(help_text="Start of the reason's code.")


class ExceptionOutput(Output):
    id = serializers.UUIDField()
    sale_id = serializers.IntegerField(source="sale_line_id")
    external_id = serializers.CharField(source="sale_line.external_id")
    sold_on = serializers.DateField(source="sale_line.sold_on")
    partner_id = serializers.UUIDField(source="sale_line.partner_id")
    partner_code = serializers.CharField(source="sale_line.partner.code")
    program_code = serializers.CharField(source="version.program.code", allow_null=True)
    reason = serializers.CharField()


class Accruals(Endpoint):
    @lists(
        "accrual_list", READERS, output=AccrualOutput, query=AccrualQuery,
        orderings={
            "-period_start": ("-period_start", "-id"), "period_start": ("period_start", "id"),
            "-payout": ("-payout", "-id"), "partner_code": ("partner__code", "id"),
        },
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Accrual]:
        """List what is earned so far, by partner, program and period."""
        return accrual_list(call.actor, **call.query)


class AccrualTotals(Endpoint):
    @reads("accrual_totals", READERS, output=TotalsOutput, query=AccrualQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Sum payouts by currency, over all accruals that match."""
        totals = accrual_totals(accrual_list(call.actor, **call.query))
        return {"items": [row | {"total": row["payout"]} for row in totals]}


class AccrualDetail(Endpoint):
    @reads("accrual_get", READERS, output=AccrualDetailOutput)
    def get(self, call: Call, accrual_id: UUID) -> Accrual:
        """Get an accrual with its explanation."""
        return accrual_get(call.actor, accrual_id)


class AccrualLines(Endpoint):
    @reads("accrual_lines", READERS, output=LinePageOutput, query=LinesQuery)
    def get(self, call: Call, accrual_id: UUID) -> LinePage:
        """List the sale lines behind an accrual with their shares of the payout."""
        with cursor_checked():
            return accrual_lines(call.actor, accrual_id, **position(call))


class Adjustments(Endpoint):
    @lists(
        "adjustment_list", READERS, output=AdjustmentOutput, query=AdjustmentQuery,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Adjustment]:
        """List the differences that late facts made to closed periods."""
        return adjustment_list(call.actor, **call.query)


class SaleExceptions(Endpoint):
    @lists(
        "sale_exception_list", Right.ACCRUALS_VIEW, output=ExceptionOutput, query=ExceptionQuery,
        orderings={"-sold_on": ("-sale_line__sold_on", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[SaleException]:
        """List the sale lines that count nowhere until their fault is resolved."""
        return exception_list(call.actor, **call.query)
