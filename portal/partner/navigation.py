from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.web.navigation import NavItem, register

register(
    NavItem("partner", _("Home"), "house", "partner:home", right=Right.OWN_EARNINGS_VIEW, tab=1),
    NavItem("partner", _("Earnings"), "wallet", "partner:earnings", right=Right.OWN_EARNINGS_VIEW, tab=2),
    NavItem("partner", _("Programs"), "percent", "partner:programs", right=Right.OWN_EARNINGS_VIEW, tab=3),
    NavItem("partner", _("Statements"), "receipt-text", "partner:statements", right=Right.OWN_STATEMENTS_VIEW, tab=4,
            count="portal.partner.statements.review_badge"),
    NavItem("partner", _("Disputes"), "message-square-warning", "partner:disputes", right=Right.OWN_STATEMENTS_VIEW,
            count="portal.partner.disputes.asked_badge"),
    NavItem("partner", _("Payments"), "banknote", "partner:payments", right=Right.OWN_STATEMENTS_VIEW),
    NavItem("partner", _("Your data"), "package", "partner:exit", right=Right.OWN_DATA_EXPORT, group=_("Company")),
)  # fmt: skip
