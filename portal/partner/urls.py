from __future__ import annotations

from django.urls import path

from portal.partner import disputes, earnings, home, payments, programs, statements, tier, what_if
from portal.shared import bank_accounts
from portal.shared.plan_urls import own_plan, own_scorecard, plan_paths
from portal.shared.review_urls import review_paths

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
    path("tier/", tier.tier, name="tier"),
    path("tier/appeal/", tier.appeal_new, name="tier_appeal"),
    path("tier/appeals/<uuid:appeal_id>/withdraw/", tier.appeal_back, name="tier_appeal_withdraw"),
    path("tier/appeals/<uuid:appeal_id>/files/<uuid:file_id>/", tier.appeal_file, name="tier_appeal_file"),
    path("payments/", payments.payments, name="payments"),
    path("payments/account/", bank_accounts.partners_own_new, name="account_new"),
    path("payments/<uuid:payment_id>/deduction/", payments.deduction, name="deduction"),
    path("scorecard/", own_scorecard, name="own_scorecard"),
    path("plan/", own_plan, name="own_plan"),
    *plan_paths("partner"),
    *review_paths("partner"),
]
