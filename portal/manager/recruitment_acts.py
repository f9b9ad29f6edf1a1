"""What reviewers do with an application, each act a page of its own above what has to be read for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.applications import application_get, candidates_of, reviewer_choices
from partners.services.application_review import (
    application_approve,
    application_ask,
    application_assign,
    application_note,
    application_reject,
    application_take,
)
from partners.services.duplicates import candidate_dismiss, candidate_merge
from partners.states.applications import ReapplyRule, RejectReason
from portal.manager.recruitment import detail_context
from portal.shared.forms import attempt
from portal.shared.pages import confirmed, done, form_response
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

Do = Callable[[dict[str, Any]], Any]


class WordsForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class AskForm(WordsForm):
    text = forms.CharField(
        label=gettext_lazy("What do you need to know?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The applicant gets it by mail and answers by a link. Meanwhile your clock stands still."
        ),
    )  # fmt: skip


class NoteForm(WordsForm):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For colleagues; the applicant never reads it."),
    )  # fmt: skip


class ApproveForm(WordsForm):
    text = forms.CharField(
        label=gettext_lazy("A word of welcome"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("It stands in the mail to the applicant."),
    )  # fmt: skip


class RejectForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RejectReason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("In your words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The applicant reads it."),
    )  # fmt: skip
    reapply = forms.ChoiceField(label=gettext_lazy("May apply again"), choices=ReapplyRule.choices)


class AssignForm(forms.Form):
    user = forms.ChoiceField(label=gettext_lazy("Reviewer"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("How do you know?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


@require_POST
@page(Right.APPLICATIONS_DECIDE)
def take(request: PortalRequest, application_id: UUID) -> HttpResponse:
    application = application_take(actor=request.actor, application_id=application_id)
    return done(request, _address(application_id), _("You review %(number)s now.") % {"number": application})


@page(Right.APPLICATIONS_DECIDE)
def assign(request: PortalRequest, application_id: UUID) -> HttpResponse:
    application = application_get(request.actor, application_id)
    form = AssignForm(request.POST or None, people=reviewer_choices(request.actor))
    return confirmed(
        request, form,
        do=lambda data: application_assign(
            actor=request.actor, application_id=application_id, user_id=UUID(data["user"])
        ),
        page={"title": _("Who reviews %(number)s?") % {"number": application}, "submit": _("Hand over"),
              "back": _address(application_id)},
        then=_address(application_id), text=_("The application was handed over."),
    )  # fmt: skip


@page(Right.APPLICATIONS_DECIDE)
def ask(request: PortalRequest, application_id: UUID) -> HttpResponse:
    form = AskForm(request.POST or None)
    return _act(
        request, application_id, form, ("ask", _("The applicant is asked; the clock stands still.")),
        lambda data: application_ask(actor=request.actor, application_id=application_id, **data),
    )  # fmt: skip


@page(Right.APPLICATIONS_DECIDE)
def note(request: PortalRequest, application_id: UUID) -> HttpResponse:
    form = NoteForm(request.POST or None)
    return _act(
        request, application_id, form, ("note", _("Noted.")),
        lambda data: application_note(actor=request.actor, application_id=application_id, **data),
    )  # fmt: skip


@page(Right.APPLICATIONS_DECIDE)
def approve(request: PortalRequest, application_id: UUID) -> HttpResponse:
    form = ApproveForm(request.POST if request.method == "POST" else None)
    return _act(
        request, application_id, form, ("approve", _("The company is a partner now; its contact is invited.")),
        lambda data: application_approve(actor=request.actor, application_id=application_id, **data),
    )  # fmt: skip


@page(Right.APPLICATIONS_DECIDE)
def reject(request: PortalRequest, application_id: UUID) -> HttpResponse:
    application = application_get(request.actor, application_id)
    form = RejectForm(request.POST or None, initial={"reapply": application.version.definition["reapply"]})
    return _act(
        request, application_id, form, ("reject", _("The application is rejected; the applicant is told.")),
        lambda data: application_reject(actor=request.actor, application_id=application_id, **data),
    )  # fmt: skip


@page(Right.APPLICATIONS_DECIDE)
def duplicate(request: PortalRequest, application_id: UUID, candidate_id: UUID, verb: str) -> HttpResponse:
    application = application_get(request.actor, application_id)
    candidate = next((one for one in candidates_of(request.actor, application) if one.pk == candidate_id), None)
    if candidate is None or verb not in VERBS:
        raise NotFound
    title, text, submit, said, do = VERBS[verb]
    name = candidate.partner.name if candidate.partner else str(candidate.other)
    return confirmed(
        request, WhyForm(request.POST or None),
        do=lambda data: do(
            actor=request.actor, application_id=application_id, candidate_id=candidate_id, reason=data["reason"]
        ),
        page={"title": str(title) % {"name": name}, "text": text, "submit": submit, "back": _address(application_id)},
        then=_address(application_id), text=str(said),
    )  # fmt: skip


VERBS: dict[str, tuple[Any, Any, Any, Any, Callable[..., Any]]] = {
    "dismiss": (
        gettext_lazy("Is %(name)s another company?"),
        gettext_lazy("Then it no longer stands in the way of an approval."),
        gettext_lazy("Another company"),
        gettext_lazy("Noted: another company."),
        candidate_dismiss,
    ),
    "merge": (
        gettext_lazy("Is %(name)s the same company?"),
        gettext_lazy(
            "An approval then brings the contact into the partner that is there. Another application is closed as a "
            "part of this one, and its applicant told."
        ),
        gettext_lazy("The same company"),
        gettext_lazy("Noted: the same company."),
        candidate_merge,
    ),
}


def _act(
    request: PortalRequest, application_id: UUID, form: forms.Form, act: tuple[str, str], do: Do
) -> HttpResponse:  # fmt: skip
    """`act`: its name and what is said when it is done."""
    if request.method == "POST" and attempt(form, do):
        return done(request, _address(application_id), act[1])
    context = detail_context(request, application_id) | {"act": act[0]}
    return form_response(request, "portal/manager/recruitment/act.html", context, form)


def _address(application_id: UUID) -> str:
    return reverse("manager:application", args=[application_id])
