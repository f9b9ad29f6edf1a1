"""Programs in force that pay a partner nothing, and what kept its sales from counting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, reads
from prm.api.serializers import DecimalText, Output
from prm.identity.rights import Right
from rebates import fiscal
from rebates.api.accruals import READERS
from rebates.api.earnings import EarningsQuery
from rebates.api.programs import LANGUAGES
from rebates.api.shapes import MEASURE, BothLanguages
from rebates.engine.conditions import condition_json
from rebates.engine.periods import PeriodKind
from rebates.engine.sentence import condition_phrase
from rebates.selectors.unpaid import Kept, Unmet, Unpaid, unpaid_programs
from rebates.states import UnpaidCause


class ConditionOutput(Output):
    """A condition of a program's scope, as in its document, with its words."""

    condition = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_condition(self, row: Kept | Unmet) -> dict[str, Any] | None:
        return None if row.condition is None else condition_json(row.condition)

    @extend_schema_field(BothLanguages(allow_null=True))
    def get_text(self, row: Kept | Unmet) -> dict[str, str] | None:
        if row.condition is None:
            return None
        return {language: condition_phrase(row.condition, language) for language in LANGUAGES}


class UnmetOutput(ConditionOutput):
    found = serializers.ListField(child=serializers.CharField(), help_text="What the partner is in its place.")


class KeptOutput(ConditionOutput):
    cause = serializers.ChoiceField(UnpaidCause.choices)
    lines = serializers.IntegerField()
    measure = DecimalText(allow_null=True, help_text=f"What the lines come to in the program's measure. {MEASURE}")
    program_code = serializers.CharField(source="program", help_text="The program in which they count instead.")


class UnpaidOutput(Output):
    program_code = serializers.CharField(source="version.program.code")
    version = serializers.IntegerField(source="version.number")
    period = serializers.CharField(source="period.key")
    starts_on = serializers.DateField(source="first", help_text="First day of the period on which it is in force.")
    ends_on = serializers.DateField(source="last")
    cause = serializers.ChoiceField(UnpaidCause.choices)
    accrual_id = serializers.UUIDField(source="accrual.id", allow_null=True, default=None)
    reason = serializers.CharField(
        source="accrual.reason", default="", help_text="Of the accrual: its explanation says what is missing."
    )
    unmet = UnmetOutput(many=True, help_text="Conditions that the partner itself does not meet.")
    kept = KeptOutput(many=True, help_text="Sales that did not count, each with the first condition it fails.")


class UnpaidListOutput(Output):
    items = UnpaidOutput(many=True)


class OwnUnpaid(Endpoint):
    @reads("own_earnings_unpaid", Right.OWN_EARNINGS_VIEW, output=UnpaidListOutput, query=EarningsQuery)
    def get(self, call: Call) -> dict[str, list[Unpaid]]:
        """Get the programs that pay the company of the signed-in member nothing in a quarter, and why."""
        return _found(call, None)


class PartnerUnpaid(Endpoint):
    @reads("partner_earnings_unpaid", READERS, output=UnpaidListOutput, query=EarningsQuery)
    def get(self, call: Call, partner_id: UUID) -> dict[str, list[Unpaid]]:
        """Get the programs that pay a partner nothing in a quarter, and what kept its sales from counting."""
        return _found(call, partner_id)


def _found(call: Call, partner_id: UUID | None) -> dict[str, list[Unpaid]]:
    quarter = fiscal.calendar().period(PeriodKind.QUARTER, call.query.get("on") or fiscal.today())
    return {"items": unpaid_programs(call.actor, partner_id, on=quarter)}
