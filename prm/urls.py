"""Every address of the product. A new one needs a row in tests/contracts/role_matrix.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("ops/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", include("prm.api.urls")),
    path("", include("prm.web.urls")),
    path("", include("portal.urls")),
]
