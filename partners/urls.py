"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, lifecycle, partners

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<uuid:partner_id>/", partners.PartnerDetail.as_view(), name="partner"),
    path("partners/<uuid:partner_id>/status/", partners.PartnerStatusChange.as_view(), name="partner-status"),
    path("partners/<uuid:partner_id>/tiers/", partners.PartnerTiers.as_view(), name="partner-tiers"),
    path("partners/<uuid:partner_id>/tiers/<uuid:tier_id>/", partners.PartnerTierDetail.as_view(), name="partner-tier"),
    path("bank-accounts/", accounts.BankAccounts.as_view(), name="bank-accounts"),
    path("bank-accounts/<uuid:account_id>/", accounts.BankAccountDetail.as_view(), name="bank-account"),
    path(
        "bank-accounts/<uuid:account_id>/confirm/",
        accounts.BankAccountConfirm.as_view(),
        name="bank-account-confirm",
    ),
    path("bank-accounts/<uuid:account_id>/reject/", accounts.BankAccountReject.as_view(), name="bank-account-reject"),
    path("suspensions/", lifecycle.Suspensions.as_view(), name="suspensions"),
    path("partners/<uuid:partner_id>/suspensions/", lifecycle.PartnerSuspensions.as_view(), name="partner-suspensions"),
    path("suspensions/<uuid:suspension_id>/lift/", lifecycle.SuspensionLift.as_view(), name="suspension-lift"),
    path("exits/", lifecycle.Exits.as_view(), name="exits"),
    path("partners/<uuid:partner_id>/exits/", lifecycle.PartnerExits.as_view(), name="partner-exits"),
    path("exits/<uuid:exit_id>/checklist/", lifecycle.ExitChecks.as_view(), name="exit-checklist"),
    path("exits/<uuid:exit_id>/waivers/", lifecycle.ExitWaivers.as_view(), name="exit-waivers"),
    path("exits/<uuid:exit_id>/finish/", lifecycle.ExitFinish.as_view(), name="exit-finish"),
    path("exits/<uuid:exit_id>/cancel/", lifecycle.ExitCancel.as_view(), name="exit-cancel"),
    path("renewals/", lifecycle.Renewals.as_view(), name="renewals"),
    path("renewals/<uuid:renewal_id>/decision/", lifecycle.RenewalDecision.as_view(), name="renewal-decision"),
    path("directory-views/", lifecycle.DirectoryViews.as_view(), name="directory-views"),
    path("directory-views/<uuid:view_id>/", lifecycle.DirectoryViewDetail.as_view(), name="directory-view"),
    path("bulk-runs/", lifecycle.BulkRuns.as_view(), name="bulk-runs"),
    path("bulk-runs/<uuid:run_id>/undo/", lifecycle.BulkRunUndo.as_view(), name="bulk-run-undo"),
]
