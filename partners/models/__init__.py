"""Partner companies and everything that is known of them."""

from partners.models.accounts import AccountSettings, BankAccount
from partners.models.agreement_templates import AgreementTemplate, AgreementTemplateVersion
from partners.models.agreements import (
    Agreement,
    AgreementDocument,
    AgreementNotice,
    AgreementSigner,
    Entitlement,
    Signature,
    SigningSettings,
)
from partners.models.applications import (
    Application,
    ApplicationEntry,
    ApplicationFile,
    ApplicationLink,
    CompanyKey,
    DuplicateCandidate,
)
from partners.models.certificates import Certificate, Certification, ExpiryWarning, Person, WorkPlace
from partners.models.directory import BulkRow, BulkRun, DirectoryDefault, DirectoryView, PartnerTag
from partners.models.exits import DataExport, Exit, ExitWaiver
from partners.models.metrics import MetricFact
from partners.models.onboarding import OnboardingPlan, OnboardingTask, PlanTemplate, TemplateTask
from partners.models.partner import Partner, TierChange
from partners.models.plans import BusinessPlan, GoalEntry, JointAction, PlanComment, PlanConsent, PlanGoal, PlanVersion
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.models.recruitment import ApplicationForm, FormVersion, FormVisits, RecruitmentSettings
from partners.models.renewals import Renewal
from partners.models.reviews import BusinessReview, ReviewPack
from partners.models.scorecards import Scorecard, ScorecardLine, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.models.suspensions import Suspension
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
    "AccountSettings",
    "Agreement",
    "AgreementDocument",
    "AgreementNotice",
    "AgreementSigner",
    "AgreementTemplate",
    "AgreementTemplateVersion",
    "Application",
    "ApplicationEntry",
    "ApplicationFile",
    "ApplicationForm",
    "ApplicationLink",
    "BankAccount",
    "BulkRow",
    "BulkRun",
    "BusinessPlan",
    "BusinessReview",
    "Certificate",
    "Certification",
    "CompanyKey",
    "DataExport",
    "DirectoryDefault",
    "DirectoryView",
    "DuplicateCandidate",
    "Entitlement",
    "Exit",
    "ExitWaiver",
    "ExpiryWarning",
    "FormVersion",
    "FormVisits",
    "GoalEntry",
    "JointAction",
    "Location",
    "MetricFact",
    "OnboardingPlan",
    "OnboardingTask",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "PartnerTag",
    "Person",
    "PlanComment",
    "PlanConsent",
    "PlanGoal",
    "PlanTemplate",
    "PlanVersion",
    "RecruitmentSettings",
    "Renewal",
    "ReviewPack",
    "ScoreFigure",
    "ScoreSnapshot",
    "Scorecard",
    "ScorecardLine",
    "ScorecardVersion",
    "Signature",
    "SigningSettings",
    "Specialisation",
    "Suspension",
    "TemplateTask",
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
    "WorkPlace",
]
