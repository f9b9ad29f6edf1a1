"""The tenant of a request comes from its host; the whole view runs in one transaction of that tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from prm.tenancy.context import tenant_context
from prm.tenancy.hosts import slug_of
from prm.tenancy.models import Tenant


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant = tenant = _tenant_of(request)  # type: ignore[attr-defined]
        if tenant is None:
            return self.get_response(request)
        with tenant_context(tenant):
            response = self.get_response(request)
            # Django and DRF turn exceptions into responses further in; without this their half-done work would commit.
            if response.status_code >= 400 or getattr(request, "rollback", False):
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """The operators' pages are at no vendor, the API at vendors only."""
        match = request.resolver_match
        place = match.app_names[0] if match is not None and match.app_names else ""
        if place == ("api" if request.tenant is None else "admin"):  # type: ignore[attr-defined]
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        request.rollback = True  # type: ignore[attr-defined]
        return None


def _tenant_of(request: HttpRequest) -> Tenant | None:
    slug = slug_of(request.get_host())
    if slug is None:
        return None
    tenant = Tenant.objects.filter(slug=slug, is_active=True).first()
    if tenant is None:
        raise Http404
    return tenant
