"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.metrics import MetricFact
from partners.models.partner import Partner, TierChange
from partners.models.plans import (
    BusinessPlan,
    GoalEntry,
    JointAction,
    PlanComment,
    PlanConsent,
    PlanGoal,
    PlanVersion,
)
from partners.models.reviews import BusinessReview, ReviewPack
from partners.models.scorecards import Scorecard, ScorecardLine, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.models.tiers import (
    TierAppeal,
    TierAppealFile,
    TierBacktest,
    TierDue,
    TierEvaluation,
    TierScheme,
    TierStanding,
    TierStay,
    TierSweep,
    TierTrack,
    TierWarning,
)

__all__ = [
    "BankAccount",
    "BusinessPlan",
    "BusinessReview",
    "GoalEntry",
    "JointAction",
    "MetricFact",
    "Partner",
    "PlanComment",
    "PlanConsent",
    "PlanGoal",
    "PlanVersion",
    "ReviewPack",
    "ScoreFigure",
    "ScoreSnapshot",
    "Scorecard",
    "ScorecardLine",
    "ScorecardVersion",
    "TierAppeal",
    "TierAppealFile",
    "TierBacktest",
    "TierChange",
    "TierDue",
    "TierEvaluation",
    "TierScheme",
    "TierStanding",
    "TierStay",
    "TierSweep",
    "TierTrack",
    "TierWarning",
]
