"""Every row there is: what the modules of `matrix/` say, one for each part of the product."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.contracts import matrix
from tests.contracts.matrix.row import Row

PUBLIC, SIGNED_IN, MEMBER, OPERATOR, API, ELSEWHERE = "public", "signed in", "member", "operator", "api", "elsewhere"


@dataclass(frozen=True)
class Row:
    """`kind` is how strangers are received, `rights` (any of them) what a member needs, `roles` who has one."""

    kind: str
    rights: tuple[Right, ...] = ()
    code: int = 200
    method: str = "GET"
    data: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    make: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields of the objects in `ids`, by parameter; the text "own" for a partner is the cast's own partner."""
    only: frozenset[Role] | None = None
    """Roles, where rights do not tell."""
    also: tuple[Right, ...] = ()
    """What the operation's objects ask for besides; every role with one of `rights` has it, a key has to name it."""
    refusal: int = 403
    platform: int | None = None
    """The answer at the platform's own host, where it differs."""
    tests: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may."""
        if self.only is not None:
            return self.only
        return frozenset(role for role in Role if not self.rights or ROLE_RIGHTS[role] & set(self.rights))


def public(**more: Any) -> Row:
    """Answers everybody alike, signed in or not."""
    return Row(PUBLIC, **more)


def signed_in(**more: Any) -> Row:
    """Pages of the account: any user, member or not; strangers are sent to sign in."""
    return Row(SIGNED_IN, **more)


def member(*rights: Right, **more: Any) -> Row:
    """Pages: strangers are sent to sign in, users of other vendors get 404, members without a right 403."""
    return Row(MEMBER, rights, **more)


def operator(**more: Any) -> Row:
    """Below /ops/: 404 at every vendor's host, operators only at the platform's."""
    return Row(OPERATOR, **more)


def api(*rights: Right, **more: Any) -> Row:
    """Operations: 401 without a key or membership of this vendor, 403 without a right."""
    return Row(API, rights, **more)


def elsewhere(tests: str) -> Row:
    """Received in ways of its own, which the file `tests` walks through."""
    return Row(ELSEWHERE, tests=tests)


ACCOUNT = {
    # Names of allauth. Signed-in people are sent on from the pages of strangers, hence the codes.
    "account_login": public(),
    "account_logout": signed_in(),
    "account_inactive": public(),
    "account_signup": public(),
    "account_reauthenticate": signed_in(),
    "account_email": signed_in(),
    "account_email_verification_sent": public(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(code=302),
    "account_reset_password": public(),
    "account_confirm_login_code": public(code=302),
    "account_confirm_email": public(values={"key": "nonsense"}),
    "account_reset_password_from_key_done": public(),
    "account_reset_password_from_key": public(values={"uidb36": "1", "key": "nonsense"}),
    "account_reset_password_done": public(),
    "mfa_index": signed_in(),
    "mfa_authenticate": public(code=302),
    "mfa_reauthenticate": signed_in(code=302),
    "mfa_activate_totp": signed_in(code=302),
    "mfa_deactivate_totp": signed_in(code=404),
    "mfa_view_recovery_codes": signed_in(code=404),
    "mfa_generate_recovery_codes": signed_in(code=302),
    "mfa_download_recovery_codes": signed_in(code=404),
    "mfa_list_webauthn": signed_in(),
    "mfa_add_webauthn": signed_in(code=302),
    "mfa_reauthenticate_webauthn": signed_in(code=302),
    "mfa_remove_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_edit_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_login_webauthn": public(code=302),
    "usersessions_list": signed_in(),
}

WEB = {
    "web:brand": public(values={"slug": "acme"}, platform=404),
    "web:icon": public(values={"slug": "acme"}, platform=404),
    "web:manifest": public(values={"slug": "acme"}, platform=404),
    "web:theme": public(method="POST", code=302),
    "web:language": public(method="POST", code=302),
    "web:menu": signed_in(),
    "web:offline": public(),
    "web:gallery": member(only=VENDOR_ROLES, refusal=404),
}

TEAM = (Right.TEAM_MANAGE, Right.OWN_TEAM_MANAGE)
MEMBERSHIP = {"membership_id": "identity.Membership"}
INVITATION = {"invitation_id": "identity.Invitation"}
OF_PARTNER = {"role": Role.PARTNER_SALES.value, "partner": "own"}

SHARED = {
    "shared:root": elsewhere("tests/portal/test_places.py"),
    "shared:switch": signed_in(),
    "shared:session_start": elsewhere("tests/portal/test_places.py"),
    "shared:session_handoff": elsewhere("tests/portal/test_places.py"),
    "shared:session_accept": elsewhere("tests/portal/test_places.py"),
    "shared:invitation": elsewhere("tests/portal/test_invitations.py"),
    "shared:profile": signed_in(),
    "shared:team": member(*TEAM),
    "shared:team_invite": member(*TEAM),
    "shared:member_role": member(*TEAM, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER}),
    "shared:member_deactivate": member(*TEAM, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER}),
    "shared:member_reactivate": member(
        *TEAM, method="POST", code=302, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER | {"is_active": False}}
    ),
    "shared:invitation_resend": member(
        *TEAM, method="POST", code=302, ids=INVITATION, make={"invitation_id": OF_PARTNER}
    ),
    "shared:invitation_revoke": member(*TEAM, ids=INVITATION, make={"invitation_id": OF_PARTNER}),
    "shared:api_keys": member(Right.API_KEYS_MANAGE),
    "shared:api_key_new": member(Right.API_KEYS_MANAGE),
    "shared:api_key_end": member(Right.API_KEYS_MANAGE, ids={"api_key_id": "identity.ApiKey"}),
}

PARTNER = {"partner_id": "partners.Partner"}
PROGRAM = {"program_id": "rebates.Program"}
WHAT_IF = {"what_if_id": "rebates.WhatIfRun"}
DRAFT = {"program_id": "draft"}
ACCRUAL = {"accrual_id": "rebates.Accrual"}
STATEMENT = {"statement_id": "rebates.Statement"}
PREPARED = {"statement_id": "prepared statement"}
LINE = {"line_id": "rebates.StatementLine"}
REVIEWED = {"statement_id": "reviewed statement"}
REVIEWED_LINE = {"line_id": "reviewed line"}
DISPUTE = {"dispute_id": "rebates.Dispute"}
EVIDENCE = {"file_id": "evidence"}
SETTLEMENT = {"settlement_id": "rebates.Settlement"}
PAYMENT = {"payment_id": "rebates.Payment"}
BANK_RESULT = {"result_id": "rebates.BankResult"}
BANK_ACCOUNT = {"account_id": "partners.BankAccount"}
SALE = {"sale_id": "commerce.SaleLine"}
PRODUCT = {"product_id": "commerce.Product"}
IMPORT = {"import_id": "imports.Import"}
EXPORT = {"export_id": "exports.Export"}
COLUMN_SET = {"column_set_id": "exports.ColumnSet"}
QUARTER = {"kind": "quarter", "key": "2026-Q3"}

EARNINGS = Right.OWN_EARNINGS_VIEW
OWN_STATEMENTS = Right.OWN_STATEMENTS_VIEW
REVIEW = Right.OWN_STATEMENTS_REVIEW

PARTNERS_PAGES = {
    "partner:home": member(EARNINGS),
    "partner:earnings": member(EARNINGS),
    "partner:earning": member(EARNINGS, ids=ACCRUAL),
    "partner:what_if": member(EARNINGS),
    "partner:programs": member(EARNINGS),
    "partner:statements": member(OWN_STATEMENTS),
    "partner:statement": member(OWN_STATEMENTS, ids=STATEMENT),
    "partner:statement_line": member(OWN_STATEMENTS, ids=STATEMENT | LINE),
    "partner:statement_agree": member(REVIEW, method="POST", code=302, ids=REVIEWED),
    "partner:statement_pdf": member(OWN_STATEMENTS, ids=STATEMENT),
    "partner:dispute_new": member(REVIEW, ids=REVIEWED | REVIEWED_LINE),
    "partner:disputes": member(OWN_STATEMENTS),
    "partner:dispute": member(OWN_STATEMENTS, ids=DISPUTE),
    "partner:dispute_answer": member(REVIEW, ids=DISPUTE),
    "partner:dispute_withdraw": member(REVIEW, method="POST", code=302, ids=DISPUTE),
    "partner:dispute_escalate": member(REVIEW, ids=DISPUTE),
    "partner:dispute_file": member(OWN_STATEMENTS, ids=DISPUTE | EVIDENCE),
    "partner:payments": member(OWN_STATEMENTS),
    "partner:account_new": member(Right.OWN_ACCOUNT_EDIT),
    "partner:deduction": member(Right.OWN_ACCOUNT_EDIT, ids=PAYMENT),
}


def vendors_pages(surface: str) -> dict[str, Row | list[Row]]:
    """Pages that manager and finance have both."""
    return {
        f"{surface}:{name}": row
        for name, row in {
            "accruals": member(Right.ACCRUALS_VIEW),
            "accrual": member(Right.ACCRUALS_VIEW, ids=ACCRUAL),
            "accrual_why": member(Right.ACCRUALS_VIEW, ids=ACCRUAL),
            "partner_earnings": member(Right.ACCRUALS_VIEW, ids=PARTNER),
            "exceptions": member(Right.ACCRUALS_VIEW),
            "imports": member(Right.IMPORTS_RUN),
            "import_new": member(Right.IMPORTS_RUN),
            "import": member(Right.IMPORTS_RUN, ids=IMPORT),
            "import_run": member(Right.IMPORTS_RUN, method="POST", code=422, ids=IMPORT),
            "import_progress": member(Right.IMPORTS_RUN, code=204, ids=IMPORT),
            "import_refused": member(Right.IMPORTS_RUN, ids=IMPORT),
            "import_undo": member(Right.IMPORTS_RUN, ids=IMPORT),
            "sales": member(Right.SALES_VIEW),
            "sale": member(Right.SALES_VIEW, ids=SALE),
            "rates": member(Right.RATES_VIEW),
            "rate_new": member(Right.RATES_EDIT),
            "programs": member(Right.PROGRAMS_VIEW),
            "program": member(Right.PROGRAMS_VIEW, ids=PROGRAM),
            "program_what_if": member(Right.ACCRUALS_VIEW, ids=PROGRAM),
            "what_if_run": member(Right.ACCRUALS_VIEW, ids=WHAT_IF),
            "what_if_partners": member(Right.ACCRUALS_VIEW, ids=WHAT_IF),
            "program_json": member(Right.PROGRAMS_VIEW, ids=PROGRAM, values={"number": 1}),
            "statements": member(Right.STATEMENTS_VIEW),
            "statement": member(Right.STATEMENTS_VIEW, ids=STATEMENT),
            "statement_line": member(Right.STATEMENTS_VIEW, ids=STATEMENT | LINE),
            "statement_why": member(Right.STATEMENTS_VIEW, ids=STATEMENT | LINE),
            "statement_pdf": member(Right.STATEMENTS_VIEW, ids=STATEMENT),
            "disputes": member(Right.STATEMENTS_VIEW),
            "dispute": member(Right.STATEMENTS_VIEW, ids=DISPUTE),
            "dispute_file": member(Right.STATEMENTS_VIEW, ids=DISPUTE | EVIDENCE),
        }.items()
    }


MANAGERS_PAGES = {
    "manager:home": member(Right.PARTNERS_VIEW),
    "manager:partners": member(Right.PARTNERS_VIEW),
    "manager:partner_new": member(Right.PARTNERS_EDIT),
    "manager:partner": member(Right.PARTNERS_VIEW, ids=PARTNER),
    "manager:partner_edit": member(Right.PARTNERS_EDIT, ids=PARTNER),
    "manager:partner_status": member(Right.PARTNERS_EDIT, ids=PARTNER, values={"verb": "suspend"}),
    "manager:partner_account": member(Right.ACCOUNTS_EDIT, ids=PARTNER),
    "manager:partner_payout": member(Right.SETTLEMENTS_EDIT, ids=PARTNER),
    "manager:tier_new": member(Right.PARTNERS_EDIT, ids=PARTNER),
    "manager:tier_remove": member(
        Right.PARTNERS_EDIT, method="POST", code=302, ids=PARTNER | {"change_id": "partners.TierChange"}
    ),
    "manager:products": member(Right.PRODUCTS_VIEW),
    "manager:product_new": member(Right.PRODUCTS_EDIT),
    "manager:product_edit": member(Right.PRODUCTS_EDIT, ids=PRODUCT),
    "manager:program_new": member(Right.PROGRAMS_EDIT),
    "manager:program_import": member(Right.PROGRAMS_EDIT),
    "manager:program_templates": member(Right.PROGRAMS_EDIT),
    "manager:program_preview": member(Right.PROGRAMS_EDIT, method="POST"),
    "manager:program_preview_cost": member(Right.PROGRAMS_EDIT, method="POST"),
    "manager:program_edit": member(Right.PROGRAMS_EDIT, ids=DRAFT),
    "manager:program_cost": member(Right.PROGRAMS_EDIT, ids=DRAFT),
    "manager:program_publish": member(Right.PROGRAMS_PUBLISH, ids=DRAFT),
    "manager:program_amendment": member(Right.PROGRAMS_EDIT, ids=DRAFT),
    "manager:program_booked": member(Right.ACCRUALS_VIEW, ids=PROGRAM, values={"number": 1}),
    "manager:program_end": member(Right.PROGRAMS_PUBLISH, ids=PROGRAM),
    "manager:program_discard": member(Right.PROGRAMS_EDIT, ids=DRAFT),
    **vendors_pages("manager"),
}

FINANCES_PAGES = {
    "finance:home": member(Right.STATEMENTS_VIEW),
    "finance:period": member(Right.STATEMENTS_VIEW, values=QUARTER),
    "finance:closing": member(Right.STATEMENTS_VIEW, ids={"run_id": "rebates.CloseRun"}),
    "finance:period_close": member(Right.PERIODS_CLOSE, values=QUARTER),
    "finance:statements_approve": member(Right.STATEMENTS_APPROVE, method="POST", code=302),
    "finance:statement_approve": member(Right.STATEMENTS_APPROVE, method="POST", code=302, ids=PREPARED),
    "finance:dispute_acknowledge": member(Right.DISPUTES_DECIDE, method="POST", code=302, ids=DISPUTE),
    "finance:dispute_ask": member(Right.DISPUTES_DECIDE, ids=DISPUTE),
    "finance:dispute_decide": member(Right.DISPUTES_DECIDE, ids=DISPUTE),
    "finance:dispute_escalate": member(Right.DISPUTES_DECIDE, ids=DISPUTE),
    "finance:review_settings": member(Right.SETTINGS_EDIT),
    "finance:settlements": member(Right.STATEMENTS_VIEW),
    "finance:settlement_new": member(Right.SETTLEMENTS_EDIT),
    "finance:settlement": member(Right.STATEMENTS_VIEW, ids=SETTLEMENT),
    "finance:settlement_export": member(
        Right.SETTLEMENTS_EDIT, method="POST", ids=SETTLEMENT, values={"format": "csv"}
    ),
    "finance:settlement_pay": member(Right.SETTLEMENTS_PAY, ids=SETTLEMENT),
    "finance:settlement_preview": member(Right.SETTLEMENTS_EDIT, method="POST"),
    "finance:payments": member(Right.STATEMENTS_VIEW),
    "finance:payment": member(Right.STATEMENTS_VIEW, ids=PAYMENT),
    "finance:payment_act": member(
        Right.SETTLEMENTS_PAY, Right.SETTLEMENTS_EDIT, ids=PAYMENT, values={"verb": "failed"}
    ),
    "finance:bank_results": member(Right.SETTLEMENTS_PAY),
    "finance:bank_result_new": member(Right.SETTLEMENTS_PAY),
    "finance:bank_result": member(Right.SETTLEMENTS_PAY, ids=BANK_RESULT),
    "finance:bank_result_apply": member(Right.SETTLEMENTS_PAY, method="POST", code=302, ids=BANK_RESULT),
    "finance:bank_result_applying": member(Right.SETTLEMENTS_PAY, code=204, ids=BANK_RESULT),
    "finance:bank_result_file": member(Right.SETTLEMENTS_PAY, ids=BANK_RESULT),
    "finance:clawbacks": member(Right.STATEMENTS_VIEW),
    "finance:accounts": member(Right.ACCOUNTS_EDIT),
    "finance:account_new": member(Right.SETTLEMENTS_EDIT),
    "finance:account_numbers": member(Right.SETTLEMENTS_EDIT),
    "finance:account_confirm": member(Right.ACCOUNTS_CONFIRM, ids=BANK_ACCOUNT),
    "finance:account_reject": member(Right.ACCOUNTS_CONFIRM, ids=BANK_ACCOUNT),
    "finance:exports": member(Right.EXPORTS_RUN),
    "finance:export_new": member(Right.EXPORTS_RUN),
    "finance:export_file": member(Right.EXPORTS_RUN, ids=EXPORT),
    "finance:export_cancel": member(Right.EXPORTS_RUN, method="POST", code=302, ids=EXPORT),
    "finance:export_retry": member(Right.EXPORTS_RUN, method="POST", code=302, ids=EXPORT),
    "finance:column_sets": member(Right.EXPORTS_RUN),
    "finance:column_set_new": member(Right.EXPORTS_RUN, values={"kind": "sales"}),
    "finance:column_set": member(Right.EXPORTS_RUN, ids=COLUMN_SET),
    "finance:column_set_remove": member(Right.EXPORTS_RUN, ids=COLUMN_SET),
    "finance:provisions": member(Right.STATEMENTS_VIEW),
    "finance:provisions_update": member(Right.PERIODS_CLOSE, method="POST", code=302),
    "finance:provision": member(Right.PERIODS_CLOSE, ids=DRAFT),
    "finance:books": member(Right.PERIODS_CLOSE),
    "finance:rebuild": member(Right.PERIODS_CLOSE, method="POST", code=302),
    "finance:targets": member(Right.PROGRAMS_VIEW),
    "manager:targets": member(Right.PROGRAMS_VIEW),
    "finance:liability": member(Right.STATEMENTS_VIEW),
    "finance:liability_csv": member(Right.STATEMENTS_VIEW),
    "finance:leakage": member(Right.STATEMENTS_VIEW),
    "finance:leakage_csv": member(Right.STATEMENTS_VIEW),
    "finance:leakage_run": member(Right.STATEMENTS_VIEW, method="POST", code=302),
    "finance:as_of": member(Right.STATEMENTS_VIEW),
    "finance:as_of_journals": member(Right.STATEMENTS_VIEW, code=404),
    "finance:audit": member(Right.AUDIT_VIEW),
    **vendors_pages("finance"),
}


def post(*rights: Right, **more: Any) -> Row:
    """An operation that writes; the empty body of the test is refused, unless the row says what else comes."""
    return api(*rights, method="POST", **{"code": 422, **more})


PARTNERS_VIEW = (Right.PARTNERS_VIEW, EARNINGS)
ACCRUALS_VIEW = (Right.ACCRUALS_VIEW, EARNINGS)
STATEMENTS_VIEW = (Right.STATEMENTS_VIEW, OWN_STATEMENTS)
SALES_VIEW = (Right.SALES_VIEW, EARNINGS)
ACCOUNT_EDITORS = (Right.ACCOUNTS_EDIT, Right.OWN_ACCOUNT_EDIT)

OPERATIONS: dict[str, Row | list[Row]] = {
    "api:schema": public(platform=404),
    "api:docs": public(platform=404),
    "api:partners": [api(*PARTNERS_VIEW), post(Right.PARTNERS_EDIT)],
    "api:partner": [
        api(*PARTNERS_VIEW, ids=PARTNER),
        api(Right.PARTNERS_EDIT, method="PATCH", also=(Right.PARTNERS_VIEW,), ids=PARTNER),
    ],
    "api:partner-status": post(Right.PARTNERS_EDIT, ids=PARTNER),
    "api:partner-tiers": [api(*PARTNERS_VIEW, ids=PARTNER), post(Right.PARTNERS_EDIT, ids=PARTNER)],
    "api:partner-tier": api(
        Right.PARTNERS_EDIT,
        method="DELETE",
        code=204,
        also=(Right.PARTNERS_VIEW,),
        ids=PARTNER | {"tier_id": "partners.TierChange"},
    ),
    "api:products": [api(Right.PRODUCTS_VIEW), post(Right.PRODUCTS_EDIT)],
    "api:product": [
        api(Right.PRODUCTS_VIEW, ids=PRODUCT),
        api(Right.PRODUCTS_EDIT, method="PATCH", also=(Right.PRODUCTS_VIEW,), ids=PRODUCT),
    ],
    "api:exchange-rates": [api(Right.RATES_VIEW), post(Right.RATES_EDIT)],
    "api:sales": [api(*SALES_VIEW), post(Right.SALES_EDIT)],
    "api:sale-batch": post(Right.SALES_EDIT),
    "api:sale": api(*SALES_VIEW, ids=SALE),
    "api:programs": [api(Right.PROGRAMS_VIEW), post(Right.PROGRAMS_EDIT)],
    "api:program": api(Right.PROGRAMS_VIEW, ids=PROGRAM),
    "api:program-versions": [api(Right.PROGRAMS_VIEW, ids=PROGRAM), post(Right.PROGRAMS_EDIT, ids=PROGRAM)],
    "api:program-version": api(Right.PROGRAMS_VIEW, ids=PROGRAM, values={"number": 1}),
    "api:program-draft": [
        api(Right.PROGRAMS_EDIT, method="DELETE", code=204, ids=DRAFT),
        api(Right.PROGRAMS_EDIT, method="PUT", code=422, ids=DRAFT),
    ],
    "api:program-publish": post(Right.PROGRAMS_PUBLISH, code=200, also=(Right.PROGRAMS_VIEW,), ids=DRAFT),
    "api:program-request-amendment": post(Right.PROGRAMS_PUBLISH, ids=DRAFT),
    "api:program-end": post(Right.PROGRAMS_PUBLISH, ids=PROGRAM),
    "api:program-what-ifs": [
        api(Right.ACCRUALS_VIEW, also=(Right.PROGRAMS_VIEW,), ids=PROGRAM),
        post(Right.ACCRUALS_VIEW, code=201, also=(Right.PROGRAMS_VIEW,), ids=PROGRAM),
    ],
    "api:what-if": api(Right.ACCRUALS_VIEW, also=(Right.PROGRAMS_VIEW,), ids=WHAT_IF),
    "api:what-if-partners": api(Right.ACCRUALS_VIEW, also=(Right.PROGRAMS_VIEW,), ids=WHAT_IF),
    "api:accruals": api(*ACCRUALS_VIEW),
    "api:accrual-totals": api(*ACCRUALS_VIEW),
    "api:accrual": api(*ACCRUALS_VIEW, ids=ACCRUAL),
    "api:accrual-lines": api(*ACCRUALS_VIEW, ids=ACCRUAL),
    "api:adjustments": api(*ACCRUALS_VIEW),
    "api:sale-exceptions": api(Right.ACCRUALS_VIEW),
    "api:own-earnings": api(EARNINGS),
    "api:own-earnings-what-if": post(EARNINGS),
    "api:own-earnings-unpaid": api(EARNINGS),
    "api:partner-earnings": api(*ACCRUALS_VIEW, ids=PARTNER),
    "api:partner-earnings-unpaid": api(*ACCRUALS_VIEW, ids=PARTNER),
    "api:periods": api(Right.STATEMENTS_VIEW),
    "api:period-checklist": api(Right.PERIODS_CLOSE, values=QUARTER),
    "api:closes": api(Right.STATEMENTS_VIEW),
    "api:close": api(Right.STATEMENTS_VIEW, ids={"run_id": "rebates.CloseRun"}),
    "api:period-close": post(Right.PERIODS_CLOSE, code=409, values=QUARTER),
    "api:statements": api(*STATEMENTS_VIEW),
    "api:statement-totals": api(*STATEMENTS_VIEW),
    "api:statement-approve": post(Right.STATEMENTS_APPROVE),
    "api:statement": api(*STATEMENTS_VIEW, ids=STATEMENT),
    "api:statement-payments": api(*STATEMENTS_VIEW, ids=STATEMENT),
    "api:statement-lines": api(*STATEMENTS_VIEW, ids=STATEMENT),
    "api:statement-line-sales": api(*STATEMENTS_VIEW, ids={"statement_line_id": "rebates.StatementLine"}),
    "api:statement-agree": post(REVIEW, code=200, ids=REVIEWED),
    "api:statement-pdf": api(*STATEMENTS_VIEW, ids=STATEMENT),
    "api:disputes": [api(*STATEMENTS_VIEW), post(REVIEW)],
    "api:dispute": api(*STATEMENTS_VIEW, ids=DISPUTE),
    "api:dispute-entries": [api(*STATEMENTS_VIEW, ids=DISPUTE), post(Right.DISPUTES_DECIDE, REVIEW, ids=DISPUTE)],
    "api:dispute-files": post(REVIEW, code=415, ids=DISPUTE),
    "api:dispute-file": api(*STATEMENTS_VIEW, ids=DISPUTE | EVIDENCE),
    "api:dispute-acknowledge": post(Right.DISPUTES_DECIDE, code=200, ids=DISPUTE),
    "api:dispute-decide": post(Right.DISPUTES_DECIDE, ids=DISPUTE),
    "api:dispute-withdraw": post(REVIEW, code=200, ids=DISPUTE),
    "api:dispute-escalate": post(Right.DISPUTES_DECIDE, REVIEW, ids=DISPUTE),
    "api:targets": api(Right.PROGRAMS_VIEW),
    "api:leakage": api(Right.STATEMENTS_VIEW),
    "api:leakage-runs": [api(Right.STATEMENTS_VIEW), post(Right.STATEMENTS_VIEW, code=202)],
    "api:leakage-run": api(Right.STATEMENTS_VIEW, ids={"run_id": "rebates.LeakageRun"}),
    "api:liability": api(Right.STATEMENTS_VIEW),
    "api:liability-months": api(Right.STATEMENTS_VIEW),
    "api:as-of-balances": api(Right.STATEMENTS_VIEW),
    "api:as-of-totals": api(Right.STATEMENTS_VIEW),
    "api:as-of-journals": api(Right.STATEMENTS_VIEW, code=422),
    "api:as-of-versions": api(Right.PROGRAMS_VIEW),
    "api:settlements": [api(Right.STATEMENTS_VIEW), post(Right.SETTLEMENTS_EDIT)],
    "api:settlement": api(Right.STATEMENTS_VIEW, ids=SETTLEMENT),
    "api:settlement-exports": post(Right.SETTLEMENTS_EDIT, ids=SETTLEMENT),
    "api:settlement-export-file": api(
        Right.SETTLEMENTS_EDIT, also=(Right.STATEMENTS_VIEW,), ids=SETTLEMENT, values={"format": "csv"}
    ),
    "api:settlement-paid": post(Right.SETTLEMENTS_PAY, ids=SETTLEMENT),
    "api:payments": api(*STATEMENTS_VIEW),
    "api:payment": api(*STATEMENTS_VIEW, ids=PAYMENT),
    "api:payment-lines": api(*STATEMENTS_VIEW, ids=PAYMENT),
    "api:payment-paid": post(Right.SETTLEMENTS_PAY, ids=PAYMENT),
    "api:payment-failed": post(Right.SETTLEMENTS_PAY, ids=PAYMENT),
    "api:payment-reversed": post(Right.SETTLEMENTS_PAY, ids=PAYMENT),
    "api:payment-retry": post(Right.SETTLEMENTS_EDIT, code=409, ids=PAYMENT),
    "api:payment-goods-order": post(Right.SETTLEMENTS_EDIT, ids=PAYMENT),
    "api:payment-deduction": post(Right.OWN_ACCOUNT_EDIT, code=409, data={"document": "INV-1"}, ids=PAYMENT),
    "api:bank-results": [api(Right.SETTLEMENTS_PAY), post(Right.SETTLEMENTS_PAY, code=415)],
    "api:bank-result": api(Right.SETTLEMENTS_PAY, ids=BANK_RESULT),
    "api:bank-result-entries": api(Right.SETTLEMENTS_PAY, ids=BANK_RESULT),
    "api:bank-result-apply": post(Right.SETTLEMENTS_PAY, ids=BANK_RESULT),
    "api:partner-payout-choice": [
        api(*STATEMENTS_VIEW, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
        api(Right.SETTLEMENTS_EDIT, method="PUT", code=422, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
    ],
    "api:clawbacks": api(Right.STATEMENTS_VIEW),
    "api:bank-accounts": [api(*ACCOUNT_EDITORS), post(*ACCOUNT_EDITORS)],
    "api:bank-account": api(*ACCOUNT_EDITORS, ids=BANK_ACCOUNT),
    "api:bank-account-confirm": post(Right.ACCOUNTS_CONFIRM, code=200, ids=BANK_ACCOUNT),
    "api:bank-account-reject": post(Right.ACCOUNTS_CONFIRM, ids=BANK_ACCOUNT),
    "api:imports": [api(Right.IMPORTS_RUN), post(Right.IMPORTS_RUN, code=415)],
    "api:import": api(Right.IMPORTS_RUN, also=(Right.SALES_EDIT,), ids=IMPORT),
    "api:import-preview": api(Right.IMPORTS_RUN, also=(Right.SALES_EDIT,), ids=IMPORT),
    "api:import-start": post(Right.IMPORTS_RUN, also=(Right.SALES_EDIT,), code=200, ids=IMPORT),
    "api:import-errors": api(Right.IMPORTS_RUN, also=(Right.SALES_EDIT,), ids=IMPORT),
    "api:import-undo": post(Right.IMPORTS_RUN, also=(Right.SALES_EDIT,), code=409, ids=IMPORT),
    "api:export-kinds": api(Right.EXPORTS_RUN),
    "api:exports": [api(Right.EXPORTS_RUN), post(Right.EXPORTS_RUN)],
    "api:export": api(Right.EXPORTS_RUN, also=(Right.SALES_VIEW,), ids=EXPORT),
    "api:export-cancel": post(Right.EXPORTS_RUN, also=(Right.SALES_VIEW,), code=409, ids=EXPORT),
    "api:export-retry": post(Right.EXPORTS_RUN, also=(Right.SALES_VIEW,), code=409, ids=EXPORT),
    "api:export-file": api(Right.EXPORTS_RUN, also=(Right.SALES_VIEW,), ids=EXPORT),
    "api:column-sets": [api(Right.EXPORTS_RUN), post(Right.EXPORTS_RUN)],
    "api:column-set": [
        api(Right.EXPORTS_RUN, also=(Right.SALES_VIEW,), ids=COLUMN_SET),
        api(Right.EXPORTS_RUN, method="PUT", code=422, also=(Right.SALES_VIEW,), ids=COLUMN_SET),
        api(Right.EXPORTS_RUN, method="DELETE", code=204, also=(Right.SALES_VIEW,), ids=COLUMN_SET),
    ],
    "api:memberships": api(*TEAM),
    "api:invitations": api(*TEAM),
    "api:audit-entries": api(Right.AUDIT_VIEW),
}

ROWS: dict[str, Row | list[Row]] = {
    **ACCOUNT,
    **WEB,
    **SHARED,
    **PARTNERS_PAGES,
    **MANAGERS_PAGES,
    **FINANCES_PAGES,
    **OPERATIONS,
}
ROWS: dict[str, Row | list[Row]] = {}
for found in iter_modules(matrix.__path__):
    rows = getattr(import_module(f"{matrix.__name__}.{found.name}"), "ROWS", {})
    assert not rows.keys() & ROWS.keys(), f"{found.name} has rows that another module has"
    ROWS.update(rows)
