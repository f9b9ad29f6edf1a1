"""What finance exports of this app, with the columns of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from commerce.export_kinds import PARTNER
from prm.exports.cells import AMOUNT, CODE, DAY, INSTANT, NUMBER
from prm.exports.kinds import Column, ExportKind, Filter, register
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from rebates.selectors import files
from rebates.selectors.accruals import accrual_periods
from rebates.selectors.programs import program_list
from rebates.states import PeriodStatus, StatementStatus


def _programs(actor: Actor) -> Sequence[tuple[str, object]]:
    return [(program.code, program.code) for program in program_list(actor)]


def _periods(actor: Actor) -> Sequence[tuple[str, object]]:
    return [(key, key) for key in accrual_periods(actor)]


PROGRAM = Filter("program", _("Program"), "choice", _programs)
PERIOD = Filter("period", _("Period"), "choice", _periods)
ANY_PERIOD = Filter("period", _("Period"), hint=_("Such as 2026-Q3 or 2026-07."))
STATEMENT_STATUS = Filter("status", _("Status"), "choice", lambda _actor: StatementStatus.choices)
STATEMENT = Filter("search", _("Search"), hint=_("Number of the statement, or partner name or code."))
PARTNER_CODE, PARTNER_NAME = _("Partner code"), _("Partner")

ACCRUALS = [
    Column("program_code", _("Program"), "version__program__code"),
    Column("version", _("Version"), "version__number", CODE),
    Column("partner_code", PARTNER_CODE, "partner__code"),
    Column("partner_name", PARTNER_NAME, "partner__name"),
    Column("period", _("Period"), "period_key", CODE),
    Column("period_start", _("First day"), "period_start", DAY, usual=False),
    Column("period_end", _("Last day"), "period_end", DAY, usual=False),
    Column("is_closed", _("Closed"), "is_closed", CODE, usual=False),
    Column("measure", _("Measure"), "measure", NUMBER),
    Column("payout", _("Accrued"), "payout", AMOUNT, currency="currency"),
    Column("currency", _("Currency"), "currency", CODE),
    Column("reason", _("Reason"), "reason"),
    Column("evaluated_at", _("Worked out"), "evaluated_at", INSTANT, usual=False),
]
STATEMENT_LINES = [
    Column("statement", _("Statement"), "statement_number", CODE),
    Column("status", _("Status"), "statement__status", CODE),
    Column("settlement", _("Settlement"), "settlement_number", CODE),
    Column("period", _("Period"), "statement__period__key", CODE),
    Column("partner_code", PARTNER_CODE, "statement__partner__code"),
    Column("partner_name", PARTNER_NAME, "statement__partner__name"),
    Column("legal_name", _("Legal name"), "statement__partner__legal_name", usual=False),
    Column("program_code", _("Program"), "version__program__code"),
    Column("version", _("Version"), "version__number", CODE),
    Column("kind", _("Kind"), "kind", CODE),
    Column("origin_period", _("Earned in"), "period_key", CODE),
    Column("measure", _("Measure"), "measure", NUMBER),
    Column("amount", _("Amount"), "amount", AMOUNT, currency="statement__currency"),
    Column("currency", _("Currency"), "statement__currency", CODE),
    Column("reason", _("Reason"), "reason", usual=False),
    Column("approved_by", _("Approved by"), "statement__approved_by_label", usual=False),
    Column("approved_at", _("Approved"), "statement__approved_at", INSTANT, usual=False),
]
SALE_SHARES = [
    Column("statement", _("Statement"), "statement_number", CODE),
    Column("period", _("Period"), "statement_line__statement__period__key", CODE),
    Column("partner_code", PARTNER_CODE, "statement_line__statement__partner__code"),
    Column("partner_name", PARTNER_NAME, "statement_line__statement__partner__name"),
    Column("program_code", _("Program"), "statement_line__version__program__code"),
    Column("version", _("Version"), "statement_line__version__number", CODE, usual=False),
    Column("external_id", _("Line id"), "sale_line__external_id"),
    Column("sold_on", _("Sold on"), "sale_line__sold_on", DAY),
    Column("sku", _("SKU"), "sale_line__product__sku"),
    Column("product_name", _("Product"), "sale_line__product__name", usual=False),
    Column("invoice_no", _("Invoice"), "sale_line__invoice_no", usual=False),
    Column("customer_name", _("Customer"), "sale_line__customer_name", usual=False),
    Column("quantity", _("Quantity"), "sale_line__quantity", NUMBER),
    Column("net_amount", _("Net amount"), "sale_line__net_amount", NUMBER),
    Column("sale_currency", _("Currency of the sale"), "sale_line__currency", CODE),
    Column("measure", _("Measure"), "measure", NUMBER),
    Column("amount", _("Share"), "amount", AMOUNT, currency="statement_line__statement__currency"),
    Column("currency", _("Currency"), "statement_line__statement__currency", CODE),
]
LEDGER_ENTRIES = [
    Column("entry", _("Entry"), "id", CODE),
    Column("journal", _("Journal"), "journal_id", CODE),
    Column("kind", _("Kind"), "journal__kind", CODE),
    Column("effective_on", _("Effective on"), "journal__effective_on", DAY),
    Column("recorded_at", _("Recorded"), "journal__created_at", INSTANT),
    Column("account", _("Account"), "account", CODE),
    Column("debit", _("Debit"), "debit", AMOUNT, currency="currency"),
    Column("credit", _("Credit"), "credit", AMOUNT, currency="currency"),
    Column("currency", _("Currency"), "currency", CODE),
    Column("partner_code", PARTNER_CODE, "partner_code"),
    Column("partner_name", PARTNER_NAME, "partner_name", usual=False),
    Column("program_code", _("Program"), "program_code"),
    Column("period", _("Period"), "period", CODE),
    Column("cause_type", _("Cause"), "journal__cause_type", CODE),
    Column("cause_id", _("Cause id"), "journal__cause_id"),
    Column("who", _("Who"), "journal__actor_label"),
]
ADJUSTMENTS = [
    Column("partner_code", PARTNER_CODE, "partner__code"),
    Column("partner_name", PARTNER_NAME, "partner__name"),
    Column("program_code", _("Program"), "version__program__code"),
    Column("version", _("Version"), "version__number", CODE),
    Column("origin_period", _("Earned in"), "origin_period_key", CODE),
    Column("booked_period", _("Booked in"), "booked_period_key", CODE),
    Column("amount", _("Amount"), "amount", AMOUNT, currency="currency"),
    Column("currency", _("Currency"), "currency", CODE),
    Column("cause_type", _("Cause"), "cause_type", CODE),
    Column("cause_id", _("Cause id"), "cause_id"),
    Column("recorded_at", _("Recorded"), "created_at", INSTANT),
]
EXCEPTIONS = [
    Column("external_id", _("Line id"), "sale_line__external_id"),
    Column("sold_on", _("Sold on"), "sale_line__sold_on", DAY),
    Column("partner_code", PARTNER_CODE, "sale_line__partner__code"),
    Column("partner_name", PARTNER_NAME, "sale_line__partner__name"),
    Column("sku", _("SKU"), "sale_line__product__sku"),
    Column("quantity", _("Quantity"), "sale_line__quantity", NUMBER),
    Column("net_amount", _("Net amount"), "sale_line__net_amount", NUMBER),
    Column("currency", _("Currency"), "sale_line__currency", CODE),
    Column("program_code", _("Program"), "version__program__code"),
    Column("version", _("Version"), "version__number", CODE, usual=False),
    Column("reason", _("Reason"), "reason"),
]

for kind in (
    ExportKind(
        "accruals", _("Accruals"), _("What is earned so far, by program, partner and period."), Right.ACCRUALS_VIEW,
        ACCRUALS,
        [PERIOD, PROGRAM, PARTNER, Filter("status", _("State"), "choice", lambda _actor: PeriodStatus.choices),
         Filter("search", _("Search"), hint=_("In the names and codes of partners and the codes of programs."))],
        files.accruals,
    ),
    ExportKind(
        "statement_lines", _("Statement lines"), _("The lines of statements: rebates and adjustments."),
        Right.STATEMENTS_VIEW, STATEMENT_LINES, [PERIOD, PARTNER, STATEMENT_STATUS, STATEMENT], files.statement_lines,
    ),
    ExportKind(
        "sale_shares", _("Sales behind statements"), _("Every sale line of a statement with its share of the amount."),
        Right.STATEMENTS_VIEW, SALE_SHARES, [PERIOD, PARTNER, STATEMENT_STATUS, STATEMENT], files.sale_shares,
    ),
    ExportKind(
        "ledger_entries", _("Ledger entries"), _("Both sides of every journal, as they were written."),
        Right.STATEMENTS_VIEW, LEDGER_ENTRIES,
        [Filter("since", _("From"), "day"), Filter("until", _("Until"), "day"),
         Filter("account", _("Account"), "choice", lambda _actor: Account.choices), PARTNER, PROGRAM, ANY_PERIOD],
        files.ledger_entries,
    ),
    ExportKind(
        "adjustments", _("Adjustments"), _("The differences that late facts made to closed periods."),
        Right.ACCRUALS_VIEW, ADJUSTMENTS,
        [Filter("since", _("From"), "day"), Filter("until", _("Until"), "day"), PARTNER, ANY_PERIOD],
        files.adjustments,
    ),
    ExportKind(
        "exceptions", _("Exceptions"), _("Sale lines that count nowhere, and why."), Right.ACCRUALS_VIEW, EXCEPTIONS,
        [Filter("since", _("Sold from"), "day"), Filter("until", _("Sold until"), "day"), PARTNER,
         Filter("search", _("Reason"), hint=_("The beginning of its code."))],
        files.exceptions,
    ),
):  # fmt: skip
    register(kind)
