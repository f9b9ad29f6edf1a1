"""Every address of the product. A new one needs a row in tests/contracts/matrix/."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from prm.web.conf import HANDLERS

urlpatterns: list[URLPattern | URLResolver] = [
    path("ops/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", include("prm.api.urls")),
    path("", include("prm.web.urls")),
    path("", include("portal.urls")),
]
if settings.PRM_MAIL_CATCHER:
    urlpatterns.append(path("mails/", include("prm.local.mail_urls")))

handler400, handler403, handler404, handler500 = (HANDLERS[status] for status in (400, 403, 404, 500))
