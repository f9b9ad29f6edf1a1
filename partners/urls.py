"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners import accounts_api, api

urlpatterns = [
    path("partners/", api.Partners.as_view(), name="partners"),
    path("partners/<uuid:partner_id>/", api.PartnerDetail.as_view(), name="partner"),
    path("partners/<uuid:partner_id>/status/", api.PartnerStatusChange.as_view(), name="partner-status"),
    path("partners/<uuid:partner_id>/tiers/", api.PartnerTiers.as_view(), name="partner-tiers"),
    path("partners/<uuid:partner_id>/tiers/<uuid:tier_id>/", api.PartnerTierDetail.as_view(), name="partner-tier"),
    path("bank-accounts/", accounts_api.BankAccounts.as_view(), name="bank-accounts"),
    path("bank-accounts/<uuid:account_id>/", accounts_api.BankAccountDetail.as_view(), name="bank-account"),
    path(
        "bank-accounts/<uuid:account_id>/confirm/",
        accounts_api.BankAccountConfirm.as_view(),
        name="bank-account-confirm",
    ),
    path(
        "bank-accounts/<uuid:account_id>/reject/", accounts_api.BankAccountReject.as_view(), name="bank-account-reject"
    ),
]
