"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.metrics import MetricFact
from partners.models.partner import Partner, TierChange
from partners.models.profile import Location, PartnerProfile, PartnerSpecialisation, Specialisation

__all__ = [
    "BankAccount",
    "Location",
    "MetricFact",
    "Partner",
    "PartnerProfile",
    "PartnerSpecialisation",
    "Specialisation",
    "TierChange",
]
