"""What each role may do. Rights are the vocabulary of policies; roles are bundles of them, nothing more."""

from __future__ import annotations

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    FINANCE = "finance", _("Finance")
    MARKETING = "marketing", _("Marketing")
    PARTNER_ADMINISTRATOR = "partner_administrator", _("Partner administrator")
    PARTNER_SALES = "partner_sales", _("Partner sales")
    PARTNER_FINANCE = "partner_finance", _("Partner finance")


VENDOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.FINANCE, Role.MARKETING})
PARTNER_ROLES = frozenset({Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.PARTNER_FINANCE})


class Right(enum.StrEnum):
    """Also the scopes of API keys. `own.*` rights reach only the member's partner company."""

    PARTNERS_VIEW = "partners.view"
    PARTNERS_EDIT = "partners.edit"
    LIFECYCLE_DECIDE = "lifecycle.decide"
    APPLICATIONS_VIEW = "applications.view"
    APPLICATIONS_DECIDE = "applications.decide"
    RECRUITMENT_EDIT = "recruitment.edit"
    AGREEMENTS_VIEW = "agreements.view"
    AGREEMENTS_EDIT = "agreements.edit"
    AGREEMENTS_SIGN = "agreements.sign"
    ONBOARDING_EDIT = "onboarding.edit"
    CERTIFICATES_EDIT = "certificates.edit"
    TIERS_VIEW = "tiers.view"
    TIERS_EDIT = "tiers.edit"
    TIERS_DECIDE = "tiers.decide"
    SCORECARDS_VIEW = "scorecards.view"
    SCORECARDS_EDIT = "scorecards.edit"
    PRODUCTS_VIEW = "products.view"
    PRODUCTS_EDIT = "products.edit"
    RATES_VIEW = "rates.view"
    RATES_EDIT = "rates.edit"
    SALES_VIEW = "sales.view"
    SALES_EDIT = "sales.edit"
    IMPORTS_RUN = "imports.run"
    EXPORTS_RUN = "exports.run"
    PROGRAMS_VIEW = "programs.view"
    PROGRAMS_EDIT = "programs.edit"
    PROGRAMS_PUBLISH = "programs.publish"
    ACCRUALS_VIEW = "accruals.view"
    PERIODS_CLOSE = "periods.close"
    STATEMENTS_VIEW = "statements.view"
    STATEMENTS_APPROVE = "statements.approve"
    DISPUTES_DECIDE = "disputes.decide"
    SETTLEMENTS_EDIT = "settlements.edit"
    SETTLEMENTS_PAY = "settlements.pay"
    ACCOUNTS_EDIT = "accounts.edit"
    ACCOUNTS_CONFIRM = "accounts.confirm"
    AUDIT_VIEW = "audit.view"
    TEAM_MANAGE = "team.manage"
    API_KEYS_MANAGE = "api_keys.manage"
    SETTINGS_EDIT = "settings.edit"
    OWN_EARNINGS_VIEW = "own.earnings.view"
    OWN_STATEMENTS_VIEW = "own.statements.view"
    OWN_STATEMENTS_REVIEW = "own.statements.review"
    OWN_ACCOUNT_EDIT = "own.account.edit"
    OWN_TEAM_MANAGE = "own.team.manage"
    OWN_PROFILE_EDIT = "own.profile.edit"
    OWN_AGREEMENTS_VIEW = "own.agreements.view"
    OWN_AGREEMENTS_SIGN = "own.agreements.sign"
    OWN_ONBOARDING_WORK = "own.onboarding.work"
    OWN_CERTIFICATES_VIEW = "own.certificates.view"
    OWN_TIER_VIEW = "own.tier.view"
    OWN_TIER_APPEAL = "own.tier.appeal"
    OWN_PLANS_VIEW = "own.plans.view"
    OWN_PLANS_EDIT = "own.plans.edit"
    OWN_DATA_EXPORT = "own.data.export"


_READ = frozenset(
    {Right.PARTNERS_VIEW, Right.PRODUCTS_VIEW, Right.RATES_VIEW, Right.SALES_VIEW, Right.PROGRAMS_VIEW,
     Right.ACCRUALS_VIEW, Right.STATEMENTS_VIEW, Right.AGREEMENTS_VIEW, Right.TIERS_VIEW, Right.SCORECARDS_VIEW}
)  # fmt: skip

ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(right for right in Right if not right.startswith("own.")),
    Role.CHANNEL_MANAGER: _READ
    | {Right.PARTNERS_EDIT, Right.PRODUCTS_EDIT, Right.SALES_EDIT, Right.IMPORTS_RUN, Right.PROGRAMS_EDIT,
       Right.PROGRAMS_PUBLISH, Right.ACCOUNTS_EDIT, Right.TEAM_MANAGE, Right.LIFECYCLE_DECIDE,
       Right.APPLICATIONS_VIEW, Right.APPLICATIONS_DECIDE, Right.RECRUITMENT_EDIT, Right.AGREEMENTS_EDIT,
       Right.AGREEMENTS_SIGN, Right.ONBOARDING_EDIT, Right.CERTIFICATES_EDIT, Right.TIERS_EDIT, Right.TIERS_DECIDE,
       Right.SCORECARDS_EDIT},
    Role.FINANCE: _READ
    | {Right.RATES_EDIT, Right.SALES_EDIT, Right.IMPORTS_RUN, Right.EXPORTS_RUN, Right.PERIODS_CLOSE,
       Right.STATEMENTS_APPROVE, Right.DISPUTES_DECIDE, Right.SETTLEMENTS_EDIT, Right.SETTLEMENTS_PAY,
       Right.ACCOUNTS_EDIT, Right.ACCOUNTS_CONFIRM, Right.AUDIT_VIEW},
    Role.MARKETING: frozenset({Right.PARTNERS_VIEW, Right.PRODUCTS_VIEW, Right.PROGRAMS_VIEW}),
    Role.PARTNER_ADMINISTRATOR: frozenset(
        right for right in Right if right.startswith("own.")
    ),
    Role.PARTNER_SALES: frozenset(
        {Right.OWN_EARNINGS_VIEW, Right.OWN_ONBOARDING_WORK, Right.OWN_CERTIFICATES_VIEW, Right.OWN_TIER_VIEW,
         Right.OWN_PLANS_VIEW}
    ),
    Role.PARTNER_FINANCE: frozenset(
        {Right.OWN_EARNINGS_VIEW, Right.OWN_STATEMENTS_VIEW, Right.OWN_STATEMENTS_REVIEW, Right.OWN_ACCOUNT_EDIT,
         Right.OWN_AGREEMENTS_VIEW, Right.OWN_TIER_VIEW}
    ),
}  # fmt: skip

ROLE_GRANTS: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: VENDOR_ROLES | PARTNER_ROLES,
    Role.CHANNEL_MANAGER: PARTNER_ROLES,
    Role.PARTNER_ADMINISTRATOR: PARTNER_ROLES,
}
"""Which roles a role may hand out, and take away; a partner administrator only in the own company."""

# A key may do what its maker may, except what asks for a person: granting rights, and the second of two signatures.
KEY_SCOPES: tuple[Right, ...] = tuple(
    right
    for right in Right
    if not right.startswith("own.")
    and right not in {Right.TEAM_MANAGE, Right.API_KEYS_MANAGE, Right.SETTINGS_EDIT}
    and right not in {Right.STATEMENTS_APPROVE, Right.DISPUTES_DECIDE, Right.ACCOUNTS_CONFIRM}
    and right not in {Right.APPLICATIONS_DECIDE, Right.AGREEMENTS_SIGN, Right.TIERS_DECIDE, Right.LIFECYCLE_DECIDE}
)
