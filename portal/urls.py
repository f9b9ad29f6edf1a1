"""The pages. A surface's addresses are its own; what all surfaces share begins at `/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("p/", include("portal.partner.urls")),
    path("m/", include("portal.manager.urls")),
    path("f/", include("portal.finance.urls")),
    path("", include("portal.public.urls")),
    path("", include("portal.shared.urls")),
]
