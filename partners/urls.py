"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, partners, tiers

urlpatterns = [
    path("metrics/", tiers.Metrics.as_view(), name="metrics"),
    path("partners/<uuid:partner_id>/metric-facts/", tiers.MetricFacts.as_view(), name="metric-facts"),
    path("partners/<uuid:partner_id>/tier-standing/", tiers.PartnerStanding.as_view(), name="tier-standing"),
    path("partners/<uuid:partner_id>/tier-evaluations/", tiers.PartnerEvaluations.as_view(), name="tier-evaluations"),
    path("partners/<uuid:partner_id>/tier-simulation/", tiers.PartnerSimulation.as_view(), name="tier-simulation"),
    path("tier-tracks/", tiers.Tracks.as_view(), name="tier-tracks"),
    path("tier-tracks/<uuid:track_id>/draft/", tiers.TrackDraft.as_view(), name="tier-draft"),
    path("tier-tracks/<uuid:track_id>/backtests/", tiers.TrackBacktest.as_view(), name="tier-backtests"),
    path("tier-tracks/<uuid:track_id>/publish/", tiers.TrackPublish.as_view(), name="tier-publish"),
    path("tier-backtests/<uuid:backtest_id>/", tiers.BacktestDetail.as_view(), name="tier-backtest"),
    path(
        "tier-backtests/<uuid:backtest_id>/acknowledge/",
        tiers.BacktestAcknowledge.as_view(),
        name="tier-backtest-acknowledge",
    ),
    path("tier-schemes/", tiers.Schemes.as_view(), name="tier-schemes"),
    path("tier-schemes/<uuid:scheme_id>/", tiers.SchemeDetail.as_view(), name="tier-scheme"),
    path("tier-stays/", tiers.Stays.as_view(), name="tier-stays"),
    path("tier-appeals/", tiers.Appeals.as_view(), name="tier-appeals"),
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
]
