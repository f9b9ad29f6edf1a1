from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.web.navigation import NavItem, register

CONTROL = _("Control")
DATA = _("Data")

register(
    NavItem("finance", _("Close"), "calendar-check", "finance:home", right=Right.PERIODS_CLOSE, tab=1,
            below=("/f/periods/",)),
    NavItem("finance", _("Accruals"), "receipt-text", "finance:accruals", right=Right.ACCRUALS_VIEW, tab=2),
    NavItem("finance", _("Statements"), "file-text", "finance:statements", right=Right.STATEMENTS_VIEW, tab=3),
    NavItem("finance", _("Disputes"), "message-square-warning", "finance:disputes", right=Right.STATEMENTS_VIEW,
            count="portal.shared.disputes.open_badge"),
    NavItem("finance", _("Settlements"), "banknote", "finance:settlements", right=Right.STATEMENTS_VIEW, tab=4),
    NavItem("finance", _("Payments"), "send", "finance:payments", right=Right.STATEMENTS_VIEW),
    NavItem("finance", _("Claw-backs"), "undo-2", "finance:clawbacks", right=Right.STATEMENTS_VIEW),
    NavItem("finance", _("Exceptions"), "triangle-alert", "finance:exceptions", right=Right.ACCRUALS_VIEW, group=DATA,
            count="portal.shared.attention.exceptions_badge"),
    NavItem("finance", _("Imports"), "file-up", "finance:imports", right=Right.IMPORTS_RUN, group=DATA),
    NavItem("finance", _("Sales"), "shopping-cart", "finance:sales", right=Right.SALES_VIEW, group=DATA),
    NavItem("finance", _("Exchange rates"), "arrow-left-right", "finance:rates", right=Right.RATES_VIEW, group=DATA),
    NavItem("finance", _("Overdue receivables"), "hand-coins", "finance:overdue", right=Right.SALES_VIEW, group=DATA),
    NavItem("finance", _("Targets"), "target", "finance:targets", right=Right.PROGRAMS_VIEW, group=DATA),
    NavItem("finance", _("Bank accounts"), "landmark", "finance:accounts", right=Right.ACCOUNTS_EDIT, group=CONTROL),
    NavItem("finance", _("Exports"), "file-down", "finance:exports", right=Right.EXPORTS_RUN, group=DATA),
    NavItem("finance", _("Provisions"), "trending-up", "finance:provisions", right=Right.STATEMENTS_VIEW,
            group=CONTROL),
    NavItem("finance", _("Proof of the books"), "shield-check", "finance:books", right=Right.PERIODS_CLOSE,
            group=CONTROL),
    NavItem("finance", _("Lock date"), "lock", "finance:lock", right=Right.STATEMENTS_VIEW, group=CONTROL),
    NavItem("finance", _("Liability"), "scale", "finance:liability", right=Right.STATEMENTS_VIEW, group=CONTROL),
    NavItem("finance", _("Leakage"), "droplets", "finance:leakage", right=Right.STATEMENTS_VIEW, group=CONTROL),
    NavItem("finance", _("As of a day"), "history", "finance:as_of", right=Right.STATEMENTS_VIEW, group=CONTROL),
    NavItem("finance", _("Program rules"), "sliders-horizontal", "finance:programs", right=Right.PROGRAMS_VIEW,
            group=CONTROL),
    NavItem("finance", _("Reviews and disputes"), "timer", "finance:review_settings", right=Right.SETTINGS_EDIT,
            group=CONTROL),
    NavItem("finance", _("Audit trail"), "scroll-text", "finance:audit", right=Right.AUDIT_VIEW, group=CONTROL),
)  # fmt: skip
