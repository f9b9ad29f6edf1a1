"""Addresses under /api/. Each app lists its own below v1/; see docs/howto/use-the-api.md."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

app_name = "api"

APPS = ["partners", "commerce", "rebates", "prm.imports", "prm.identity", "prm.audit"]

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/", include([path("", include(f"{app}.urls")) for app in APPS])),
]
