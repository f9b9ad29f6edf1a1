"""Rights and ids that many rows name."""

from __future__ import annotations

from prm.identity.rights import Right, Role

TEAM = (Right.TEAM_MANAGE, Right.OWN_TEAM_MANAGE)
MEMBERSHIP = {"membership_id": "identity.Membership"}
INVITATION = {"invitation_id": "identity.Invitation"}
OF_PARTNER = {"role": Role.PARTNER_SALES.value, "partner": "own"}

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

PARTNERS_VIEW = (Right.PARTNERS_VIEW, EARNINGS)
ACCRUALS_VIEW = (Right.ACCRUALS_VIEW, EARNINGS)
STATEMENTS_VIEW = (Right.STATEMENTS_VIEW, OWN_STATEMENTS)
SALES_VIEW = (Right.SALES_VIEW, EARNINGS)
ACCOUNT_EDITORS = (Right.ACCOUNTS_EDIT, Right.OWN_ACCOUNT_EDIT)
