from __future__ import annotations

from typing import Any

from rest_framework import serializers

from prm.api.operations import Call, Endpoint, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.errors import Invalid, NotFound
from prm.identity.rights import Right
from rebates.fiscal import period_named
from rebates.models import Period
from rebates.selectors.periods import period_list
from rebates.services.periods import period_checklist, period_close
from rebates.states import PeriodKind, PeriodStatus


class PeriodQuery(Query):
    kind = serializers.ChoiceField(PeriodKind.choices)


class PeriodOutput(Output):
    kind = serializers.ChoiceField(PeriodKind.choices)
    key = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Inclusive.")
    is_closed = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField(source="closed_by_label")
    accruals = serializers.IntegerField()
    can_close = serializers.BooleanField(help_text="Over and open; the checklist tells the rest.")


class PeriodsOutput(Output):
    items = PeriodOutput(many=True)


class CheckOutput(Output):
    name = serializers.ChoiceField(["open", "over", "earlier", "rates", "exceptions", "disputes"])
    ok = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many things stand in the way.")
    blocks = serializers.BooleanField(help_text="Cannot be waived.")


class ChecklistOutput(Output):
    items = CheckOutput(many=True)


class CloseInput(Input):
    accept_exceptions = serializers.BooleanField(default=False)
    reason = serializers.CharField(default="", allow_blank=True, max_length=1000)


class ClosedPeriodOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(PeriodKind.choices)
    key = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    status = serializers.ChoiceField(PeriodStatus.choices)
    closed_at = serializers.DateTimeField()
    closed_by = serializers.CharField(source="closed_by_label")


class Periods(Endpoint):
    @reads("period_list", Right.STATEMENTS_VIEW, output=PeriodsOutput, query=PeriodQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """List the periods with money in them, open and closed, newest first."""
        return {"items": period_list(call.actor, **call.query)}


class PeriodChecklist(Endpoint):
    @reads("period_checklist", Right.PERIODS_CLOSE, output=ChecklistOutput)
    def get(self, call: Call, kind: str, key: str) -> dict[str, Any]:
        """Say what stands in the way of closing a period."""
        _known(kind, key)
        return {"items": period_checklist(call.actor, kind, key)}


class PeriodClose(Endpoint):
    @writes("period_close", Right.PERIODS_CLOSE, output=ClosedPeriodOutput, body=CloseInput, moves_money=True)
    def post(self, call: Call, kind: str, key: str) -> Period:
        """Close a period: its numbers become statements. There is no way back."""
        _known(kind, key)
        return period_close(actor=call.actor, kind=kind, key=key, **call.data)


def _known(kind: str, key: str) -> None:
    """A period in the address that does not exist is an unknown address, not wrong input."""
    try:
        period_named(kind, key)
    except Invalid as error:
        raise NotFound from error
