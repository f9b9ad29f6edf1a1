"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners import api

urlpatterns = [
    path("partners/", api.Partners.as_view(), name="partners"),
    path("partners/<uuid:partner_id>/", api.PartnerDetail.as_view(), name="partner"),
    path("partners/<uuid:partner_id>/status/", api.PartnerStatusChange.as_view(), name="partner-status"),
    path("partners/<uuid:partner_id>/tiers/", api.PartnerTiers.as_view(), name="partner-tiers"),
    path("partners/<uuid:partner_id>/tiers/<uuid:tier_id>/", api.PartnerTierDetail.as_view(), name="partner-tier"),
]
