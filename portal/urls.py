"""The pages. A surface's addresses are its own; `/` sends everybody to where they work."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portal.shared.entrance import entrance

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance, name="home"),
    path("p/", include("portal.partner.urls")),
    path("m/", include("portal.manager.urls")),
    path("f/", include("portal.finance.urls")),
]
