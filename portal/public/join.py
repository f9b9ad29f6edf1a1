"""The door for strangers: which partners are wanted, beginning an application, finding the way back to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partners.recruitment.fields import fields_of, steps_of, text_in
from partners.selectors.recruitment import form_open, forms_open
from partners.services.applications import application_start, links_send
from partners.services.recruitment import forms_begin, visit_count
from portal.public.guard import GuardedForm, is_too_often, opened_now
from portal.shared.forms import attempt
from prm.identity.actor import Actor

STRANGER = Actor.system("application form")
STARTS_AN_HOUR = 10
SEEN = "join_seen"
SEEN_SECONDS = 12 * 3600


class StartForm(GuardedForm):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail at work"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        help_text=gettext_lazy("We send a link there, by which you can come back at any time."),
    )  # fmt: skip


class AgainForm(GuardedForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the application"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )  # fmt: skip


@require_safe
def forms_list(request: Any) -> HttpResponse:
    if request.tenant is None:
        raise Http404
    found = forms_open()
    if not found:
        forms_begin()
        found = forms_open()
    language = get_language() or "en"
    shown = [{"slug": one.form.slug, **texts_of(one.definition, language)} for one in found]
    return render(request, "portal/public/join/list.html", {"forms": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def form_page(request: Any, slug: str) -> HttpResponse:
    """What is offered and asked; sending the address begins the application."""
    version = _version(request, slug)
    language = get_language() or "en"
    fields = fields_of(version.definition, language)
    form = StartForm(request.POST or None, initial={"opened": opened_now()})
    if request.method == "POST":
        if is_too_often(request, "start", limit=STARTS_AN_HOUR):
            return render(request, "portal/public/too_often.html", status=429)
        if form.is_trapped:
            return render(request, "portal/public/join/mailed.html")
        made: list[str] = []
        referrer = request.GET.get("ref", "")[:254]
        if attempt(form, lambda data: made.append(_start(slug, data["email"], language, referrer))):
            return redirect("public:application_step", made[0], steps_of(fields)[0])
        _stamp(form)
    context = {
        **texts_of(version.definition, language), "form": form, "slug": slug, "steps": steps_of(fields),
        "needed": [field for field in fields if field.required], "hours": version.definition["response_hours"],
    }  # fmt: skip
    response = render(request, "portal/public/join/form.html", context, status=422 if form.errors else 200)
    return _counted(request, response, version.form_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def again(request: Any) -> HttpResponse:
    """A new link for who has lost it. The answer is the same for every address."""
    if request.tenant is None:
        raise Http404
    form = AgainForm(request.POST or None, initial={"opened": opened_now()})
    if request.method == "POST":
        if is_too_often(request, "again", limit=STARTS_AN_HOUR):
            return render(request, "portal/public/too_often.html", status=429)
        if form.is_trapped or attempt(form, lambda data: links_send(actor=STRANGER, email=data["email"])):
            return render(request, "portal/public/join/mailed.html")
        _stamp(form)
    return render(request, "portal/public/join/again.html", {"form": form}, status=422 if form.errors else 200)


def texts_of(definition: Any, language: str) -> dict[str, str]:
    return {name: text_in(definition[name], language) for name in ("title", "intro")}


def _version(request: Any, slug: str) -> Any:
    if request.tenant is None:
        raise Http404
    forms_begin()
    return form_open(slug)


def _start(slug: str, email: str, language: str, referrer: str) -> str:
    return application_start(actor=STRANGER, slug=slug, email=email, language=language, referrer=referrer)


def _stamp(form: forms.Form) -> None:
    """A refused form is shown anew, so its time begins anew."""
    data: Any = form.data
    form.data = data.copy()
    form.data["opened"] = opened_now()  # type: ignore[index]


def _counted(request: Any, response: HttpResponse, form_id: Any) -> HttpResponse:
    """Count a browser once; the cookie says that it was here, not who it is."""
    name = f"{SEEN}_{form_id.hex[:8]}"
    if request.method == "GET" and name not in request.COOKIES:
        visit_count(form_id=form_id)
        secure = request.is_secure()
        response.set_cookie(
            name, "1", max_age=SEEN_SECONDS, path="/join/", samesite="Lax", httponly=True, secure=secure
        )
    return response
