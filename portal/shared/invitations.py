"""Accepting an invitation: by signing in, or by opening an account with the address it was sent to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.shared.forms import attempt
from portal.shared.places import BACKEND
from prm.errors import NotFound
from prm.identity.middleware import SESSION_KEY
from prm.identity.models import Invitation, Membership
from prm.identity.selectors import account_exists
from prm.identity.services import invitation_accept, invitation_accept_as_new
from prm.identity.services.invitations import invitation_find


class NewAccountForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters."),
    )


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: Any, token: str) -> HttpResponse:
    if request.tenant is None:
        raise Http404
    try:
        found = invitation_find(token)
    except NotFound:
        return render(request, "portal/shared/invitations/gone.html", status=404)
    if request.user.is_authenticated:
        return _for_user(request, found, token)
    if account_exists(found.email):
        return render(request, "portal/shared/invitations/sign_in.html", {"invitation": found})
    return _for_stranger(request, found, token)


def _for_user(request: Any, found: Invitation, token: str) -> HttpResponse:
    if request.user.email.lower() != found.email:
        return render(request, "portal/shared/invitations/other.html", {"invitation": found})
    if request.method == "POST":
        return _welcome(request, invitation_accept(token=token, user=request.user))
    return render(request, "portal/shared/invitations/accept.html", {"invitation": found})


def _for_stranger(request: Any, found: Invitation, token: str) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    joined: list[Membership] = []

    def join(data: dict[str, Any]) -> None:
        joined.append(invitation_accept_as_new(token=token, locale=get_language() or "", **data))

    if request.method == "POST" and attempt(form, join):
        login(request, joined[0].user, backend=BACKEND)
        return _welcome(request, joined[0])
    context = {"invitation": found, "form": form}
    return render(request, "portal/shared/invitations/new.html", context, status=422 if form.errors else 200)


def _welcome(request: Any, membership: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = str(membership.pk)
    messages.success(request, _("Welcome to %(vendor)s.") % {"vendor": request.tenant.name})
    return redirect("shared:root")
