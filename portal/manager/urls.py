from django.urls import path

<<<<<<< HEAD
from portal.manager import overview, partners, products, program_form, programs
=======
from portal.manager import amendments, overview, partners, products, programs
>>>>>>> main
from portal.shared import accruals, bank_accounts, disputes, exceptions, imports, rates, sales, statements, targets
from portal.shared import programs as shared_programs

app_name = "manager"

urlpatterns = [
    path("targets/", targets.targets, name="targets"),
    path("", overview.overview, name="home"),
    path("partners/", partners.directory, name="partners"),
    path("partners/new/", partners.create, name="partner_new"),
    path("partners/<uuid:partner_id>/", partners.detail, name="partner"),
    path("partners/<uuid:partner_id>/edit/", partners.edit, name="partner_edit"),
    path("partners/<uuid:partner_id>/account/", bank_accounts.partners_new, name="partner_account"),
    path("partners/<uuid:partner_id>/payout/", bank_accounts.payout_choice, name="partner_payout"),
    path("partners/<uuid:partner_id>/<slug:verb>/", partners.status, name="partner_status"),
    path("partners/<uuid:partner_id>/tiers/new/", partners.tier_add, name="tier_new"),
    path("partners/<uuid:partner_id>/tiers/<uuid:change_id>/remove/", partners.tier_remove, name="tier_remove"),
    path("products/", products.catalog, name="products"),
    path("products/new/", products.create, name="product_new"),
    path("products/<uuid:product_id>/", products.edit, name="product_edit"),
    path("rates/", rates.rates, name="rates"),
    path("rates/new/", rates.rate_add, name="rate_new"),
    path("sales/", sales.sales, name="sales"),
    path("sales/<int:sale_id>/", sales.sale, name="sale"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:import_id>/", imports.import_page, name="import"),
    path("imports/<uuid:import_id>/run/", imports.import_run, name="import_run"),
    path("imports/<uuid:import_id>/progress/", imports.import_watch, name="import_progress"),
    path("imports/<uuid:import_id>/refused.csv", imports.import_refused, name="import_refused"),
    path("imports/<uuid:import_id>/undo/", imports.import_take_back, name="import_undo"),
    path("programs/", shared_programs.programs, name="programs"),
    path("programs/new/", program_form.create, name="program_new"),
    path("programs/import/", programs.import_json, name="program_import"),
    path("programs/templates/", program_form.templates, name="program_templates"),
    path("programs/preview/", program_form.preview, name="program_preview"),
    path("programs/preview/cost/", program_form.preview_cost, name="program_preview_cost"),
    path("programs/<uuid:program_id>/", shared_programs.program, name="program"),
    path("programs/<uuid:program_id>/v<int:number>.json", shared_programs.program_json, name="program_json"),
    path("programs/<uuid:program_id>/edit/", program_form.edit, name="program_edit"),
    path("programs/<uuid:program_id>/cost/", programs.cost, name="program_cost"),
    path("programs/<uuid:program_id>/publish/", programs.publish, name="program_publish"),
    path("programs/<uuid:program_id>/amendment/", amendments.amendment, name="program_amendment"),
    path("programs/<uuid:program_id>/v<int:number>/adjustments/", amendments.booked, name="program_booked"),
    path("programs/<uuid:program_id>/end/", programs.end, name="program_end"),
    path("programs/<uuid:program_id>/discard/", programs.discard, name="program_discard"),
    path("accruals/", accruals.accruals, name="accruals"),
    path("accruals/<uuid:accrual_id>/", accruals.accrual, name="accrual"),
    path("accruals/<uuid:accrual_id>/why/", accruals.accrual_why, name="accrual_why"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/files/<uuid:file_id>/", disputes.evidence, name="dispute_file"),
    path("statements/<uuid:statement_id>/lines/<uuid:line_id>/", statements.statement_line, name="statement_line"),
]
