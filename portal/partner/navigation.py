from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.web.navigation import NavItem, register

COMPANY = _("Company")

register(
    NavItem("partner", _("Home"), "house", "partner:home", right=Right.OWN_EARNINGS_VIEW, tab=1),
    NavItem("partner", _("Earnings"), "wallet", "partner:earnings", right=Right.OWN_EARNINGS_VIEW, tab=2),
    NavItem("partner", _("Programs"), "percent", "partner:programs", right=Right.OWN_EARNINGS_VIEW, tab=3),
    NavItem("partner", _("Statements"), "receipt-text", "partner:statements", right=Right.OWN_STATEMENTS_VIEW, tab=4,
            count="portal.partner.statements.review_badge"),
    NavItem("partner", _("Disputes"), "message-square-warning", "partner:disputes", right=Right.OWN_STATEMENTS_VIEW,
            count="portal.partner.disputes.asked_badge"),
    NavItem("partner", _("Payments"), "banknote", "partner:payments", right=Right.OWN_STATEMENTS_VIEW),
    NavItem("partner", _("Tier"), "medal", "partner:tier", right=Right.OWN_TIER_VIEW, group=COMPANY),
    NavItem("partner", _("Onboarding"), "flag", "partner:onboarding", group=COMPANY, right=Right.OWN_ONBOARDING_WORK),
    NavItem("partner", _("Agreements"), "signature", "partner:agreements", right=Right.OWN_AGREEMENTS_VIEW,
            group=COMPANY, count="portal.shared.agreements.to_sign_badge"),
    NavItem("partner", _("Certificates"), "award", "partner:certificates", group=COMPANY,
            right=Right.OWN_CERTIFICATES_VIEW),
    NavItem("partner", _("Plan & reviews"), "handshake", "partner:own_plan", right=Right.OWN_PLANS_VIEW, group=COMPANY,
            below=("/p/plans/", "/p/actions/", "/p/reviews/", "/p/scorecard/"),
            count="portal.shared.plan_pages.turn_badge"),
    NavItem("partner", _("Company profile"), "building-2", "partner:company", group=COMPANY,
            right=Right.OWN_PROFILE_EDIT),
    NavItem("partner", _("Your data"), "package", "partner:exit", right=Right.OWN_DATA_EXPORT, group=COMPANY),
)  # fmt: skip
