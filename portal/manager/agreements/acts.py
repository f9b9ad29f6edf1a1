"""Questions before an act on an agreement, and the vendor's signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.agreement_consent import consent_text
from partners.selectors.agreements import agreement_get, agreement_signers, template_list
from partners.services.agreement_life import agreement_notice_give, agreement_terminate
from partners.services.agreement_signing import agreement_countersign
from partners.services.agreements import (
    agreement_amend,
    agreement_renew,
    agreement_resend,
    agreement_send,
    agreement_signer_change,
    agreement_void,
)
from partners.services.signing_todo import agreement_service_retry
from partners.states.agreements import AmendmentEffect
from portal.shared.agreements import SignForm, shown_of, view_of, with_paths
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.pages import confirmed, done, form_response
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


class TerminateForm(ReasonForm):
    last_day = DateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: today, until midnight.")
    )


class AmendForm(forms.Form):
    template_id = forms.ChoiceField(label=gettext_lazy("Template"))
    effect = forms.ChoiceField(label=gettext_lazy("What it does"), choices=AmendmentEffect.choices)

    def __init__(self, *args: Any, templates: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [(str(one.pk), f"{one.name} (v{one.published.number})") for one in templates if one.published]
        self.fields["template_id"].choices = options  # type: ignore[attr-defined]


class SignerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"))


@page(Right.AGREEMENTS_EDIT)
def send(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Send %(number)s to be signed?"), "submit": _("Send"),
        "text": _("The text is frozen. The first signer gets an invitation, the others in their turn."),
    }  # fmt: skip
    return _asked(
        request,
        agreement_id,
        _plain(request),
        do=agreement_send,
        page_=page_,
        text=_("Sent. The first signer is asked."),
    )


@page(Right.AGREEMENTS_EDIT)
def void(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Void %(number)s?"), "submit": _("Void"), "danger": True,
        "text": _("Links that signers have end. It cannot be taken back; a new draft can be made."),
    }  # fmt: skip
    return _asked(
        request, agreement_id, _reason(request), do=agreement_void, page_=page_, text=_("The agreement is void.")
    )


@page(Right.AGREEMENTS_EDIT)
def resend(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Ask the signer of %(number)s again?"), "submit": _("Ask once more"),
        "text": _("A new message with a new link; the old link ends."),
    }  # fmt: skip
    return _asked(
        request, agreement_id, _plain(request), do=agreement_resend, page_=page_, text=_("The signer was asked again.")
    )


@page(Right.AGREEMENTS_EDIT)
def service_retry(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Try %(number)s at the signing service again?"), "submit": _("Try again"),
        "text": _("The service is called at once, and again from time to time until it answers."),
    }  # fmt: skip
    text = _("The signing service is being asked.")
    return _asked(request, agreement_id, _plain(request), do=agreement_service_retry, page_=page_, text=text)


@page(Right.AGREEMENTS_EDIT)
def terminate(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Terminate %(number)s?"), "submit": _("Terminate"), "danger": True,
        "text": _("What it grants ends at midnight after the last day."),
    }  # fmt: skip
    form = TerminateForm(request.POST or None)
    return _asked(
        request, agreement_id, form, do=agreement_terminate, page_=page_, text=_("The termination is recorded.")
    )


@page(Right.AGREEMENTS_EDIT)
def notice(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Let %(number)s end with its term?"), "submit": _("Give notice"), "danger": True,
        "text": _("It no longer renews by itself."),
    }  # fmt: skip
    return _asked(
        request, agreement_id, _reason(request), do=agreement_notice_give, page_=page_, text=_("It ends with its term.")
    )


@page(Right.AGREEMENTS_EDIT)
def amend(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Amend %(number)s"), "submit": _("Make the draft"),
        "text": _("An amendment is signed like any agreement. Until it is, nothing changes."),
    }  # fmt: skip
    form = AmendForm(request.POST or None, templates=template_list(request.actor))
    made: list[Any] = []

    def do(**given: Any) -> None:
        made.append(agreement_amend(**given | {"template_id": UUID(given["template_id"])}))

    return _asked(
        request, agreement_id, form, do=do, page_=page_, text=_("The draft is ready to be edited."), made=made
    )


@page(Right.AGREEMENTS_EDIT)
def renew(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    page_ = {
        "title": _("Renew %(number)s"), "submit": _("Make the draft"),
        "text": _("A draft from the present text of the template, for the day after the end."),
    }  # fmt: skip
    made: list[Any] = []

    def do(**given: Any) -> None:
        made.append(agreement_renew(**given))

    text = _("The draft is ready to be edited.")
    return _asked(request, agreement_id, _plain(request), do=do, page_=page_, text=text, made=made)


@page(Right.AGREEMENTS_EDIT)
def signer(request: PortalRequest, agreement_id: UUID, position: int) -> HttpResponse:
    rows = agreement_signers(request.actor, agreement_id)
    place = next((one for one in rows if one.position == position and one.side == "partner"), None)
    if place is None:
        raise NotFound
    page_ = {
        "title": _("Who signs %(number)s?"), "submit": _("Save"),
        "text": _("If somebody is asked already, that link ends and the new person is asked."),
    }  # fmt: skip
    form = SignerForm(request.POST or None, initial={"name": place.name, "email": place.email})

    def do(**given: Any) -> None:
        agreement_signer_change(position=position, **given)

    return _asked(request, agreement_id, form, do=do, page_=page_, text=_("Your changes were saved."))


@page(Right.AGREEMENTS_SIGN)
def countersign(request: PortalRequest, agreement_id: UUID) -> HttpResponse:
    found, back = agreement_get(request.actor, agreement_id), _address(agreement_id)
    form = SignForm(request.POST or None, initial={"name": request.user.name})  # type: ignore[union-attr]

    def do(_data: dict[str, Any]) -> None:
        agreement_countersign(actor=request.actor, agreement_id=agreement_id, proof=form.proof(request))

    if request.method == "POST" and attempt(form, do):
        return done(request, back, _("Signed. Everybody has signed now."))
    context = {
        "agreement": found, "shown": shown_of(found, view_of(request)), "consent": consent_text(), "back": back,
        "signers": with_paths(agreement_signers(request.actor, agreement_id)),
    }  # fmt: skip
    return form_response(request, "portal/manager/agreements/countersign.html", context, form)


def _asked(
    request: PortalRequest, agreement_id: UUID, form: forms.Form, *, do: Callable[..., Any], page_: dict[str, Any],
    text: str, made: list[Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The question as a page; with `made`, the way leads on to the draft that was made."""
    found = agreement_get(request.actor, agreement_id)
    back = _address(agreement_id)
    question = {**page_, "title": page_["title"] % {"number": found}, "back": back}

    def run(data: dict[str, Any]) -> None:
        do(actor=request.actor, agreement_id=agreement_id, **data)

    answer = confirmed(request, form, do=run, page=question, then=back, text=text)
    if made and answer.status_code == 302:
        answer["Location"] = reverse("manager:agreement_edit", args=[made[0].pk])
    return answer


def _plain(request: PortalRequest) -> forms.Form:
    return forms.Form(request.POST if request.method == "POST" else None)


def _reason(request: PortalRequest) -> forms.Form:
    return ReasonForm(request.POST or None)


def _address(agreement_id: UUID) -> str:
    return reverse("manager:agreement", args=[agreement_id])
