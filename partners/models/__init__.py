"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.directory import BulkRow, BulkRun, DirectoryDefault, DirectoryView, PartnerTag
from partners.models.exits import DataExport, Exit, ExitWaiver
from partners.models.metrics import MetricFact
from partners.models.partner import Partner, TierChange
from partners.models.renewals import Renewal
from partners.models.suspensions import Suspension

__all__ = [
    "BankAccount",
    "BulkRow",
    "BulkRun",
    "DataExport",
    "DirectoryDefault",
    "DirectoryView",
    "Exit",
    "ExitWaiver",
    "MetricFact",
    "Partner",
    "PartnerTag",
    "Renewal",
    "Suspension",
    "TierChange",
]
