"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.certificates import Certificate, Certification, ExpiryWarning, Person, WorkPlace
from partners.models.directory import BulkRow, BulkRun, DirectoryDefault, DirectoryView, PartnerTag
from partners.models.exits import DataExport, Exit, ExitWaiver
from partners.models.metrics import MetricFact
from partners.models.agreement_templates import AgreementTemplate, AgreementTemplateVersion
from partners.models.agreements import (
    Agreement,
    AgreementDocument,
    AgreementNotice,
    AgreementSigner,
    Entitlement,
    Signature,
)
from partners.models.partner import Partner, TierChange
from partners.models.plans import BusinessPlan, GoalEntry, JointAction, PlanComment, PlanConsent, PlanGoal, PlanVersion
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.models.renewals import Renewal
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
    "BankAccount",
    "BulkRow",
    "BulkRun",
    "BusinessPlan",
    "Certificate",
    "Certification",
    "DataExport",
    "DirectoryDefault",
    "DirectoryView",
    "Exit",
    "ExitWaiver",
    "ExpiryWarning",
    "GoalEntry",
    "JointAction",
    "Location",
    "MetricFact",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "PartnerTag",
    "Person",
    "PlanComment",
    "PlanConsent",
    "PlanGoal",
    "PlanVersion",
    "Renewal",
    "Specialisation",
    "Suspension",
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
    "Agreement",
    "AgreementDocument",
    "AgreementNotice",
    "AgreementSigner",
    "AgreementTemplate",
    "AgreementTemplateVersion",
    "BankAccount",
    "Entitlement",
    "Partner",
    "Signature",
    "TierChange",
]
