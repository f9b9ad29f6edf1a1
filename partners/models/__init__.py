"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.certificates import Certificate, Certification, ExpiryWarning, Person, WorkPlace
from partners.models.metrics import MetricFact
from partners.models.partner import Partner, TierChange
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation

__all__ = [
    "BankAccount",
    "Certificate",
    "Certification",
    "ExpiryWarning",
    "Location",
    "MetricFact",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "Person",
    "Specialisation",
    "TierChange",
    "WorkPlace",
]
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
    "BankAccount", "MetricFact", "Partner", "TierAppeal", "TierAppealFile", "TierBacktest", "TierChange", "TierDue",
    "TierEvaluation", "TierScheme", "TierStanding", "TierStay", "TierSweep", "TierTrack", "TierWarning",
]  # fmt: skip
