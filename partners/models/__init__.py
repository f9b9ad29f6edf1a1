"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.metrics import MetricFact
from partners.models.partner import Partner, TierChange

__all__ = ["BankAccount", "MetricFact", "Partner", "TierChange"]
