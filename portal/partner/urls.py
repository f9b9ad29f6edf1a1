from __future__ import annotations

from django.urls import path

from portal.partner import (
    certificates,
    company,
    disputes,
    earnings,
    home,
    onboarding,
    payments,
    programs,
    statements,
    what_if,
)
from portal.partner import agreements, disputes, earnings, home, payments, programs, statements, what_if
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
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<uuid:agreement_id>/", agreements.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/sign/", agreements.sign, name="agreement_sign"),
    path("agreements/<uuid:agreement_id>/decline/", agreements.decline, name="agreement_decline"),
    path("agreements/<uuid:agreement_id>/notice/", agreements.notice, name="agreement_notice"),
    path("agreements/<uuid:agreement_id>/agreement.pdf", agreements.agreement_pdf, name="agreement_pdf"),
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
    path("onboarding/", onboarding.onboarding, name="onboarding"),
    path("onboarding/tasks/<uuid:task_id>/", onboarding.task, name="onboarding_task"),
    path("onboarding/tasks/<uuid:task_id>/file/", onboarding.file, name="onboarding_file"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/file/", certificates.evidence, name="certificate_file"),
    path("company/", company.company, name="company"),
    path("company/edit/", company.profile, name="company_edit"),
    path("company/specialisations/", company.specialisations, name="company_specialisations"),
    path("company/locations/new/", company.location_new, name="location_new"),
    path("company/locations/<uuid:location_id>/", company.location, name="location"),
    path("company/locations/<uuid:location_id>/remove/", company.location_remove, name="location_remove"),
    path("tier/", tier.tier, name="tier"),
    path("tier/appeal/", tier.appeal_new, name="tier_appeal"),
    path("tier/appeals/<uuid:appeal_id>/withdraw/", tier.appeal_back, name="tier_appeal_withdraw"),
    path("tier/appeals/<uuid:appeal_id>/files/<uuid:file_id>/", tier.appeal_file, name="tier_appeal_file"),
    path("payments/", payments.payments, name="payments"),
    path("payments/account/", bank_accounts.partners_own_new, name="account_new"),
    path("payments/account/<uuid:account_id>/stop/", bank_accounts.own_stop, name="account_stop"),
    path("payments/<uuid:payment_id>/deduction/", payments.deduction, name="deduction"),
    path("scorecard/", own_scorecard, name="own_scorecard"),
    path("plan/", own_plan, name="own_plan"),
    *plan_paths("partner"),
    *review_paths("partner"),
]
