"""The product's addresses and a bare view beside them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from partners.models import Partner
from prm.urls import urlpatterns as product


def bare(request: HttpRequest) -> HttpResponse:
    """One indexed row, no template."""
    name = Partner.objects.values_list("name", flat=True).get(code="P1001")
    return HttpResponse(name, content_type="text/plain")


urlpatterns = [path("bare", bare), *product]
