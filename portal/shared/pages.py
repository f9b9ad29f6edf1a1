"""What the pages of the vendor's two surfaces share: the frame, going on after a post, the question before an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.shared.forms import attempt


def surface_of(request: HttpRequest) -> str:
    """The surface a shared page is shown on; also the namespace of its addresses."""
    match = request.resolver_match
    return match.namespace if match is not None else ""


def here(request: HttpRequest, name: str, *args: Any) -> str:
    """The address of a page of this surface."""
    return reverse(f"{surface_of(request)}:{name}", args=args)


def page_response(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page in the frame of the surface it was asked on."""
    surface = surface_of(request)
    frame = {"surface": surface, "frame": f"portal/{surface}/base.html"}
    return render(request, template, {**frame, **(context or {})}, status=status)


def form_response(
    request: HttpRequest, template: str, context: Mapping[str, Any], form: forms.BaseForm
) -> HttpResponse:
    """A page with a form: 422 when the form was sent and refused."""
    return page_response(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def done(request: HttpRequest, url: str, text: str) -> HttpResponse:
    """Go on to `url` and say what was done there."""
    messages.success(request, text)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def confirmed(
    request: HttpRequest,
    form: forms.Form,
    *,
    do: Callable[[dict[str, Any]], Any],
    page: Mapping[str, Any],
    then: str,
    text: str,
) -> HttpResponse:
    """The question before an act, as a page of its own: `page` gives title, text, submit, back, and danger for red.

    The same form stands in a dialog of the page it is asked from; this page serves readers without scripts, and
    refusals.
    """
    if request.method == "POST" and attempt(form, do):
        return done(request, then, text)
    return form_response(request, "portal/shared/confirm.html", dict(page), form)
