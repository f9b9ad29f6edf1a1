"""The tenant's stylesheet, its web app manifest and its icon."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.html import escape
from django.views.decorators.http import require_safe

from prm.web import theme

YEAR = 31_536_000


@require_safe
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    """The colours of this host's tenant; the address carries the colour, so it may be kept for ever."""
    tenant = _tenant(request, slug)
    response = HttpResponse(theme.stylesheet(tenant.brand_color), content_type="text/css; charset=utf-8")
    _cache(request, response, tenant.brand_color)
    return response


@require_safe
def icon_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """The tenant's mark as a square icon."""
    tenant = _tenant(request, slug)
    light = theme.light(theme.parse(tenant.brand_color))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
        f'<rect width="512" height="512" rx="112" fill="{light["brand"]}"/>'
        '<text x="256" y="348" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" '
        f'font-size="260" fill="{light["on-brand"]}">{escape(tenant.name[:1].upper())}</text></svg>'
    )
    response = HttpResponse(svg, content_type="image/svg+xml")
    _cache(request, response, tenant.brand_color)
    return response


@require_safe
def manifest(request: HttpRequest, slug: str) -> JsonResponse:
    """What a phone needs to put the portal on its home screen."""
    tenant = _tenant(request, slug)
    version = tenant.brand_color.lstrip("#").lower()
    body = {
        "name": tenant.name,
        "short_name": tenant.name[:12],
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f7f8fa",
        "theme_color": "#f7f8fa",
        "icons": [
            {"src": f"{reverse('web:icon', args=[slug])}?v={version}", "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json")


def _tenant(request: HttpRequest, slug: str):  # type: ignore[no-untyped-def]
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.slug != slug:
        raise Http404
    return tenant


def _cache(request: HttpRequest, response: HttpResponse, color: str) -> None:
    if request.GET.get("v") == color.lstrip("#").lower():
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(response, no_cache=True)
