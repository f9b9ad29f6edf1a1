"""Addresses under /api/. Each app lists its own below v1/; see docs/howto/use-the-api.md."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from prm.api import views

app_name = "api"

APPS = [
    "partners",
    "commerce",
    "rebates",
    "prm.imports",
    "prm.exports",
    "prm.identity",
    "prm.notifications",
    "prm.audit",
    "prm.ledger",
]

urlpatterns = [
    path("schema/", views.schema, name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema", throttle_classes=[]), name="docs"),
    path("v1/", include([path("", include(f"{app}.urls")) for app in APPS])),
]
