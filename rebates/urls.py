"""Addresses of programs and money below /api/v1/."""

from __future__ import annotations

from django.urls import path

from rebates.api import (
    accruals,
    disputes,
    earnings,
    payments,
    periods,
    programs,
    reports,
    settlements,
    statements,
    targets,
)

urlpatterns = [
    path("programs/", programs.Programs.as_view(), name="programs"),
    path("programs/<uuid:program_id>/", programs.ProgramDetail.as_view(), name="program"),
    path("programs/<uuid:program_id>/versions/", programs.ProgramVersions.as_view(), name="program-versions"),
    path(
        "programs/<uuid:program_id>/versions/<int:number>/",
        programs.ProgramVersionDetail.as_view(),
        name="program-version",
    ),
    path("programs/<uuid:program_id>/draft/", programs.ProgramDraft.as_view(), name="program-draft"),
    path("programs/<uuid:program_id>/publish/", programs.ProgramPublish.as_view(), name="program-publish"),
    path(
        "programs/<uuid:program_id>/request-amendment/",
        programs.ProgramAmendmentRequest.as_view(),
        name="program-request-amendment",
    ),
    path("programs/<uuid:program_id>/end/", programs.ProgramEnd.as_view(), name="program-end"),
    path("targets/", targets.Targets.as_view(), name="targets"),
    path("accruals/", accruals.Accruals.as_view(), name="accruals"),
    path("accruals/totals/", accruals.AccrualTotals.as_view(), name="accrual-totals"),
    path("accruals/<uuid:accrual_id>/", accruals.AccrualDetail.as_view(), name="accrual"),
    path("accruals/<uuid:accrual_id>/lines/", accruals.AccrualLines.as_view(), name="accrual-lines"),
    path("adjustments/", accruals.Adjustments.as_view(), name="adjustments"),
    path("sale-exceptions/", accruals.SaleExceptions.as_view(), name="sale-exceptions"),
    path("earnings/", earnings.OwnEarnings.as_view(), name="own-earnings"),
    path("partners/<uuid:partner_id>/earnings/", earnings.PartnerEarnings.as_view(), name="partner-earnings"),
    path("periods/", periods.Periods.as_view(), name="periods"),
    path("periods/<str:kind>/<str:key>/checklist/", periods.PeriodChecklist.as_view(), name="period-checklist"),
    path("periods/<str:kind>/<str:key>/close/", periods.PeriodClose.as_view(), name="period-close"),
    path("statements/", statements.Statements.as_view(), name="statements"),
    path("statements/totals/", statements.StatementTotals.as_view(), name="statement-totals"),
    path("statements/approve/", statements.StatementApprove.as_view(), name="statement-approve"),
    path("statements/<uuid:statement_id>/", statements.StatementDetail.as_view(), name="statement"),
    path("statements/<uuid:statement_id>/agree/", statements.StatementAgree.as_view(), name="statement-agree"),
    path("statements/<uuid:statement_id>/pdf/", statements.StatementPDF.as_view(), name="statement-pdf"),
    path("statements/<uuid:statement_id>/lines/", statements.StatementLines.as_view(), name="statement-lines"),
    path(
        "statement-lines/<uuid:statement_line_id>/sales/",
        statements.StatementLineSales.as_view(),
        name="statement-line-sales",
    ),
    path("disputes/", disputes.Disputes.as_view(), name="disputes"),
    path("disputes/<uuid:dispute_id>/", disputes.DisputeDetail.as_view(), name="dispute"),
    path("disputes/<uuid:dispute_id>/entries/", disputes.DisputeEntries.as_view(), name="dispute-entries"),
    path("disputes/<uuid:dispute_id>/files/", disputes.DisputeFiles.as_view(), name="dispute-files"),
    path(
        "disputes/<uuid:dispute_id>/files/<uuid:file_id>/", disputes.DisputeFileContent.as_view(), name="dispute-file"
    ),
    path("disputes/<uuid:dispute_id>/acknowledge/", disputes.DisputeAcknowledge.as_view(), name="dispute-acknowledge"),
    path("disputes/<uuid:dispute_id>/decide/", disputes.DisputeDecide.as_view(), name="dispute-decide"),
    path("disputes/<uuid:dispute_id>/withdraw/", disputes.DisputeWithdraw.as_view(), name="dispute-withdraw"),
    path("disputes/<uuid:dispute_id>/escalate/", disputes.DisputeEscalate.as_view(), name="dispute-escalate"),
    path("liability/", reports.LiabilityReport.as_view(), name="liability"),
    path("liability/months/", reports.LiabilityMonths.as_view(), name="liability-months"),
    path("as-of/balances/", reports.AsOfBalances.as_view(), name="as-of-balances"),
    path("as-of/totals/", reports.AsOfTotals.as_view(), name="as-of-totals"),
    path("as-of/journals/", reports.AsOfJournals.as_view(), name="as-of-journals"),
    path("as-of/versions/", reports.AsOfVersions.as_view(), name="as-of-versions"),
    path("settlements/", settlements.Settlements.as_view(), name="settlements"),
    path("settlements/<uuid:settlement_id>/", settlements.SettlementDetail.as_view(), name="settlement"),
    path(
        "settlements/<uuid:settlement_id>/exports/", settlements.SettlementExports.as_view(), name="settlement-exports"
    ),
    path(
        "settlements/<uuid:settlement_id>/exports/<str:format>/",
        settlements.SettlementExportFile.as_view(),
        name="settlement-export-file",
    ),
    path("settlements/<uuid:settlement_id>/paid/", settlements.SettlementPaid.as_view(), name="settlement-paid"),
    path("payments/", payments.Payments.as_view(), name="payments"),
    path("payments/<uuid:payment_id>/", payments.PaymentDetail.as_view(), name="payment"),
    path("payments/<uuid:payment_id>/lines/", payments.PaymentLines.as_view(), name="payment-lines"),
    path("payments/<uuid:payment_id>/paid/", payments.PaymentPaid.as_view(), name="payment-paid"),
    path("payments/<uuid:payment_id>/failed/", payments.PaymentFailed.as_view(), name="payment-failed"),
    path("payments/<uuid:payment_id>/reversed/", payments.PaymentReversed.as_view(), name="payment-reversed"),
    path("payments/<uuid:payment_id>/retry/", payments.PaymentRetry.as_view(), name="payment-retry"),
    path("payments/<uuid:payment_id>/goods-order/", payments.PaymentGoodsOrder.as_view(), name="payment-goods-order"),
    path("payments/<uuid:payment_id>/deduction/", payments.PaymentDeduction.as_view(), name="payment-deduction"),
    path("clawbacks/", payments.Clawbacks.as_view(), name="clawbacks"),
]
