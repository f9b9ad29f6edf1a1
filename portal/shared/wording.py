"""Codes of the engine and of the audit trail in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared import tier_wording
from portal.shared.people_words import PEOPLE_ACTIONS, PEOPLE_THINGS
from portal.shared.qualifier_text import qualifier_name

REASONS: Mapping[str, object] = {
    "measure_not_positive": gettext_lazy("Returns outweigh sales, so nothing is earned."),
    "below_first_band": gettext_lazy("The first band is not reached yet."),
    "nothing_earned": gettext_lazy("The band reached pays nothing."),
    "no_rate_matches": gettext_lazy("No line meets a rate of the program."),
    "no_baseline": gettext_lazy("There is no earlier period to compare with."),
    "no_target": gettext_lazy("No target is set for this period."),
    "no_new_customer": gettext_lazy("No line belongs to a new customer."),
    "no_rate": gettext_lazy("An exchange rate for the comparison is missing."),
    "cap": gettext_lazy("Limited by the cap per period."),
    "program_total": gettext_lazy("Limited by the program's budget."),
    "below_minimum_payout": gettext_lazy("Below the minimum payout."),
    "clawback": gettext_lazy("Returned goods were taken back."),
}

ACTIONS: Mapping[str, tuple[str, object]] = {
    **tier_wording.ACTIONS,
    **PEOPLE_ACTIONS,
    "partners.partner.created": ("plus", gettext_lazy("Partner added")),
    "partners.partner.changed": ("pencil", gettext_lazy("Partner changed")),
    "partners.partner.suspend": ("pause", gettext_lazy("Partner suspended")),
    "partners.partner.resume": ("play", gettext_lazy("Partner resumed")),
    "partners.partner.end": ("ban", gettext_lazy("Partnership ended")),
    "partners.partner.leave": ("log-out", gettext_lazy("Partner is leaving")),
    "partners.partner.stay": ("undo-2", gettext_lazy("Partner stays")),
    "partners.partner.signed": ("file-pen-line", gettext_lazy("Agreement in force")),
    "partners.partner.activate": ("check", gettext_lazy("Partner active")),
    "partners.partner.assigned": ("user-round", gettext_lazy("Owner assigned")),
    "partners.partner.term_set": ("calendar", gettext_lazy("Term set")),
    "partners.suspension.ordered": ("pause", gettext_lazy("Suspension ordered")),
    "partners.suspension.began": ("pause", gettext_lazy("Suspension began")),
    "partners.suspension.lifted": ("play", gettext_lazy("Suspension lifted")),
    "partners.suspension.cancelled": ("x", gettext_lazy("Suspension cancelled")),
    "partners.suspension.over": ("play", gettext_lazy("Suspension ran out")),
    "partners.exit.started": ("log-out", gettext_lazy("Exit started")),
    "partners.exit.rescheduled": ("calendar", gettext_lazy("Last day changed")),
    "partners.exit.waived": ("shield-alert", gettext_lazy("Check of an exit waived")),
    "partners.exit.finished": ("check", gettext_lazy("Exit finished")),
    "partners.exit.cancelled": ("undo-2", gettext_lazy("Exit called off")),
    "partners.data_export.requested": ("package", gettext_lazy("Archive asked for")),
    "partners.data_export.started": ("play", gettext_lazy("Archive begun")),
    "partners.data_export.finished": ("package-check", gettext_lazy("Archive finished")),
    "partners.data_export.failed": ("circle-alert", gettext_lazy("Archive failed")),
    "partners.data_export.downloaded": ("download", gettext_lazy("Archive downloaded")),
    "partners.renewal.decided": ("gavel", gettext_lazy("Renewal decided")),
    "partners.renewal.dropped": ("x", gettext_lazy("Renewal dropped")),
    "partners.renewal.reopened": ("rotate-cw", gettext_lazy("Renewal opened again")),
    "partners.renewal.task_done": ("check", gettext_lazy("Follow-up done")),
    "partners.view.saved": ("bookmark", gettext_lazy("View kept")),
    "partners.view.removed": ("bookmark-x", gettext_lazy("View removed")),
    "partners.bulk.started": ("list-checks", gettext_lazy("Bulk action asked for")),
    "partners.bulk.running": ("play", gettext_lazy("Bulk action begun")),
    "partners.bulk.done": ("check", gettext_lazy("Bulk action done")),
    "partners.bulk.failed": ("circle-alert", gettext_lazy("Bulk action failed")),
    "partners.bulk.undoing": ("undo-2", gettext_lazy("Bulk action being undone")),
    "partners.bulk.undone": ("undo-2", gettext_lazy("Bulk action undone")),
    "rebates.reserve.held": ("undo-2", gettext_lazy("Reserve for returns held back")),
    "partners.tier.set": ("medal", gettext_lazy("Tier set")),
    "partners.tier.imported": ("upload", gettext_lazy("Tiers set by an import")),
    "partners.tier.unset": ("undo-2", gettext_lazy("Tier change taken back")),
    "commerce.product.created": ("plus", gettext_lazy("Product added")),
    "commerce.product.changed": ("pencil", gettext_lazy("Product changed")),
    "commerce.rate.created": ("arrow-left-right", gettext_lazy("Exchange rate entered")),
    "commerce.overdue.recorded": ("hand-coins", gettext_lazy("Overdue receivables entered")),
    "commerce.sales.recorded": ("receipt-text", gettext_lazy("Sale lines recorded")),
    "files.file.stored": ("file", gettext_lazy("File stored")),
    "imports.import.uploaded": ("file-up", gettext_lazy("Import uploaded")),
    "imports.import.started": ("play", gettext_lazy("Import started")),
    "imports.import.running": ("loader", gettext_lazy("Import running")),
    "imports.import.checked": ("list-checks", gettext_lazy("Import checked")),
    "imports.import.finished": ("check", gettext_lazy("Import finished")),
    "imports.import.failed": ("circle-alert", gettext_lazy("Import failed")),
    "imports.import.undone": ("undo-2", gettext_lazy("Import taken back")),
    "partners.plan.started": ("handshake", gettext_lazy("Business plan begun")),
    "partners.plan.changed": ("pencil", gettext_lazy("Texts of the plan changed")),
    "partners.plan.goal_added": ("target", gettext_lazy("Goal added")),
    "partners.plan.goal_changed": ("target", gettext_lazy("Goal changed")),
    "partners.plan.goal_removed": ("target", gettext_lazy("Goal taken out")),
    "partners.plan.handed_over": ("arrow-left-right", gettext_lazy("Draft handed over")),
    "partners.plan.proposed": ("send", gettext_lazy("Plan proposed")),
    "partners.plan.agreed": ("signature", gettext_lazy("Plan agreed")),
    "partners.plan.recalled": ("undo-2", gettext_lazy("Proposal taken back")),
    "partners.plan.revised": ("pencil", gettext_lazy("Changes asked for")),
    "partners.plan.reopened": ("rotate-ccw", gettext_lazy("Plan reopened")),
    "partners.plan.withdrawn": ("x", gettext_lazy("Plan withdrawn")),
    "partners.plan.closed": ("archive", gettext_lazy("Plan closed")),
    "partners.plan.progressed": ("trending-up", gettext_lazy("Progress entered")),
    "partners.plan.commented": ("message-circle", gettext_lazy("Comment on a plan")),
    "partners.action.added": ("list-plus", gettext_lazy("Action added")),
    "partners.action.finished": ("circle-check-big", gettext_lazy("Action done")),
    "partners.action.dropped": ("circle-slash", gettext_lazy("Action dropped")),
    "partners.action.reopened": ("rotate-ccw", gettext_lazy("Action reopened")),
    "partners.action.removed": ("trash-2", gettext_lazy("Action taken out")),
    "partners.scorecard.created": ("gauge", gettext_lazy("Scorecard created")),
    "partners.scorecard.revised": ("pencil", gettext_lazy("Draft of a scorecard begun")),
    "partners.scorecard.line_set": ("list-plus", gettext_lazy("Line of a scorecard set")),
    "partners.scorecard.line_removed": ("trash-2", gettext_lazy("Line of a scorecard taken out")),
    "partners.scorecard.published": ("rocket", gettext_lazy("Scorecard published")),
    "partners.scorecard.replaced": ("git-branch", gettext_lazy("Scorecard version replaced")),
    "partners.scorecard.retired": ("archive", gettext_lazy("Scorecard retired")),
    "partners.review.started": ("presentation", gettext_lazy("Business review prepared")),
    "partners.review.written": ("pencil", gettext_lazy("Texts of a review written")),
    "partners.review.answered": ("message-square", gettext_lazy("Partner answered a review")),
    "partners.review.shared": ("share-2", gettext_lazy("Review shared")),
    "partners.review.held": ("lock", gettext_lazy("Review held")),
    "partners.review.cancelled": ("x", gettext_lazy("Review cancelled")),
    "rebates.leakage.requested": ("file-search", gettext_lazy("Leakage report asked for")),
    "rebates.leakage.started": ("play", gettext_lazy("Leakage report started")),
    "rebates.leakage.finished": ("check", gettext_lazy("Leakage report finished")),
    "rebates.leakage.failed": ("circle-alert", gettext_lazy("Leakage report failed")),
    "exports.export.requested": ("file-down", gettext_lazy("Export asked for")),
    "exports.export.started": ("play", gettext_lazy("Export started")),
    "exports.export.finished": ("check", gettext_lazy("Export finished")),
    "exports.export.failed": ("circle-alert", gettext_lazy("Export failed")),
    "exports.export.cancelled": ("x", gettext_lazy("Export cancelled")),
    "exports.export.retried": ("rotate-cw", gettext_lazy("Export tried again")),
    "exports.export.downloaded": ("download", gettext_lazy("Export downloaded")),
    "exports.column_set.created": ("columns-3", gettext_lazy("Column set kept")),
    "exports.column_set.changed": ("columns-3", gettext_lazy("Column set changed")),
    "exports.column_set.removed": ("columns-3", gettext_lazy("Column set removed")),
    "ledger.book_lock.asked": ("lock", gettext_lazy("Change of the lock date asked for")),
    "ledger.book_lock.changed": ("lock", gettext_lazy("Lock date changed")),
    "ledger.book_lock.replaced": ("lock", gettext_lazy("Lock date replaced")),
    "ledger.book_lock.refused": ("lock-open", gettext_lazy("Change of the lock date refused")),
    "rebates.program.created": ("plus", gettext_lazy("Program created")),
    "rebates.program.draft_written": ("pencil", gettext_lazy("Draft written")),
    "rebates.program.draft_discarded": ("trash-2", gettext_lazy("Draft thrown away")),
    "rebates.program.published": ("rocket", gettext_lazy("Program published")),
    "rebates.version.published": ("git-branch", gettext_lazy("Version published")),
    "rebates.amendment.requested": ("git-pull-request", gettext_lazy("Amendment of closed periods asked for")),
    "rebates.provision.rule_set": ("trending-up", gettext_lazy("Forecast of a provision chosen")),
    "rebates.rebuild.finished": ("refresh-cw", gettext_lazy("Everything calculated anew")),
    "rebates.program.ended": ("flag", gettext_lazy("Program ended")),
    "rebates.close.requested": ("lock", gettext_lazy("Close of a period asked for")),
    "rebates.close.started": ("play", gettext_lazy("Close of a period started")),
    "rebates.close.finished": ("check", gettext_lazy("Close of a period done")),
    "rebates.close.failed": ("circle-alert", gettext_lazy("Close of a period refused")),
    "rebates.period.closed": ("lock", gettext_lazy("Period closed")),
    "rebates.statement.approved": ("check", gettext_lazy("Statement approved")),
    "rebates.statement.agreed": ("handshake", gettext_lazy("Statement agreed by the partner")),
    "rebates.statement.review_lapsed": ("timer-off", gettext_lazy("Statement agreed: the review is over")),
    "rebates.statement.review_ending": ("bell", gettext_lazy("Partner reminded of the review's end")),
    "rebates.review_settings.changed": ("settings", gettext_lazy("Review settings changed")),
    "rebates.dispute.opened": ("message-square-warning", gettext_lazy("Dispute opened")),
    "rebates.dispute.due_soon": ("bell", gettext_lazy("Reviewers reminded of the due day")),
    "rebates.dispute.acknowledged": ("eye", gettext_lazy("Dispute taken on")),
    "rebates.dispute.asked": ("circle-question-mark", gettext_lazy("Partner asked about a dispute")),
    "rebates.dispute.answered": ("message-square", gettext_lazy("Partner answered in a dispute")),
    "rebates.dispute.said": ("message-square", gettext_lazy("Partner added to a dispute")),
    "rebates.dispute.decided": ("gavel", gettext_lazy("Dispute decided")),
    "rebates.dispute.withdrawn": ("undo-2", gettext_lazy("Dispute withdrawn")),
    "rebates.dispute.escalated": ("arrow-up-from-line", gettext_lazy("Dispute escalated")),
    "rebates.statement.settled": ("layers", gettext_lazy("Statement put into a settlement")),
    "rebates.statement.paid": ("banknote", gettext_lazy("Statement paid")),
    "rebates.settlement.prepared": ("layers", gettext_lazy("Settlement prepared")),
    "rebates.settlement.exported": ("download", gettext_lazy("Settlement exported")),
    "rebates.settlement.export_repeated": ("download", gettext_lazy("Settlement downloaded again")),
    "rebates.settlement.paid": ("banknote", gettext_lazy("Settlement marked as paid")),
    "rebates.settlement.partly_paid": ("banknote", gettext_lazy("Settlement partly paid")),
    "rebates.settlement.reopened": ("undo-2", gettext_lazy("Settlement open again")),
    "rebates.statement.reopened": ("undo-2", gettext_lazy("Statement no longer paid")),
    "rebates.payment.exported": ("download", gettext_lazy("Payment exported")),
    "rebates.payment.paid": ("banknote", gettext_lazy("Payment made")),
    "rebates.payment.failed": ("circle-x", gettext_lazy("Payment failed")),
    "rebates.payment.reversed": ("undo-2", gettext_lazy("Payment came back")),
    "rebates.payment.retried": ("rotate-cw", gettext_lazy("Payment prepared once more")),
    "rebates.payment.deduction_confirmed": ("check", gettext_lazy("Deduction confirmed by the partner")),
    "rebates.payment.goods_ordered": ("package", gettext_lazy("Goods ordered")),
    "rebates.bank_result.uploaded": ("file-up", gettext_lazy("Bank result brought in")),
    "rebates.bank_result.repeated": ("file-up", gettext_lazy("Bank result brought in again")),
    "rebates.bank_result.apply_requested": ("play", gettext_lazy("Application of a bank result asked for")),
    "rebates.bank_result_application.started": ("play", gettext_lazy("Application of a bank result started")),
    "rebates.bank_result_application.finished": ("check", gettext_lazy("Application of a bank result done")),
    "rebates.bank_result_application.failed": ("circle-alert", gettext_lazy("Application of a bank result refused")),
    "rebates.bank_result.applied": ("check", gettext_lazy("Bank result applied")),
    "rebates.payout.chosen": ("sliders-horizontal", gettext_lazy("Payout form chosen")),
    "rebates.account_numbers.set": ("pencil", gettext_lazy("Account numbers changed")),
    "notifications.mail.retried": ("mail", gettext_lazy("Mail sent again")),
    "notifications.act.used": ("mail-check", gettext_lazy("Done from a mail")),
    "partners.account.proposed": ("landmark", gettext_lazy("Bank account entered")),
    "partners.account.confirmed": ("check", gettext_lazy("Bank account confirmed")),
    "partners.account.replaced": ("landmark", gettext_lazy("Bank account replaced")),
    "partners.account.rejected": ("ban", gettext_lazy("Bank account refused")),
    "partners.account.withdrawn": ("landmark", gettext_lazy("Bank account entered anew")),
    "partners.agreement_template.created": ("layout-template", gettext_lazy("Agreement template made")),
    "partners.agreement_template.changed": ("pencil", gettext_lazy("Agreement template changed")),
    "partners.agreement_template.drafted": ("file-pen-line", gettext_lazy("Text of an agreement template written")),
    "partners.agreement_template.published": ("check", gettext_lazy("Agreement template published")),
    "partners.agreement_template.discarded": ("trash-2", gettext_lazy("Draft of an agreement template thrown away")),
    "partners.agreement_template.retired": ("archive", gettext_lazy("Agreement template retired")),
    "partners.agreement_template.restored": ("archive", gettext_lazy("Agreement template used again")),
    "partners.agreement.handed_over": ("send", gettext_lazy("Agreement handed to the signing service")),
    "partners.signing.set": ("settings-2", gettext_lazy("Signing service chosen")),
    "partners.agreement.drafted": ("file-plus", gettext_lazy("Agreement drafted")),
    "partners.agreement.edited": ("pencil", gettext_lazy("Draft of an agreement changed")),
    "partners.agreement.sent": ("send", gettext_lazy("Agreement sent to be signed")),
    "partners.agreement.service_retried": ("refresh-cw", gettext_lazy("Signing service asked again")),
    "partners.agreement.resent": ("bell-ring", gettext_lazy("Signer asked again")),
    "partners.agreement.viewed": ("eye", gettext_lazy("Agreement opened by a signer")),
    "partners.agreement.signed": ("pen-line", gettext_lazy("Signed by everybody at the partner")),
    "partners.agreement.countersigned": ("pen-line", gettext_lazy("Agreement countersigned")),
    "partners.agreement.activated": ("check", gettext_lazy("Agreement in force")),
    "partners.agreement.expiring_soon": ("file-clock", gettext_lazy("Agreement near its end")),
    "partners.agreement.renewed": ("refresh-cw", gettext_lazy("Agreement renewed by itself")),
    "partners.agreement.term_extended": ("refresh-cw", gettext_lazy("Term of an agreement extended")),
    "partners.agreement.notice_given": ("calendar-x", gettext_lazy("Notice given: no renewal")),
    "partners.agreement.termination_set": ("calendar-x", gettext_lazy("Agreement terminated for a day")),
    "partners.agreement.ended": ("ban", gettext_lazy("Agreement ended")),
    "partners.agreement.declined": ("circle-x", gettext_lazy("Agreement declined")),
    "partners.agreement.voided": ("ban", gettext_lazy("Agreement voided")),
    "partners.agreement.signer_changed": ("user-pen", gettext_lazy("Somebody else signs")),
    "partners.agreement.signer_ask": ("send", gettext_lazy("Signer asked")),
    "partners.agreement.signer_view": ("eye", gettext_lazy("Signer opened the document")),
    "partners.agreement.signer_sign": ("pen-line", gettext_lazy("Signer signed")),
    "partners.agreement.signer_decline": ("circle-x", gettext_lazy("Signer declined")),
    "partners.agreement.signer_release": ("user-x", gettext_lazy("Signer no longer asked")),
    "rebates.reconciled": ("scale", gettext_lazy("Accruals reconciled")),
    "rebates.what_if.requested": ("calculator", gettext_lazy("What-if asked for")),
    "rebates.what_if.started": ("play", gettext_lazy("What-if started")),
    "rebates.what_if.finished": ("check", gettext_lazy("What-if finished")),
    "rebates.what_if.failed": ("circle-alert", gettext_lazy("What-if failed")),
    "identity.invitation.created": ("user-plus", gettext_lazy("Person invited")),
    "identity.invitation.resent": ("mail", gettext_lazy("Invitation sent again")),
    "identity.invitation.accepted": ("user-check", gettext_lazy("Invitation accepted")),
    "identity.invitation.revoked": ("user-x", gettext_lazy("Invitation revoked")),
    "identity.api_key.created": ("key-round", gettext_lazy("API key created")),
    "identity.api_key.revoked": ("key-round", gettext_lazy("API key revoked")),
    "tenancy.tenant.workdays_changed": ("calendar-days", gettext_lazy("Working days changed")),
    "identity.membership.role_changed": ("user-cog", gettext_lazy("Role of a member changed")),
    "identity.membership.deactivated": ("user-x", gettext_lazy("Member deactivated")),
    "identity.membership.reactivated": ("user-check", gettext_lazy("Member active again")),
    "identity.user.deactivated": ("user-x", gettext_lazy("Account deactivated")),
    "identity.user.reactivated": ("user-check", gettext_lazy("Account active again")),
    "tenancy.tenant.created": ("building-2", gettext_lazy("Vendor created")),
}

THINGS: Mapping[str, object] = {
    **tier_wording.THINGS,
    **PEOPLE_THINGS,
    "partners.businessplan": gettext_lazy("Business plan"),
    "partners.jointaction": gettext_lazy("Action"),
    "partners.scorecard": gettext_lazy("Scorecard"),
    "partners.scorecardversion": gettext_lazy("Scorecard"),
    "partners.businessreview": gettext_lazy("Business review"),
    "partners.partner": gettext_lazy("Partner"),
    "partners.tierchange": gettext_lazy("Tier change"),
    "partners.agreement": gettext_lazy("Agreement"),
    "partners.agreementsigner": gettext_lazy("Signer"),
    "partners.agreementtemplate": gettext_lazy("Agreement template"),
    "partners.agreementtemplateversion": gettext_lazy("Agreement template"),
    "commerce.product": gettext_lazy("Product"),
    "commerce.exchangerate": gettext_lazy("Exchange rate"),
    "commerce.saleline": gettext_lazy("Sale line"),
    "imports.import": gettext_lazy("Import"),
    "exports.export": gettext_lazy("Export"),
    "exports.columnset": gettext_lazy("Column set"),
    "rebates.program": gettext_lazy("Program"),
    "rebates.programversion": gettext_lazy("Program version"),
    "rebates.whatifrun": gettext_lazy("What if"),
    "rebates.leakagerun": gettext_lazy("Leakage report"),
    "rebates.period": gettext_lazy("Period"),
    "rebates.statement": gettext_lazy("Statement"),
    "rebates.settlement": gettext_lazy("Settlement"),
    "rebates.dispute": gettext_lazy("Dispute"),
    "rebates.reviewsettings": gettext_lazy("Review settings"),
    "rebates.payment": gettext_lazy("Payment"),
    "rebates.bankresult": gettext_lazy("Bank result"),
    "rebates.rebuild": gettext_lazy("Full calculation"),
    "partners.bankaccount": gettext_lazy("Bank account"),
    "notifications.mail": gettext_lazy("Mail"),
    "notifications.actlink": gettext_lazy("Link in a mail"),
    "identity.membership": gettext_lazy("Member"),
    "identity.user": gettext_lazy("User account"),
    "tenancy.tenant": gettext_lazy("Vendor"),
    "identity.invitation": gettext_lazy("Invitation"),
    "identity.apikey": gettext_lazy("API key"),
}


def reason_text(reason: str) -> str:
    """`cap; clawback` as sentences; a code without a text stays as it is."""
    return " ".join(_reason(part) for part in reason.split("; ")) if reason else ""


def _reason(code: str) -> str:
    name, _sep, rest = code.partition(" ")
    if name == "qualifier":
        return _("A requirement is not met: %(name)s.") % {"name": qualifier_name(rest)}
    if name == "best":
        return _("Program %(code)s pays more, so this one pays nothing.") % {"code": rest}
    return str(REASONS.get(code, code))


def exception_text(reason: str) -> tuple[str, str]:
    """(what is wrong, what to do about it) for a reason on the exceptions list."""
    name, _sep, rest = reason.partition(" ")
    if name == "no_rate":
        pair, _on, day = rest.partition(" on ")
        wrong = _("No exchange rate %(pair)s on %(day)s") % {"pair": pair.replace("->", " → "), "day": day}
        return wrong, _("Enter the rate. The line is counted at once.")
    known = EXCEPTIONS.get(reason, (reason, ""))
    return str(known[0]), str(known[1])


EXCEPTIONS: Mapping[str, tuple[object, object]] = {
    "no_unit_cost": (
        gettext_lazy("The product has no unit cost"),
        gettext_lazy("Enter the unit cost of the product: a program on margin needs it."),
    ),
    "no_sold_by": (
        gettext_lazy("Nobody is named as the seller"),
        gettext_lazy("Import the line again under a new id with the seller's name, and a return for this one."),
    ),
    "return_without_original": (
        gettext_lazy("A return that names no original line"),
        gettext_lazy("Undo the import, name the original line in the column “reverses”, and import again."),
    ),
    "return_of_unknown_line": (
        gettext_lazy("A return of a line that is not here"),
        gettext_lazy("Import the original line. The return is counted as soon as it is here."),
    ),
    "return_of_a_return": (
        gettext_lazy("A return of another return"),
        gettext_lazy("Name the sale itself in the column “reverses”, not its return."),
    ),
    "return_of_another_partners_or_products_line": (
        gettext_lazy("A return of another partner's or product's line"),
        gettext_lazy("Check the partner and SKU of the return against those of its original."),
    ),
}


def action_name(action: str) -> str:
    """What was done; an action without a text is shown by its name."""
    known = ACTIONS.get(action)
    return str(known[1]) if known else action


def action_icon(action: str) -> str:
    known = ACTIONS.get(action)
    return known[0] if known else "dot"


def thing_name(target_type: str) -> str:
    return str(THINGS.get(target_type, target_type))


CHECKS: Mapping[str, object] = {
    "open": gettext_lazy("The period is open"),
    "over": gettext_lazy("The period is over"),
    "earlier": gettext_lazy("Earlier periods are closed"),
    "rates": gettext_lazy("Every line has its exchange rate"),
    "exceptions": gettext_lazy("No other line is on the exceptions list"),
    "disputes": gettext_lazy("Disputes of earlier statements are decided"),
}


def check_text(name: str) -> str:
    """A line of the checklist of a close."""
    return str(CHECKS.get(name, name))


KINDS: Mapping[str, object] = {
    "month": gettext_lazy("Months"),
    "quarter": gettext_lazy("Quarters"),
    "half_year": gettext_lazy("Half-years"),
    "year": gettext_lazy("Years"),
}


def kinds_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))
