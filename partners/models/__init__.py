"""Partner companies and everything that is known of them."""

from partners.models.accounts import AccountSettings, BankAccount
from partners.models.applications import (
    Application,
    ApplicationEntry,
    ApplicationFile,
    ApplicationLink,
    CompanyKey,
    DuplicateCandidate,
)
from partners.models.certificates import Certificate, Certification, ExpiryWarning, Person, WorkPlace
from partners.models.metrics import MetricFact
from partners.models.onboarding import OnboardingPlan, OnboardingTask, PlanTemplate, TemplateTask
from partners.models.partner import Partner, TierChange
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation
from partners.models.recruitment import ApplicationForm, FormVersion, FormVisits, RecruitmentSettings

__all__ = [
    "AccountSettings",
    "Application",
    "ApplicationEntry",
    "ApplicationFile",
    "ApplicationForm",
    "ApplicationLink",
    "BankAccount",
    "Certificate",
    "Certification",
    "CompanyKey",
    "DuplicateCandidate",
    "ExpiryWarning",
    "FormVersion",
    "FormVisits",
    "Location",
    "MetricFact",
    "OnboardingPlan",
    "OnboardingTask",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "Person",
    "PlanTemplate",
    "RecruitmentSettings",
    "Specialisation",
    "TemplateTask",
    "TierChange",
    "WorkPlace",
]
