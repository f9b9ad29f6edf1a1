"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, agreements, partners

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<uuid:partner_id>/", partners.PartnerDetail.as_view(), name="partner"),
    path("partners/<uuid:partner_id>/status/", partners.PartnerStatusChange.as_view(), name="partner-status"),
    path("partners/<uuid:partner_id>/tiers/", partners.PartnerTiers.as_view(), name="partner-tiers"),
    path("partners/<uuid:partner_id>/tiers/<uuid:tier_id>/", partners.PartnerTierDetail.as_view(), name="partner-tier"),
    path(
        "partners/<uuid:partner_id>/entitlements/",
        agreements.PartnerEntitlements.as_view(),
        name="partner-entitlements",
    ),
    path("agreement-templates/", agreements.AgreementTemplates.as_view(), name="agreement-templates"),
    path("agreements/", agreements.Agreements.as_view(), name="agreements"),
    path("agreements/<uuid:agreement_id>/", agreements.AgreementDetail.as_view(), name="agreement"),
    path("agreements/<uuid:agreement_id>/send/", agreements.AgreementSend.as_view(), name="agreement-send"),
    path("agreements/<uuid:agreement_id>/void/", agreements.AgreementVoid.as_view(), name="agreement-void"),
    path("agreements/<uuid:agreement_id>/agreement.pdf", agreements.AgreementPdf.as_view(), name="agreement-pdf"),
    path("bank-accounts/", accounts.BankAccounts.as_view(), name="bank-accounts"),
    path("bank-accounts/<uuid:account_id>/", accounts.BankAccountDetail.as_view(), name="bank-account"),
    path(
        "bank-accounts/<uuid:account_id>/confirm/",
        accounts.BankAccountConfirm.as_view(),
        name="bank-account-confirm",
    ),
    path("bank-accounts/<uuid:account_id>/reject/", accounts.BankAccountReject.as_view(), name="bank-account-reject"),
]
