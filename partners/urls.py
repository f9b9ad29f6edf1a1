"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, applications, partners

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<uuid:partner_id>/", partners.PartnerDetail.as_view(), name="partner"),
    path("partners/<uuid:partner_id>/status/", partners.PartnerStatusChange.as_view(), name="partner-status"),
    path("partners/<uuid:partner_id>/tiers/", partners.PartnerTiers.as_view(), name="partner-tiers"),
    path("partners/<uuid:partner_id>/tiers/<uuid:tier_id>/", partners.PartnerTierDetail.as_view(), name="partner-tier"),
    path("applications/", applications.Applications.as_view(), name="applications"),
    path("applications/<uuid:application_id>/", applications.ApplicationDetail.as_view(), name="application"),
    path("applications/<uuid:application_id>/take/", applications.ApplicationTake.as_view(), name="application-take"),
    path("applications/<uuid:application_id>/ask/", applications.ApplicationAsk.as_view(), name="application-ask"),
    path(
        "applications/<uuid:application_id>/approve/",
        applications.ApplicationApprove.as_view(),
        name="application-approve",
    ),
    path(
        "applications/<uuid:application_id>/reject/",
        applications.ApplicationReject.as_view(),
        name="application-reject",
    ),
    path("bank-accounts/", accounts.BankAccounts.as_view(), name="bank-accounts"),
    path("bank-accounts/<uuid:account_id>/", accounts.BankAccountDetail.as_view(), name="bank-account"),
    path(
        "bank-accounts/<uuid:account_id>/confirm/",
        accounts.BankAccountConfirm.as_view(),
        name="bank-account-confirm",
    ),
    path("bank-accounts/<uuid:account_id>/reject/", accounts.BankAccountReject.as_view(), name="bank-account-reject"),
]
