"""Addresses of partner companies below /api/v1/."""

from __future__ import annotations

from django.urls import path

from partners.api import accounts, agreements, applications, certificates, onboarding, partners, profile
from partners.api import accounts, partners, plans, scorecards

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
    path("partners/<uuid:partner_id>/profile/", profile.PartnerProfileDetail.as_view(), name="partner-profile"),
    path("partners/<uuid:partner_id>/locations/", profile.PartnerLocations.as_view(), name="partner-locations"),
    path(
        "partners/<uuid:partner_id>/locations/<uuid:location_id>/",
        profile.PartnerLocationDetail.as_view(),
        name="partner-location",
    ),
    path(
        "partners/<uuid:partner_id>/specialisations/",
        profile.PartnerSpecialisations.as_view(),
        name="partner-specialisations",
    ),
    path(
        "partners/<uuid:partner_id>/certified-people/",
        certificates.PartnerCertified.as_view(),
        name="partner-certified-people",
    ),
    path("partners/<uuid:partner_id>/endings/", certificates.PartnerEndings.as_view(), name="partner-endings"),
    path("certifications/", certificates.Certifications.as_view(), name="certifications"),
    path("certificates/", certificates.Certificates.as_view(), name="certificates"),
    path("certificates/<uuid:certificate_id>/", certificates.CertificateDetail.as_view(), name="certificate"),
    path(
        "certificates/<uuid:certificate_id>/revoke/",
        certificates.CertificateRevoke.as_view(),
        name="certificate-revoke",
    ),
    path("onboarding-templates/", onboarding.OnboardingTemplates.as_view(), name="onboarding-templates"),
    path("onboarding-plans/", onboarding.OnboardingPlans.as_view(), name="onboarding-plans"),
    path("onboarding-plans/<uuid:plan_id>/", onboarding.OnboardingPlanDetail.as_view(), name="onboarding-plan"),
    path("onboarding-tasks/<uuid:task_id>/do/", onboarding.OnboardingTaskDo.as_view(), name="onboarding-task-do"),
    path(
        "onboarding-tasks/<uuid:task_id>/waive/",
        onboarding.OnboardingTaskWaive.as_view(),
        name="onboarding-task-waive",
    ),
    path(
        "onboarding-tasks/<uuid:task_id>/reopen/",
        onboarding.OnboardingTaskReopen.as_view(),
        name="onboarding-task-reopen",
    ),
    path("specialisations/", profile.Specialisations.as_view(), name="specialisations"),
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
    path("bank-accounts/<uuid:account_id>/stop/", accounts.BankAccountStop.as_view(), name="bank-account-stop"),
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
