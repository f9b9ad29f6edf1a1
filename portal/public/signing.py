"""Signing by the link of an invitation, and looking up whether a file is a signed agreement. Nobody signs in here."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.agreement_consent import consent_text
from partners.selectors.agreements import agreement_of_file, file_of, signers_with_signatures
from partners.services.agreement_signing import (
    agreement_decline_by_link,
    agreement_sign_by_link,
    agreement_view_by_link,
    signer_of_link,
)
from partners.states.agreements import OUT, SIGNER_ASKED
from portal.public.guard import is_too_often
from portal.shared.agreements import SignForm, shown_of, view_of, with_paths
from portal.shared.evidence import STRANGERS_LIMITS
from portal.shared.forms import ReasonForm, attempt
from prm.errors import Conflict, NotFound
from prm.files.responses import file_response

CHUNK = 1 << 20
CHECKS_AN_HOUR = 60


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("PDF file"), widget=forms.FileInput(attrs={"accept": ".pdf", **STRANGERS_LIMITS})
    )


@require_http_methods(["GET", "POST"])
@never_cache
def sign(request: Any, token: str) -> HttpResponse:
    """The document with the form below its end. Its page tells by `sign_opened` that somebody looks at it."""
    signer = _opened(request, token)
    if isinstance(signer, HttpResponse):
        return signer
    form = SignForm(request.POST or None, initial={"name": signer.name})

    def do(_data: dict[str, Any]) -> None:
        agreement_sign_by_link(token=token, proof=form.proof(request))

    if request.method == "POST" and attempt(form, do):
        return redirect("public:sign", token=token)
    return _page(request, token, signer, form)


@require_POST
def sign_opened(request: Any, token: str) -> HttpResponse:
    """Kept as the time of reading. Programs that follow the links of mails run no scripts, so they read nothing."""
    if request.tenant is None:
        raise Http404
    agreement_view_by_link(token=token)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@never_cache
def decline(request: Any, token: str) -> HttpResponse:
    signer = _opened(request, token)
    if isinstance(signer, HttpResponse):
        return signer
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda data: agreement_decline_by_link(token=token, **data)):
        return redirect("public:sign", token=token)
    context = {"agreement": signer.agreement, "form": form, "token": token}
    return render(request, "portal/public/signing/decline.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def sign_pdf(request: Any, token: str) -> HttpResponseBase:
    signer = _opened(request, token)
    return signer if isinstance(signer, HttpResponse) else file_response(file_of(signer.agreement))


@require_http_methods(["GET", "POST"])
@never_cache
def verify(request: Any) -> HttpResponse:
    """Whoever has a file learns whether it is an agreement as it was signed; whoever has none learns nothing."""
    if request.tenant is None:
        raise Http404
    form = VerifyForm(request.POST or None, request.FILES or None)
    checked, sha256 = None, ""
    if request.method == "POST" and is_too_often(request, "verify", limit=CHECKS_AN_HOUR):
        return render(request, "portal/public/too_often.html", {"back": request.path}, status=429)
    if request.method == "POST" and form.is_valid():
        digest = hashlib.sha256()
        for chunk in form.cleaned_data["file"].chunks(CHUNK):
            digest.update(chunk)
        sha256 = digest.hexdigest()
        checked = agreement_of_file(sha256)
    context = {"form": form, "checked": checked, "sha256": sha256}
    return render(request, "portal/public/signing/verify.html", context, status=422 if form.errors else 200)


def _opened(request: Any, token: str) -> Any:
    """The signer behind the link, or the page that says why it opens nothing."""
    if request.tenant is None:
        raise Http404
    try:
        return signer_of_link(token)
    except NotFound as refusal:
        return render(request, "portal/public/signing/gone.html", {"text": refusal.message}, status=404)
    except Conflict as refusal:
        return render(request, "portal/public/signing/gone.html", {"text": refusal.message}, status=410)


def _page(request: Any, token: str, signer: Any, form: SignForm) -> HttpResponse:
    agreement = signer.agreement
    agreement.refresh_from_db()
    context = {
        "agreement": agreement, "signer": signer, "form": form, "token": token, "consent": consent_text(),
        "shown": shown_of(agreement, view_of(request)), "signers": with_paths(signers_with_signatures(agreement)),
        "only_of": signer.pk, "waits": signer.status in SIGNER_ASKED and agreement.status in OUT,
    }  # fmt: skip
    return render(request, "portal/public/signing/sign.html", context, status=422 if form.errors else 200)
