from django.urls import path

from portal.finance import accruals_file, approvals, audit, close, disputes, reviews, settlements
from portal.shared import accruals, exceptions, imports, programs, rates, sales, statements
from portal.shared import disputes as shared_disputes

app_name = "finance"

urlpatterns = [
    path("", close.periods, name="home"),
    path("periods/<slug:kind>/<str:key>/", close.period, name="period"),
    path("periods/<slug:kind>/<str:key>/close/", close.close, name="period_close"),
    path("accruals/", accruals.accruals, name="accruals"),
    path("accruals/accruals.csv", accruals_file.accruals_csv, name="accruals_csv"),
    path("accruals/<uuid:accrual_id>/", accruals.accrual, name="accrual"),
    path("statements/", statements.statements, name="statements"),
    path("statements/approve/", approvals.approve, name="statements_approve"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/approve/", approvals.approve_one, name="statement_approve"),
    path("statements/<uuid:statement_id>/lines/<uuid:line_id>/", statements.statement_line, name="statement_line"),
    path("statements/<uuid:statement_id>/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("disputes/", shared_disputes.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/", shared_disputes.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/files/<uuid:file_id>/", shared_disputes.evidence, name="dispute_file"),
    path("disputes/<uuid:dispute_id>/acknowledge/", disputes.acknowledge, name="dispute_acknowledge"),
    path("disputes/<uuid:dispute_id>/ask/", disputes.ask, name="dispute_ask"),
    path("disputes/<uuid:dispute_id>/decide/", disputes.decide, name="dispute_decide"),
    path("disputes/<uuid:dispute_id>/escalate/", disputes.escalate, name="dispute_escalate"),
    path("reviews/settings/", reviews.settings, name="review_settings"),
    path("settlements/", settlements.settlements, name="settlements"),
    path("settlements/new/", settlements.prepare, name="settlement_new"),
    path("settlements/<uuid:settlement_id>/", settlements.settlement, name="settlement"),
    path("settlements/<uuid:settlement_id>/export/<slug:format>/", settlements.export, name="settlement_export"),
    path("settlements/<uuid:settlement_id>/paid/", settlements.pay, name="settlement_pay"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:import_id>/", imports.import_page, name="import"),
    path("imports/<uuid:import_id>/run/", imports.import_run, name="import_run"),
    path("imports/<uuid:import_id>/progress/", imports.import_watch, name="import_progress"),
    path("imports/<uuid:import_id>/refused.csv", imports.import_refused, name="import_refused"),
    path("imports/<uuid:import_id>/undo/", imports.import_take_back, name="import_undo"),
    path("sales/", sales.sales, name="sales"),
    path("sales/<int:sale_id>/", sales.sale, name="sale"),
    path("rates/", rates.rates, name="rates"),
    path("rates/new/", rates.rate_add, name="rate_new"),
    path("programs/", programs.programs, name="programs"),
    path("programs/<uuid:program_id>/", programs.program, name="program"),
    path("programs/<uuid:program_id>/v<int:number>.json", programs.program_json, name="program_json"),
    path("audit/", audit.trail, name="audit"),
]
