"""Programs and their versions, accruals, closed periods, statements, settlements."""

from rebates.models.accruals import Accrual, Rebuild, RebuildPart, SaleException
from rebates.models.bank_results import ApplyRun, BankResult, BankResultLine
from rebates.models.closing import CloseRun
from rebates.models.disputes import DISPUTE_CAUSE, Dispute, DisputeEntry, DisputeFile, ReviewSettings
from rebates.models.leakage import AcceptedException, LeakageRow, LeakageRun
from rebates.models.payments import AccountNumber, Payment, PayoutChoice, SettlementLine
from rebates.models.periods import Adjustment, Forfeit, Period
from rebates.models.programs import Program, ProgramVersion, Target
from rebates.models.provisions import ProvisionRule
from rebates.models.reserves import ExitReserve
from rebates.models.statements import Settlement, SettlementExport, Statement, StatementLine, StatementSale
from rebates.models.what_if import WhatIfRun

__all__ = [
    "DISPUTE_CAUSE",
    "AcceptedException",
    "AccountNumber",
    "Accrual",
    "Adjustment",
    "ApplyRun",
    "BankResult",
    "BankResultLine",
    "CloseRun",
    "Dispute",
    "DisputeEntry",
    "DisputeFile",
    "ExitReserve",
    "Forfeit",
    "LeakageRow",
    "LeakageRun",
    "Payment",
    "PayoutChoice",
    "Period",
    "Program",
    "ProgramVersion",
    "ProvisionRule",
    "Rebuild",
    "RebuildPart",
    "ReviewSettings",
    "SaleException",
    "Settlement",
    "SettlementExport",
    "SettlementLine",
    "Statement",
    "StatementLine",
    "StatementSale",
    "Target",
    "WhatIfRun",
]
