from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.errors import Invalid, NotFound
from prm.identity.rights import Right
from prm.runs.states import RunStatus
from rebates.fiscal import period_named
from rebates.models import CloseRun
from rebates.selectors.closing import close_run_get, close_run_list
from rebates.selectors.periods import period_list
from rebates.services.closing import period_close_start
from rebates.services.periods import period_checklist
from rebates.states import PeriodKind


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


class CloseQuery(Query):
    kind = serializers.ChoiceField(PeriodKind.choices)
    key = serializers.CharField(max_length=10, help_text="Such as `2026-Q3` or `2026-07`.")


class CloseOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(PeriodKind.choices)
    key = serializers.CharField()
    status = serializers.ChoiceField(RunStatus.choices, help_text="The period is closed when this is `done`.")
    accept_exceptions = serializers.BooleanField()
    reason = serializers.CharField()
    statements = serializers.IntegerField(help_text="How many it made.")
    error_code = serializers.CharField(help_text="Why nothing was closed; empty unless failed.")
    error = serializers.CharField(help_text="The same in the words of whoever asked.")
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


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
    @writes("period_close", Right.PERIODS_CLOSE, output=CloseOutput, body=CloseInput, status=202, moves_money=True)
    def post(self, call: Call, kind: str, key: str) -> CloseRun:
        """Close a period in the background: its numbers become statements. There is no way back.

        What stands in the way at this moment is refused at once; the checklist is looked at again by the close.
        """
        _known(kind, key)
        return period_close_start(actor=call.actor, kind=kind, key=key, **call.data)


class Closes(Endpoint):
    @lists(
        "close_list", Right.STATEMENTS_VIEW, output=CloseOutput, query=CloseQuery,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[CloseRun]:
        """List the closes that were asked for, newest first."""
        return close_run_list(call.actor, **call.query)


class CloseDetail(Endpoint):
    @reads("close_get", Right.STATEMENTS_VIEW, output=CloseOutput)
    def get(self, call: Call, run_id: UUID) -> CloseRun:
        """Get the state of a close."""
        return close_run_get(call.actor, run_id)


def _known(kind: str, key: str) -> None:
    """A period in the address that does not exist is an unknown address, not wrong input."""
    try:
        period_named(kind, key)
    except Invalid as error:
        raise NotFound from error
