"""Pages of a person rather than of a member: they work at every vendor and on the platform's own host."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.shared.forms import attempt
from portal.shared.pages import done, form_response
from prm.identity.services import profile_update

View = Callable[..., HttpResponse]


def account_page(view: View) -> View:
    """Strangers are sent to sign in; nothing is kept by caches."""

    @login_required
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    locale = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the device")), *settings.LANGUAGES],
        help_text=gettext_lazy("Also of the mails you get."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=lambda: [("", _("As the vendor")), *((zone, zone) for zone in _zones())],
    )


def _zones() -> list[str]:
    """Places and UTC; the database's old names (`Cuba`, `Factory`, `Etc/GMT+5`) mislead."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    return sorted(places | {"UTC"})


@require_http_methods(["GET", "POST"])
@account_page
def profile(request: Any) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "locale": user.locale, "time_zone": user.time_zone}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and attempt(form, lambda data: profile_update(user=user, **data)):
        with translation.override(user.locale or translation.get_language()):
            response = done(request, request.path, _("Your profile was saved."))
        _remember_language(response, user.locale)
        return response
    return form_response(request, "portal/shared/account/profile.html", {}, form)


def _remember_language(response: HttpResponse, locale: str) -> None:
    """The choice of the profile wins over what this device was told earlier."""
    if not locale:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, locale, max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
