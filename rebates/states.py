from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

Table = dict[str, dict[str, str]]
"""{state: {verb: next state}}"""


class ProgramStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ENDED = "ended", _("Ended")


PROGRAM_TRANSITIONS: Table = {
    ProgramStatus.DRAFT: {"publish": ProgramStatus.PUBLISHED},
    ProgramStatus.PUBLISHED: {"publish": ProgramStatus.PUBLISHED, "end": ProgramStatus.ENDED},
    ProgramStatus.ENDED: {},
}
PROGRAM_REASONED = frozenset({"end"})


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


VERSION_TRANSITIONS: Table = {VersionStatus.DRAFT: {"publish": VersionStatus.PUBLISHED}, VersionStatus.PUBLISHED: {}}


class PeriodKind(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF_YEAR = "half_year", _("Half-year")
    YEAR = "year", _("Year")


class PeriodStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


PERIOD_TRANSITIONS: Table = {PeriodStatus.OPEN: {"close": PeriodStatus.CLOSED}, PeriodStatus.CLOSED: {}}


class CloseStep(models.IntegerChoices):
    """What a close does, one after the other."""

    WAIT = 0, _("Waiting for its turn")
    EVALUATE = 1, _("Evaluating every sale of the period")
    STATEMENTS = 2, _("Writing the statements")
    SHARES = 3, _("Keeping what each sale earned")
    LEDGER = 4, _("Booking what is payable")


class StatementStatus(models.TextChoices):
    """`approved`: a second person stood up for it and the partner's review is over; it may be paid."""

    PREPARED = "prepared", _("Prepared")
    IN_REVIEW = "in_review", _("In partner review")
    APPROVED = "approved", _("Approved")
    # Lines under dispute wait for a later settlement.
    PARTLY = "part_settled", _("Partly in settlement")
    SETTLED = "settled", _("In settlement")
    PAID = "paid", _("Paid")


STATEMENT_TRANSITIONS: Table = {
    # `approve` is the approval of a vendor that gives its partners no time for a review.
    StatementStatus.PREPARED: {"approve": StatementStatus.APPROVED, "show": StatementStatus.IN_REVIEW},
    StatementStatus.IN_REVIEW: {"agree": StatementStatus.APPROVED, "lapse": StatementStatus.APPROVED},
    StatementStatus.APPROVED: {"settle": StatementStatus.SETTLED, "settle_part": StatementStatus.PARTLY},
    StatementStatus.PARTLY: {"settle": StatementStatus.SETTLED, "settle_part": StatementStatus.PARTLY},
    StatementStatus.SETTLED: {"pay": StatementStatus.PAID},
    StatementStatus.PAID: {"reopen": StatementStatus.SETTLED},
}
STATEMENT_UNSETTLED = [StatementStatus.PREPARED, StatementStatus.IN_REVIEW, StatementStatus.APPROVED]


class DisputeStatus(models.TextChoices):
    OPENED = "opened", _("Opened")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    AWAITING_PARTNER = "awaiting_partner", _("Awaiting partner")
    AWAITING_VENDOR = "awaiting_vendor", _("Awaiting vendor")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ESCALATED = "escalated", _("Escalated")
    FINAL = "final", _("Final")


DISPUTE_OPEN = [
    DisputeStatus.OPENED,
    DisputeStatus.ACKNOWLEDGED,
    DisputeStatus.AWAITING_PARTNER,
    DisputeStatus.AWAITING_VENDOR,
    DisputeStatus.ESCALATED,
]
"""Undecided: the line waits."""

_DECIDE: dict[str, str] = {
    "accept": DisputeStatus.ACCEPTED,
    "accept_partly": DisputeStatus.PARTLY_ACCEPTED,
    "reject": DisputeStatus.REJECTED,
}
_UNDECIDED = _DECIDE | {"withdraw": DisputeStatus.WITHDRAWN, "escalate": DisputeStatus.ESCALATED}
DISPUTE_TRANSITIONS: Table = {
    DisputeStatus.OPENED: _UNDECIDED
    | {"acknowledge": DisputeStatus.ACKNOWLEDGED, "ask": DisputeStatus.AWAITING_PARTNER},
    DisputeStatus.ACKNOWLEDGED: _UNDECIDED | {"ask": DisputeStatus.AWAITING_PARTNER},
    DisputeStatus.AWAITING_PARTNER: _UNDECIDED | {"answer": DisputeStatus.AWAITING_VENDOR},
    DisputeStatus.AWAITING_VENDOR: _UNDECIDED | {"ask": DisputeStatus.AWAITING_PARTNER},
    DisputeStatus.ACCEPTED: {},
    # A decision that does not give the partner everything may be taken to somebody else, once.
    DisputeStatus.PARTLY_ACCEPTED: {"escalate": DisputeStatus.ESCALATED},
    DisputeStatus.REJECTED: {"escalate": DisputeStatus.ESCALATED},
    DisputeStatus.WITHDRAWN: {},
    DisputeStatus.ESCALATED: {**dict.fromkeys(_DECIDE, str(DisputeStatus.FINAL)), "withdraw": DisputeStatus.WITHDRAWN},
    DisputeStatus.FINAL: {},
}
DISPUTE_REASONED = frozenset({"accept_partly", "reject"})


class DisputeReason(models.TextChoices):
    MISSING_SALES = "missing_sales", _("Sales are missing")
    WRONG_QUANTITY = "wrong_quantity", _("Wrong quantity or amount of a sale")
    WRONG_RATE = "wrong_rate", _("Wrong rate or tier")
    WRONG_RETURN = "wrong_return", _("A return that is not ours")
    WRONG_CURRENCY = "wrong_currency", _("Wrong exchange rate")
    OTHER = "other", _("Another reason")


class DisputeDecision(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
    REJECTED = "rejected", _("Rejected")


class DisputeOutcome(models.TextChoices):
    OUR_ERROR = "our_error", _("Our error")
    PARTNER_ERROR = "partner_error", _("Partner's error")
    RULE_AMBIGUOUS = "rule_ambiguous", _("The rule is ambiguous")
    DATA_MISSING = "data_missing", _("Data was missing")


class DisputeSide(models.TextChoices):
    PARTNER = "partner", _("Partner")
    VENDOR = "vendor", _("Vendor")
    SYSTEM = "system", _("System")


class StatementLineKind(models.TextChoices):
    REBATE = "rebate", _("Rebate")
    ADJUSTMENT = "adjustment", _("Adjustment")
    FORFEIT = "forfeit", _("Forfeited")


class SettlementStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    EXPORTED = "exported", _("Exported")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")


_PAYING: dict[str, str] = {
    "export": SettlementStatus.EXPORTED,
    "pay_part": SettlementStatus.PARTLY_PAID,
    "pay": SettlementStatus.PAID,
    "reopen": SettlementStatus.EXPORTED,
}
SETTLEMENT_TRANSITIONS: Table = {
    SettlementStatus.PREPARED: {"export": SettlementStatus.EXPORTED},
    SettlementStatus.EXPORTED: _PAYING,
    SettlementStatus.PARTLY_PAID: _PAYING | {"export": SettlementStatus.PARTLY_PAID},
    SettlementStatus.PAID: _PAYING | {"export": SettlementStatus.PAID},
}


class PayoutForm(models.TextChoices):
    """`deduction` is a choice of the partner's or of a settlement; the others are what a program says."""

    CASH = "cash", _("Cash")
    DEDUCTION = "deduction", _("Deduction")
    CREDIT_NOTE = "credit_note", _("Credit note")
    FREE_GOODS = "free_goods", _("Free goods")


class PaymentStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    EXPORTED = "exported", _("Exported")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    REVERSED = "reversed", _("Reversed")


class PaymentFact(models.TextChoices):
    """What may become of an attempt to pay."""

    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    REVERSED = "reversed", _("Reversed")


PAYMENT_TRANSITIONS: Table = {
    PaymentStatus.PREPARED: {"export": PaymentStatus.EXPORTED},
    PaymentStatus.EXPORTED: {"pay": PaymentStatus.PAID, "fail": PaymentStatus.FAILED},
    PaymentStatus.PAID: {"reverse": PaymentStatus.REVERSED},
    PaymentStatus.FAILED: {"retry": PaymentStatus.PREPARED},
    PaymentStatus.REVERSED: {"retry": PaymentStatus.PREPARED},
}
PAYMENT_REASONED = frozenset({"fail", "reverse"})


class BankResultStatus(models.TextChoices):
    CHECKED = "checked", _("Not applied yet")
    APPLIED = "applied", _("Applied")


BANK_RESULT_TRANSITIONS: Table = {
    BankResultStatus.CHECKED: {"apply": BankResultStatus.APPLIED},
    BankResultStatus.APPLIED: {},
}


class BankResultFormat(models.TextChoices):
    PAIN002 = "pain002", _("ISO 20022 status report (pain.002)")
    CSV = "csv", _("CSV")


class ResultOutcome(models.TextChoices):
    """What an entry of a bank's file does to a payment, or why it does nothing."""

    PAY = "pay", _("Becomes paid")
    FAIL = "fail", _("Becomes failed")
    REVERSE = "reverse", _("Becomes reversed")
    SAME = "same", _("Already so")
    PENDING = "pending", _("The bank is still at it")
    UNKNOWN = "unknown", _("No such payment")
    FOREIGN = "foreign", _("Answers another file than the one that carries it")
    STALE = "stale", _("About an earlier attempt")
    DIFFERS = "differs", _("Amount or currency differs")
    IMPOSSIBLE = "impossible", _("Not possible in its state")
    OTHER_FORM = "other_form", _("Not paid through the bank")
    CONTRADICTS = "contradicts", _("The file contradicts itself")
    NO_DAY = "no_day", _("The day is missing")
    FUTURE = "future", _("The day is in the future")
    TOO_EARLY = "too_early", _("Before the day it was paid")
    LOCKED = "locked", _("The books of its day are locked")
    UNREAD = "unread", _("The status is not understood")


RESULT_CHANGES = (ResultOutcome.PAY, ResultOutcome.FAIL, ResultOutcome.REVERSE)
RESULT_NOTHING = (ResultOutcome.SAME, ResultOutcome.PENDING)
"""Nothing to do, and nothing wrong; every other outcome is left out and wants to be looked at."""


class BookAccount(models.TextChoices):
    """Accounts of the vendor's own books that a settlement touches."""

    PAYABLE = "payable", _("Rebates payable")
    CASH = "cash", _("Bank, for cash")
    DEDUCTION = "deduction", _("Receivables, for deductions")
    CREDIT_NOTE = "credit_note", _("Receivables, for credit notes")
    FREE_GOODS = "free_goods", _("Inventory, for free goods")


class ProvisionMethod(models.TextChoices):
    LINEAR = "linear", _("Goes on as so far")
    SEASONAL = "seasonal", _("Goes on as last year")
    RATE = "rate", _("A rate of its own")


class LeakCause(models.TextChoices):
    LATE_SALE = "late_sale", _("Sales recorded late")
    LATE_RETURN = "late_return", _("Returns after the close")
    PROGRAM = "program", _("Changed program")
    TIER = "tier", _("Changed tier")
    RATE = "rate", _("Exchange rate")
    PRODUCT = "product", _("Changed product")
    PARTNER = "partner", _("Changed partner data")
    EXCEPTION = "exception", _("Exception resolved")
    DISPUTE = "dispute", _("Dispute granted")
    UNKNOWN = "unknown", _("Unknown")


class UnpaidCause(models.TextChoices):
    """Why a program in force pays a partner nothing for a period."""

    PAYS_NOTHING = "pays_nothing", _("Sales count and earn nothing")
    CONDITION = "condition", _("The sales do not meet a condition")
    PRIORITY = "priority", _("The sales count in another program")
    FAULT = "fault", _("The sales are on the exceptions list")
    LATE = "late", _("The sales were recorded after the close")
    PENDING = "pending", _("The sales are being worked out")
    NO_SALE = "no_sale", _("Nothing was sold")
    PARTNER = "partner", _("The partner does not meet a condition")


class RebuildStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


REBUILD_TRANSITIONS: Table = {RebuildStatus.RUNNING: {"finish": RebuildStatus.DONE}, RebuildStatus.DONE: {}}


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel")
    CSV = "csv", _("CSV")
    PAIN001 = "pain001", _("Bank transfers (pain.001)")
    JOURNAL_CSV = "journal_csv", _("Journal entries (CSV)")
    JOURNAL_JSON = "journal_json", _("Journal entries (JSON)")

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return {"pain001": "-pain001.xml", "journal_csv": "-journal.csv", "journal_json": "-journal.json"}.get(
            self.value, f".{self.value}"
        )
