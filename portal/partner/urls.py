from __future__ import annotations

from django.urls import path

from portal.partner import earnings, home, payments, programs, statements
from portal.shared import bank_accounts

app_name = "partner"
urlpatterns = [
    path("", home.home, name="home"),
    path("earnings/", earnings.overview, name="earnings"),
    path("earnings/<uuid:accrual_id>/", earnings.detail, name="earning"),
    path("programs/", programs.programs, name="programs"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<uuid:statement_id>/", statements.detail, name="statement"),
    path("statements/<uuid:statement_id>/lines/<uuid:line_id>/", statements.line, name="statement_line"),
    path("payments/", payments.payments, name="payments"),
    path("payments/account/", bank_accounts.partners_own_new, name="account_new"),
    path("payments/<uuid:payment_id>/deduction/", payments.deduction, name="deduction"),
]
