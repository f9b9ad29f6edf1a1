from __future__ import annotations

from django.urls import path

from portal.partner import disputes, earnings, home, leaving, payments, programs, statements, what_if
from portal.shared import bank_accounts

app_name = "partner"
urlpatterns = [
    path("", home.home, name="home"),
    path("earnings/", earnings.overview, name="earnings"),
    path("earnings/what-if/", what_if.what_if_page, name="what_if"),
    path("earnings/<uuid:accrual_id>/", earnings.detail, name="earning"),
    path("programs/", programs.programs, name="programs"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<uuid:statement_id>/", statements.detail, name="statement"),
    path("statements/<uuid:statement_id>/agree/", statements.agree, name="statement_agree"),
    path("statements/<uuid:statement_id>/statement.pdf", statements.pdf, name="statement_pdf"),
    path("statements/<uuid:statement_id>/lines/<uuid:line_id>/dispute/", disputes.dispute_new, name="dispute_new"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/answer/", disputes.answer, name="dispute_answer"),
    path("disputes/<uuid:dispute_id>/withdraw/", disputes.withdraw, name="dispute_withdraw"),
    path("disputes/<uuid:dispute_id>/escalate/", disputes.escalate, name="dispute_escalate"),
    path("disputes/<uuid:dispute_id>/files/<uuid:file_id>/", disputes.evidence, name="dispute_file"),
    path("statements/<uuid:statement_id>/lines/<uuid:line_id>/", statements.line, name="statement_line"),
    path("exit/", leaving.leaving, name="exit"),
    path("exit/data/<uuid:export_id>/", leaving.own_data, name="own_data"),
    path("payments/", payments.payments, name="payments"),
    path("payments/account/", bank_accounts.partners_own_new, name="account_new"),
    path("payments/<uuid:payment_id>/deduction/", payments.deduction, name="deduction"),
]
