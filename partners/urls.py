"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, partners, plans, scorecards

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
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/<uuid:plan_id>/", plans.PlanDetail.as_view(), name="plan"),
    path("plans/<uuid:plan_id>/status/", plans.PlanStep.as_view(), name="plan-status"),
    path("plans/<uuid:plan_id>/versions/", plans.PlanVersions.as_view(), name="plan-versions"),
    path("plans/<uuid:plan_id>/goals/", plans.PlanGoals.as_view(), name="plan-goals"),
    path("plans/<uuid:plan_id>/goals/<uuid:goal_id>/", plans.PlanGoalDetail.as_view(), name="plan-goal"),
    path("plans/<uuid:plan_id>/goals/<uuid:goal_id>/entries/", plans.GoalEntries.as_view(), name="goal-entries"),
    path("plans/<uuid:plan_id>/actions/", plans.PlanActions.as_view(), name="plan-actions"),
    path("actions/", plans.Actions.as_view(), name="actions"),
    path("actions/<uuid:action_id>/", plans.ActionDetail.as_view(), name="action"),
    path("scorecards/", scorecards.Scorecards.as_view(), name="scorecards"),
    path("scores/", scorecards.Scores.as_view(), name="scores"),
    path("partners/<uuid:partner_id>/figures/", scorecards.PartnerFigures.as_view(), name="partner-figures"),
    path("reviews/", scorecards.Reviews.as_view(), name="reviews"),
    path("reviews/<uuid:review_id>/", scorecards.ReviewDetail.as_view(), name="review"),
    path("reviews/<uuid:review_id>/share/", scorecards.ReviewShare.as_view(), name="review-share"),
    path("reviews/<uuid:review_id>/pack/", scorecards.ReviewPackDetail.as_view(), name="review-pack"),
]
