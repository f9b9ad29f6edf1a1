"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.applications import (
    Application,
    ApplicationEntry,
    ApplicationFile,
    ApplicationLink,
    CompanyKey,
    DuplicateCandidate,
)
from partners.models.partner import Partner, TierChange
from partners.models.recruitment import ApplicationForm, FormVersion, FormVisits, RecruitmentSettings

__all__ = [
    "Application",
    "ApplicationEntry",
    "ApplicationFile",
    "ApplicationForm",
    "ApplicationLink",
    "BankAccount",
    "CompanyKey",
    "DuplicateCandidate",
    "FormVersion",
    "FormVisits",
    "Partner",
    "RecruitmentSettings",
    "TierChange",
]
