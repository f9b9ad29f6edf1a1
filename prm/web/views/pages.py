"""The menu as a page (for readers without scripts) and the page shown without a network."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def menu(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/shared/menu.html")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/offline.html")
