"""What other rules would have cost: asking, and the answers that are kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, sends, writes
from prm.api.serializers import DecimalText, Input, Output
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.runs.states import RunStatus
from rebates.models import WhatIfRun
from rebates.selectors.what_if import what_if_get, what_if_list
from rebates.services.what_if import USUAL_PERIODS, what_if_start
from rebates.whatif.files import what_if_file
from rebates.whatif.outcome import Outcome, outcome_read
from rebates.whatif.vendor import MOST_PERIODS

VIEW = Right.ACCRUALS_VIEW


class WhatIfStartInput(Input):
    example = {"periods": 4}

    periods = serializers.IntegerField(
        min_value=1, max_value=MOST_PERIODS, default=USUAL_PERIODS, help_text="How many of the last whole ones."
    )
    definition = serializers.DictField(
        required=False, help_text="A document of the program file format, saved nowhere else; without it the program's"
        " draft, else its newest version.",
    )  # fmt: skip


class WhatIfTotalOutput(Output):
    currency = serializers.CharField()
    before = DecimalText(help_text="By the rules of the time.")
    after = DecimalText(help_text="By these.")
    difference = DecimalText()


class WhatIfRunOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    program_id = serializers.UUIDField()
    version = serializers.IntegerField(source="version_number", allow_null=True, help_text="None: saved nowhere else.")
    periods = serializers.IntegerField()
    asked_on = serializers.DateField(help_text="The periods are those before this day.")
    status = serializers.ChoiceField(RunStatus.choices)
    totals = serializers.SerializerMethodField(help_text="Over all periods; empty until it is done.")
    requested_by = serializers.CharField(source="requested_by_label")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(WhatIfTotalOutput(many=True))
    def get_totals(self, run: WhatIfRun) -> Any:
        rows = [
            {"currency": currency, "before": before, "after": after, "difference": after - before}
            for currency, before, after in run.sums
        ]
        return WhatIfTotalOutput(rows, many=True).data


class WhatIfCostOutput(WhatIfTotalOutput):
    period = serializers.CharField(source="period.key")


class WhatIfMoveOutput(WhatIfTotalOutput):
    partner_id = serializers.UUIDField(source="partner.id")
    partner_code = serializers.CharField(source="partner.code")


class NearMissOutput(Output):
    partner_id = serializers.UUIDField(source="partner.id")
    partner_code = serializers.CharField(source="partner.code")
    period = serializers.CharField(source="period.key")
    measure = DecimalText()
    missing = DecimalText()


class CliffOutput(Output):
    start = DecimalText(help_text="Of the band, in the program's measure.")
    below = DecimalText(help_text="What is paid one minor unit, or unit, below it.")
    at = DecimalText(help_text="What is paid at it.")
    jump = DecimalText()
    near = NearMissOutput(many=True, help_text="Who stood within 2 % below.")


class BandCountOutput(Output):
    period = serializers.CharField(source="period.key")
    unit = serializers.CharField(help_text="Of `start`: a currency, `quantity`, or `share` of a target or baseline.")
    start = DecimalText(allow_null=True, help_text="None: below the first band.")
    before = serializers.IntegerField(allow_null=True, help_text="Partners; none where these rules had no such band.")
    after = serializers.IntegerField(allow_null=True)


class SuspicionOutput(Output):
    partner_id = serializers.UUIDField(source="partner.id")
    partner_code = serializers.CharField(source="partner.code")
    period = serializers.CharField(source="period.key")
    currency = serializers.CharField()
    sold = DecimalText(help_text="Units of the period's last five days.")
    returned = DecimalText(help_text="Of these, in the next period.")
    paid = DecimalText(help_text="With these sales, before returns.")
    without = DecimalText()
    at_stake = DecimalText()


class WhatIfOutcomeOutput(Output):
    costs = WhatIfCostOutput(many=True, source="replay.costs")
    moves = WhatIfMoveOutput(many=True, source="replay.moves", help_text="Winners and losers, largest change first.")
    cliffs = CliffOutput(many=True, source="replay.cliffs", help_text="Edges at which the payout jumps.")
    bands = BandCountOutput(many=True, source="replay.bands", help_text="How many partners reached each band.")
    suspicions = SuspicionOutput(many=True, help_text="Bands reached by sales that came back, by the program in force.")


class WhatIfRunDetailOutput(WhatIfRunOutput):
    definition = serializers.DictField(help_text="What is replayed.")
    outcome = serializers.SerializerMethodField(help_text="None until it is done.")

    @extend_schema_field(WhatIfOutcomeOutput(allow_null=True))
    def get_outcome(self, run: WhatIfRun) -> Any:
        found: Outcome | None = outcome_read(run.outcome)
        return None if found is None else WhatIfOutcomeOutput(found).data


class ProgramWhatIfs(Endpoint):
    @lists(
        "program_what_if_list", VIEW, output=WhatIfRunOutput, orderings={"-created_at": ("-created_at", "-id")}
    )  # fmt: skip
    def get(self, call: Call, program_id: UUID) -> QuerySet[WhatIfRun]:
        """List what was asked of a program, newest first."""
        return what_if_list(call.actor, program_id)

    @writes("program_what_if_start", VIEW, output=WhatIfRunDetailOutput, body=WhatIfStartInput, status=201)
    def post(self, call: Call, program_id: UUID) -> WhatIfRun:
        """Ask what past periods would have cost by other rules.

        It is worked out in the background: ask for the what-if until it is done. Faults of a definition are told by
        their JSON path.
        """
        return what_if_start(actor=call.actor, program_id=program_id, **call.data)


class WhatIfDetail(Endpoint):
    @reads("what_if_get", VIEW, output=WhatIfRunDetailOutput)
    def get(self, call: Call, what_if_id: UUID) -> WhatIfRun:
        """Get a what-if; once it is done with costs, winners and losers, cliffs and bands."""
        return what_if_get(call.actor, what_if_id)


class WhatIfPartners(Endpoint):
    @sends("what_if_partners", VIEW, media_types=("text/csv",))
    def get(self, call: Call, what_if_id: UUID) -> HttpResponseBase:
        """Download the winners and losers of a what-if as CSV."""
        return file_response(what_if_file(call.actor, what_if_id))
