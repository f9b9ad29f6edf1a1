from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.web.navigation import NavItem, register

PARTNERS = _("Partners")
SALES = _("Sales")
MONEY = _("Earned")

register(
    NavItem("manager", _("Overview"), "layout-dashboard", "manager:home", right=Right.PARTNERS_VIEW, tab=1),
    NavItem("manager", _("Programs"), "percent", "manager:programs", right=Right.PROGRAMS_VIEW, tab=3),
    NavItem("manager", _("Directory"), "building-2", "manager:partners", right=Right.PARTNERS_VIEW, group=PARTNERS,
            tab=2),
    NavItem("manager", _("Recruitment"), "user-plus", "manager:recruitment", right=Right.APPLICATIONS_VIEW,
            group=PARTNERS, count="portal.manager.recruitment.open_badge"),
    NavItem("manager", _("Agreements"), "signature", "manager:agreements", right=Right.AGREEMENTS_VIEW,
            group=PARTNERS, count="portal.shared.agreements.to_sign_badge"),
    NavItem("manager", _("Onboarding"), "flag", "manager:onboarding", right=Right.PARTNERS_VIEW, group=PARTNERS),
    NavItem("manager", _("Certification"), "award", "manager:certification", right=Right.PARTNERS_VIEW, group=PARTNERS,
            below=("/m/specialisations/",)),
    NavItem("manager", _("Tiers"), "medal", "manager:tiers", right=Right.TIERS_VIEW, group=PARTNERS,
            count="portal.manager.tiers.waiting_badge"),
    NavItem("manager", _("Scorecards"), "gauge", "manager:scorecards", right=Right.SCORECARDS_VIEW, group=PARTNERS),
    NavItem("manager", _("Business plans"), "handshake", "manager:plans", right=Right.SCORECARDS_VIEW, group=PARTNERS,
            below=("/m/actions/", "/m/reviews/"), count="portal.shared.plan_pages.turn_badge"),
    NavItem("manager", _("Renewal"), "calendar-check", "manager:renewals", right=Right.LIFECYCLE_DECIDE,
            group=PARTNERS),
    NavItem("manager", _("Exits"), "log-out", "manager:exits", right=Right.LIFECYCLE_DECIDE, group=PARTNERS),
    NavItem("manager", _("Sale lines"), "shopping-cart", "manager:sales", right=Right.SALES_VIEW, group=SALES, tab=4),
    NavItem("manager", _("Exceptions"), "triangle-alert", "manager:exceptions", right=Right.ACCRUALS_VIEW, group=SALES,
            count="portal.shared.attention.exceptions_badge"),
    NavItem("manager", _("Imports"), "file-up", "manager:imports", right=Right.IMPORTS_RUN, group=SALES),
    NavItem("manager", _("Products"), "package", "manager:products", right=Right.PRODUCTS_VIEW, group=SALES),
    NavItem("manager", _("Exchange rates"), "arrow-left-right", "manager:rates", right=Right.RATES_VIEW, group=SALES),
    NavItem("manager", _("Overdue receivables"), "hand-coins", "manager:overdue", right=Right.SALES_VIEW, group=SALES),
    NavItem("manager", _("Targets"), "target", "manager:targets", right=Right.PROGRAMS_VIEW, group=SALES),
    NavItem("manager", _("Accruals"), "receipt-text", "manager:accruals", right=Right.ACCRUALS_VIEW, group=MONEY),
    NavItem("manager", _("Statements"), "file-text", "manager:statements", right=Right.STATEMENTS_VIEW, group=MONEY),
    NavItem("manager", _("Disputes"), "message-square-warning", "manager:disputes", right=Right.STATEMENTS_VIEW,
            group=MONEY, count="portal.shared.disputes.open_badge"),
)  # fmt: skip
