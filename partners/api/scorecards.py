from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import BusinessReview, ReviewPack, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.selectors.partners import partner_get
from partners.selectors.reviews import review_get, review_list, review_pack
from partners.selectors.scorecards import figure_list, score_list, version_list
from partners.services.reviews import review_share, review_start
from partners.states.plans import Side
from partners.states.reviews import ReviewStatus
from partners.states.scorecards import FigureState, ScorecardStatus
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, Input, Output, Query
from prm.errors import NotFound
from prm.identity.rights import Right

READERS = (Right.SCORECARDS_VIEW, Right.OWN_PLANS_VIEW)
MONTH = "The first day of the month; the newest when left out."


class LineOutput(Output):
    side = serializers.ChoiceField(Side.choices)
    metric = serializers.CharField()
    target = DecimalText(help_text="Full marks. Ratios are fractions: 0.12 is 12 %.")
    floor = DecimalText(help_text="No marks; past it a red flag.")
    weight = serializers.IntegerField()
    window = serializers.CharField()
    length = serializers.IntegerField()


class ScorecardOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    name = serializers.CharField(source="scorecard.name")
    partner_types = serializers.ListField(
        child=serializers.CharField(), source="scorecard.partner_types", help_text="Empty: all other partners."
    )
    number = serializers.IntegerField()
    status = serializers.ChoiceField(ScorecardStatus.choices)
    published_at = serializers.DateTimeField(allow_null=True)
    lines = LineOutput(many=True, source="lines.all")


class ScoreQuery(Query):
    partner_id = serializers.UUIDField()
    month = serializers.DateField(help_text="The first day of a month.")
    search = serializers.CharField()
    state = serializers.ChoiceField(["red", "clear"], help_text="With red flags, or without.")


class ScoreOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    version_id = serializers.UUIDField()
    month = serializers.DateField()
    as_of = serializers.DateField()
    partner_score = DecimalText(allow_null=True, help_text="0 to 100.")
    vendor_score = DecimalText(allow_null=True, help_text="How the vendor keeps its promises, 0 to 100.")
    reds = serializers.IntegerField(help_text="Figures past their floor.")
    computed_at = serializers.DateTimeField()


class FigureQuery(Query):
    month = serializers.DateField(help_text=MONTH)


class FigureOutput(Output):
    id = serializers.UUIDField()
    month = serializers.DateField()
    side = serializers.ChoiceField(Side.choices)
    metric = serializers.CharField()
    value = DecimalText(allow_null=True)
    kept = serializers.IntegerField(allow_null=True)
    due = serializers.IntegerField(allow_null=True)
    left_out = serializers.IntegerField(source="missing", help_text="Rows that could not be counted.")
    target = DecimalText()
    floor = DecimalText()
    weight = serializers.IntegerField()
    score = DecimalText(allow_null=True)
    state = serializers.ChoiceField(FigureState.choices)
    since = serializers.DateField()
    until = serializers.DateField()


class ReviewQuery(Query):
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(ReviewStatus.choices)
    period = serializers.CharField(help_text="Such as 2026-Q3.")


class ReviewInput(Input):
    example = {"partner_id": "01a0fac4-da00-708b-9692-2aa0671b4f5e", "period": "2026-Q3"}

    partner_id = serializers.UUIDField()
    period = serializers.CharField(max_length=10, help_text="Such as 2026-Q3.")
    meet_on = serializers.DateField(required=False)


class ReviewOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    period = serializers.CharField(source="period_key")
    status = serializers.ChoiceField(ReviewStatus.choices)
    meet_on = serializers.DateField(allow_null=True)
    summary = serializers.CharField()
    went_well = serializers.CharField()
    to_improve = serializers.CharField()
    outlook = serializers.CharField()
    partner_words = serializers.CharField()
    updated_at = serializers.DateTimeField()


class PackOutput(Output):
    document = serializers.JSONField(help_text="Texts, actions and the figures of every section, as they were shown.")
    sha256 = serializers.CharField(help_text="Of the document as JSON with sorted keys and without blanks, in UTF-8.")
    held_at = serializers.DateTimeField()


class Scorecards(Endpoint):
    @lists(
        "scorecard_list", Right.SCORECARDS_VIEW, output=ScorecardOutput,
        orderings={"-created_at": ("-created_at", "-id"), "created_at": ("created_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[ScorecardVersion]:
        """List the versions of scorecards with what counts in each."""
        return version_list(call.actor)


class Scores(Endpoint):
    @lists(
        "score_list", READERS, output=ScoreOutput, query=ScoreQuery,
        orderings={"-month": ("-month", "-id"), "month": ("month", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[ScoreSnapshot]:
        """List the scores of partners by month; a partner's people see their own."""
        return score_list(call.actor, **call.query)


class PartnerFigures(Endpoint):
    @lists("score_figures", READERS, output=FigureOutput, query=FigureQuery, orderings={"metric": ("metric", "id")})
    def get(self, call: Call, partner_id: UUID) -> QuerySet[ScoreFigure]:
        """List the figures behind a partner's score of a month, of both sides."""
        partner_get(call.actor, partner_id)
        month: dt.date | None = call.query.get("month")
        return figure_list(call.actor, partner_id, month)


class Reviews(Endpoint):
    @lists(
        "review_list", READERS, output=ReviewOutput, query=ReviewQuery,
        orderings={"-updated_at": ("-updated_at", "-id"), "updated_at": ("updated_at", "id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BusinessReview]:
        """List business reviews; a partner's people see what was shared with them."""
        return review_list(call.actor, **call.query)

    @writes("review_start", Right.SCORECARDS_EDIT, output=ReviewOutput, body=ReviewInput, status=201)
    def post(self, call: Call) -> BusinessReview:
        """Prepare the review of a partner and a fiscal quarter."""
        return review_get(call.actor, review_start(actor=call.actor, **call.data).pk)


class ReviewDetail(Endpoint):
    @reads("review_get", READERS, output=ReviewOutput)
    def get(self, call: Call, review_id: UUID) -> BusinessReview:
        """Get a review."""
        return review_get(call.actor, review_id)


class ReviewShare(Endpoint):
    @writes("review_share", Right.SCORECARDS_EDIT, output=ReviewOutput)
    def post(self, call: Call, review_id: UUID) -> Any:
        """Share a draft with the partner."""
        review_share(actor=call.actor, review_id=review_id)
        return review_get(call.actor, review_id)


class ReviewPackDetail(Endpoint):
    @reads("review_pack", Right.SCORECARDS_VIEW, output=PackOutput)
    def get(self, call: Call, review_id: UUID) -> ReviewPack:
        """Get what was shown when a review was held."""
        found = review_pack(call.actor, review_get(call.actor, review_id))
        if found is None:
            raise NotFound
        return found
