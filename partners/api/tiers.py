from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.metrics import WindowKind, metrics
from partners.metrics.registry import Better, Unit
from partners.models import TierAppeal, TierBacktest, TierEvaluation, TierScheme, TierStay, TierTrack
from partners.selectors.tier_simulation import Simulation, simulate
from partners.selectors.tiers import (
    Standing,
    appeal_list,
    backtest_get,
    evaluation_list,
    scheme_get,
    scheme_list,
    standing_get,
    stay_list,
    track_list,
)
from partners.services.metrics import metric_fact_set
from partners.services.tier_backtests import backtest_acknowledge, backtest_start
from partners.services.tiers import scheme_publish, scheme_save, track_create
from partners.states.tiers import AppealStatus, SchemeStatus, StayStatus
from partners.tiers.assess import TierResult
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, Input, Output, Query
from prm.identity.rights import Right
from prm.runs.states import RunStatus

READERS = (Right.TIERS_VIEW, Right.OWN_TIER_VIEW)
NEWEST = {"-id": ("-id",)}


class MetricOutput(Output):
    code = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.ChoiceField(Unit.choices)
    better = serializers.ChoiceField(Better.choices)
    owner = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    has_history = serializers.BooleanField(help_text="False: a past value can't be told from the present one.")


class MetricList(Output):
    metrics = MetricOutput(many=True)


class MetricFactInput(Input):
    example = {"metric": "satisfaction", "as_of": "2026-06-30", "value": "8.5"}

    metric = serializers.CharField(max_length=64)
    as_of = serializers.DateField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)


class MetricFactOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    metric = serializers.CharField()
    as_of = serializers.DateField()
    value = DecimalText()


class TrackOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    partner_types = serializers.ListField(child=serializers.CharField())


class TrackInput(Input):
    example = {"code": "resellers", "name_en": "Resellers", "name_zh": "经销伙伴", "partner_types": ["reseller"]}

    code = serializers.CharField(max_length=64)
    name_en = serializers.CharField(max_length=100, required=False, allow_blank=True)
    name_zh = serializers.CharField(max_length=100, required=False, allow_blank=True)
    partner_types = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=50)


class SchemeQuery(Query):
    track_id = serializers.UUIDField()
    status = serializers.ChoiceField(SchemeStatus.choices)


class SchemeOutput(Output):
    id = serializers.UUIDField()
    track_id = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(SchemeStatus.choices)
    definition = serializers.JSONField(help_text="Tiers with criteria and benefits, from the lowest up, and rules.")
    valid_from = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class SchemeInput(Input):
    example = {"definition": {"tiers": [{"code": "silver", "name": {"en": "Silver"}, "criteria": []}]}}

    definition = serializers.JSONField()


class BacktestOutput(Output):
    id = serializers.UUIDField()
    scheme_id = serializers.UUIDField()
    status = serializers.ChoiceField(RunStatus.choices)
    asked_on = serializers.DateField()
    outcome = serializers.JSONField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class StayQuery(Query):
    partner_id = serializers.UUIDField()
    track_id = serializers.UUIDField()
    status = serializers.ChoiceField(StayStatus.choices)


class StayOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    track_id = serializers.UUIDField()
    tier = serializers.CharField()
    status = serializers.ChoiceField(StayStatus.choices)
    begins_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    risk_since = serializers.DateField(allow_null=True)
    decision_on = serializers.DateField(allow_null=True)
    effective_on = serializers.DateField(allow_null=True)
    kept_until = serializers.DateField(allow_null=True)
    lower_tier = serializers.CharField(help_text="What the partner would have, or got, instead.")
    reason = serializers.CharField()


class AppealQuery(Query):
    status = serializers.ChoiceField(AppealStatus.choices)


class AppealOutput(Output):
    id = serializers.UUIDField()
    stay_id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(AppealStatus.choices)
    text = serializers.CharField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()
    kept_until = serializers.DateField(allow_null=True)


class EvaluationOutput(Output):
    id = serializers.UUIDField()
    scheme_id = serializers.UUIDField()
    as_of = serializers.DateField()
    evaluated_at = serializers.DateTimeField()
    tier = serializers.CharField(help_text="Empty: none is reached.")
    rank = serializers.IntegerField()
    inputs = serializers.JSONField(help_text="{metric:window[:length]: [value or null, rows left out]}")
    met = serializers.JSONField(help_text="For each tier whether each criterion is met.")
    inputs_hash = serializers.CharField()


class TierCheckOutput(Output):
    metric = serializers.CharField(source="criterion.key.metric")
    window = serializers.ChoiceField(WindowKind.choices, source="criterion.key.window.kind")
    length = serializers.IntegerField(source="criterion.key.window.length")
    at_least = DecimalText(source="criterion.at_least", allow_null=True)
    at_most = DecimalText(source="criterion.at_most", allow_null=True)
    points = serializers.IntegerField(source="criterion.points", help_text="0: must be met.")
    value = DecimalText(allow_null=True)
    is_met = serializers.BooleanField()
    missing = DecimalText(allow_null=True)


class ResultOutput(Output):
    tier = serializers.CharField(source="tier.code")
    is_reached = serializers.BooleanField()
    points = serializers.IntegerField()
    pass_mark = serializers.IntegerField(source="tier.pass_mark")
    criteria = TierCheckOutput(many=True, source="checks")


class StandingOutput(Output):
    partner_id = serializers.UUIDField(source="partner.pk")
    tier = serializers.CharField(help_text="Of today; empty for none.")
    looked_on = serializers.DateField(allow_null=True, help_text="As of when the figures are.")
    tiers = ResultOutput(many=True, source="assessment.results")


class ChangesInput(Input):
    example = {"changes": {"revenue": "300000", "certified_people": "2"}}

    changes = serializers.DictField(
        child=serializers.DecimalField(max_digits=20, decimal_places=6),
        help_text="By metric: how much more; for shares and scores what it would be.",
    )


class WorthOutput(Output):
    currency = serializers.CharField()
    amount = DecimalText()


class SimulationOutput(Output):
    tier_now = serializers.CharField()
    tier_then = serializers.CharField()
    worth = WorthOutput(many=True, help_text="What the other tier would have brought more over the last four quarters.")
    tiers = ResultOutput(many=True)


class Metrics(Endpoint):
    @reads("metric_list", (Right.TIERS_VIEW, Right.SCORECARDS_VIEW), output=MetricList)
    def get(self, call: Call) -> dict[str, Any]:
        """List the figures about partners that tiers and scorecards can ask for."""
        return {"metrics": metrics()}


class MetricFacts(Endpoint):
    @writes("metric_fact_set", Right.SCORECARDS_EDIT, output=MetricFactOutput, body=MetricFactInput)
    def post(self, call: Call, partner_id: UUID) -> Any:
        """Tell a figure of a day; what was told of that day before is replaced."""
        return metric_fact_set(actor=call.actor, partner_id=partner_id, **call.data)


class Tracks(Endpoint):
    @lists("tier_track_list", Right.TIERS_VIEW, output=TrackOutput, orderings={"code": ("code",)})
    def get(self, call: Call) -> QuerySet[TierTrack]:
        """List tier tracks."""
        return track_list(call.actor)

    @writes("tier_track_create", Right.TIERS_EDIT, output=TrackOutput, body=TrackInput, status=201)
    def post(self, call: Call) -> TierTrack:
        """Create a tier track."""
        return track_create(actor=call.actor, **call.data)


class Schemes(Endpoint):
    @lists("tier_scheme_list", Right.TIERS_VIEW, output=SchemeOutput, query=SchemeQuery, orderings=NEWEST)
    def get(self, call: Call) -> QuerySet[TierScheme]:
        """List versions of tier schemes."""
        return scheme_list(call.actor, **call.query)


class SchemeDetail(Endpoint):
    @reads("tier_scheme_get", Right.TIERS_VIEW, output=SchemeOutput)
    def get(self, call: Call, scheme_id: UUID) -> TierScheme:
        """Get a version of a tier scheme."""
        return scheme_get(call.actor, scheme_id)


class TrackDraft(Endpoint):
    @writes("tier_scheme_save", Right.TIERS_EDIT, output=SchemeOutput, body=SchemeInput)
    def put(self, call: Call, track_id: UUID) -> TierScheme:
        """Write the track's draft. Faults come with the place in the document."""
        return scheme_save(actor=call.actor, track_id=track_id, definition=call.data["definition"])


class TrackBacktest(Endpoint):
    @writes("tier_backtest_start", Right.TIERS_EDIT, output=BacktestOutput, status=202)
    def post(self, call: Call, track_id: UUID) -> TierBacktest:
        """Replay the draft over the last eight quarters, in the background."""
        return backtest_start(actor=call.actor, track_id=track_id)


class BacktestDetail(Endpoint):
    @reads("tier_backtest_get", Right.TIERS_VIEW, output=BacktestOutput)
    def get(self, call: Call, backtest_id: UUID) -> TierBacktest:
        """Get a back-test; its outcome is there when it is done."""
        return backtest_get(call.actor, backtest_id)


class BacktestAcknowledge(Endpoint):
    @writes("tier_backtest_acknowledge", Right.TIERS_EDIT, output=BacktestOutput)
    def post(self, call: Call, backtest_id: UUID) -> TierBacktest:
        """Note that somebody has looked at what came out; without that the draft is not published."""
        return backtest_acknowledge(actor=call.actor, backtest_id=backtest_id)


class TrackPublish(Endpoint):
    @writes("tier_scheme_publish", Right.TIERS_EDIT, output=SchemeOutput)
    def post(self, call: Call, track_id: UUID) -> TierScheme:
        """Publish the draft: it counts from today on and never changes."""
        return scheme_publish(actor=call.actor, track_id=track_id)


class Stays(Endpoint):
    @lists("tier_stay_list", READERS, output=StayOutput, query=StayQuery, orderings=NEWEST)
    def get(self, call: Call) -> QuerySet[TierStay]:
        """List partners' stays in tiers, with the days that are running."""
        return stay_list(call.actor, **call.query)


class Appeals(Endpoint):
    @lists("tier_appeal_list", READERS, output=AppealOutput, query=AppealQuery, orderings=NEWEST)
    def get(self, call: Call) -> QuerySet[TierAppeal]:
        """List appeals against losing a tier."""
        return appeal_list(call.actor, **call.query)


class PartnerStanding(Endpoint):
    @reads("tier_standing_get", READERS, output=StandingOutput)
    def get(self, call: Call, partner_id: UUID) -> Standing:
        """Get where a partner stands: its tier, and each criterion of each tier with its value."""
        return standing_get(call.actor, partner_id)


class PartnerEvaluations(Endpoint):
    @lists("tier_evaluation_list", Right.TIERS_VIEW, output=EvaluationOutput, orderings=NEWEST)
    def get(self, call: Call, partner_id: UUID) -> QuerySet[TierEvaluation]:
        """List what evaluations of a partner found, with their inputs."""
        return evaluation_list(call.actor, partner_id)


class PartnerSimulation(Endpoint):
    @writes("tier_simulate", READERS, output=SimulationOutput, body=ChangesInput)
    def post(self, call: Call, partner_id: UUID) -> dict[str, Any]:
        """Ask which tier other figures would make, and what it would be worth a year. Nothing is recorded."""
        return _simulated(simulate(call.actor, call.data["changes"], partner_id))


def _simulated(found: Simulation) -> dict[str, Any]:
    results: list[TierResult] = found.assessment.results
    return {
        "tier_now": found.standing.tier,
        "tier_then": found.then.code if found.then else "",
        "worth": [{"currency": currency, "amount": amount} for currency, amount in found.worth.items()],
        "tiers": results,
    }
