"""Partner companies and everything that is known of them."""

from partners.models.accounts import AccountSettings, BankAccount
from partners.models.certificates import Certificate, Certification, ExpiryWarning, Person, WorkPlace
from partners.models.metrics import MetricFact
from partners.models.onboarding import OnboardingPlan, OnboardingTask, PlanTemplate, TemplateTask
from partners.models.partner import Partner, TierChange
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation

__all__ = [
    "AccountSettings",
    "BankAccount",
    "Certificate",
    "Certification",
    "ExpiryWarning",
    "Location",
    "MetricFact",
    "OnboardingPlan",
    "OnboardingTask",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "Person",
    "PlanTemplate",
    "Specialisation",
    "TemplateTask",
    "TierChange",
    "WorkPlace",
]
