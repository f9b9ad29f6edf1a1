"""Addresses of the team below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prm.identity import api

urlpatterns = [
    path("memberships/", api.Memberships.as_view(), name="memberships"),
    path("invitations/", api.Invitations.as_view(), name="invitations"),
]
