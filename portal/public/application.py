"""An application as its applicant sees it, by a link: filled in step by step, sent, answered, followed, withdrawn.

A step is kept as it was typed, right or wrong, and the answer is always a redirect: a refusal (422) would take back
what was saved. What is wrong stands at its field on the step's page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partners.policies.applications import applicant
from partners.recruitment.fields import STEPS, text_in
from partners.selectors.applications import (
    application_file,
    asked_of,
    entries_of,
    files_of,
    link_find,
    reapply_barrier,
)
from partners.services.applications import (
    application_answer,
    application_confirm,
    application_file_add,
    application_file_remove,
    application_save,
    application_submit,
    application_withdraw,
)
from partners.states.applications import WithdrawReason
from portal.public.guard import ip_of
from portal.public.step_form import StepForm
from portal.shared.application_fields import shown_answers
from portal.shared.evidence import FilesField, evidence_of
from portal.shared.forms import attempt
from prm.errors import Conflict, Invalid, NotFound, StateError, TooLarge
from prm.files.responses import file_response

View = Callable[..., HttpResponseBase]


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your answer"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    files = FilesField(  # type: ignore[assignment]
        help_text=gettext_lazy("PDF, image, Excel or CSV; up to 20 MB each."), by_strangers=True
    )


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=WithdrawReason.choices, widget=forms.RadioSelect
    )  # fmt: skip


class ConsentForm(forms.Form):
    """The text to agree to is the vendor's; whether it was ticked is judged by the service."""

    consent = forms.BooleanField(required=False)


def by_link(view: View) -> View:
    """Give the view the link's application as `request.application`; a link that opens nothing has its own page."""

    def opened(request: Any, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.tenant is None:
            raise Http404
        try:
            request.link = link_find(token)
        except NotFound:
            return render(request, "portal/public/join/link_gone.html", status=404)
        request.token, request.application = token, request.link.application
        request.applicant = applicant(request.application)
        return view(request, *args, **kwargs)

    return never_cache(opened)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Any) -> HttpResponseBase:
    """How it stands. Using the mailed link confirms the address, by a button: programs that follow links press none."""
    if request.method == "POST":
        return _confirm(request)
    application, language = request.application, _language()
    asked = asked_of(application, language) if application.status == "draft" else None
    context = {
        "asked": asked, "steps": _steps(asked) if asked else [], "entries": entries_of(request.applicant, application),
        "needs_confirmation": request.link.confirms and application.email_confirmed_at is None,
        "barrier": reapply_barrier(application) if asked else None, "answer_form": AnswerForm(),
    }  # fmt: skip
    return _page(request, "overview", context)


def _confirm(request: Any) -> HttpResponseBase:
    if not request.link.confirms:
        raise NotFound
    try:
        with transaction.atomic():
            application_confirm(actor=request.applicant, application_id=request.application.pk)
    except StateError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(_address(request))
    messages.success(request, _("Your address is confirmed."))
    if request.application.status != "draft":
        return redirect(_address(request))
    undone = asked_of(request.application, _language()).first_undone
    return redirect(_address(request, "step", undone) if undone else _address(request, "send"))


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Any, step: str) -> HttpResponseBase:
    application = request.application
    asked = asked_of(application, _language())
    if step not in asked.steps:
        raise Http404
    if application.status != "draft":
        return redirect(_address(request))
    if request.method == "POST":
        return _step_saved(request, step)
    checked = "check" in request.GET or _was_begun(application, asked.of(step))
    form = StepForm(asked.of(step), application, problems=asked.problems if checked else {})
    context = {
        "step": step, "title": STEPS[step], "form": form, "steps": _steps(asked),
        "files": files_of(request.applicant, application),
        "names": [str(STEPS[name]) for name in asked.steps], "place": asked.steps.index(step) + 1,
        "is_first": asked.steps[0] == step,
    }  # fmt: skip
    return _page(request, "step", context)


def _step_saved(request: Any, step: str) -> HttpResponseBase:
    application, language = request.application, _language()
    fields = asked_of(application, language).of(step)
    given = {field.key: request.POST[field.key] for field in fields if field.key in request.POST}
    application_save(actor=request.applicant, application_id=application.pk, answers=given, language=language)
    given_files = [(field.key, file) for field in fields for file in request.FILES.getlist(field.key)]
    kept = [_file_kept(request, *one) for one in given_files]
    application.refresh_from_db()
    asked = asked_of(application, language)
    way = request.POST.get("go", "next")
    place = asked.steps.index(step)
    if way == "leave":
        messages.success(request, _("Saved. The link in your mail brings you back here."))
        return redirect(_address(request))
    if way == "back" and place:
        return redirect(_address(request, "step", asked.steps[place - 1]))
    if way == "stay" or not all(kept) or not asked.is_done(step):
        return redirect(_address(request, "step", step) + "?check=1")
    following = asked.steps[place + 1 : place + 2]
    return redirect(_address(request, "step", *following) if following else _address(request, "send"))


def _file_kept(request: Any, field: str, file: Any) -> bool:
    """One refused file takes neither the others nor the answers with it."""
    try:
        with transaction.atomic():
            application_file_add(
                actor=request.applicant, application_id=request.application.pk, field=field, name=file.name,
                content=file,
            )  # fmt: skip
    except (Invalid, TooLarge) as refusal:
        texts = [str(text) for found in refusal.fields.values() for text in found] or [str(refusal.message)]
        messages.error(request, f"{file.name}: {' '.join(texts)}")
        return False
    return True


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Any) -> HttpResponseBase:
    """Everything once more, the consent, and the button that sends it."""
    application, language = request.application, _language()
    if application.status != "draft":
        return redirect(_address(request))
    form = ConsentForm(request.POST if request.method == "POST" else None)

    def do(data: dict[str, Any]) -> None:
        application_submit(
            actor=request.applicant, application_id=application.pk, consent=data["consent"], ip=ip_of(request),
            language=language,
        )  # fmt: skip

    if request.method == "POST" and attempt(form, do):
        messages.success(request, _("Your application is sent."))
        return redirect(_address(request))
    asked = asked_of(application, language)
    context = {
        "form": form, "asked": asked, "steps": _steps(asked), "files": files_of(request.applicant, application),
        "answers": shown_answers(asked.fields, application.answers), "place": len(asked.steps) + 1,
        "names": [*(str(STEPS[name]) for name in asked.steps), _("Send")],
        "consent": text_in(application.version.definition["consent"], language),
        "is_confirmed": application.email_confirmed_at is not None,
    }  # fmt: skip
    return _page(request, "send", context, status=422 if form.errors else 200)


@by_link
@require_POST
def answer(request: Any) -> HttpResponseBase:
    form = AnswerForm(request.POST, request.FILES)

    def do(data: dict[str, Any]) -> None:
        application_answer(
            actor=request.applicant, application_id=request.application.pk, text=data["text"], files=evidence_of(data)
        )  # fmt: skip

    if attempt(form, do):
        messages.success(request, _("Your answer is sent."))
        return redirect(_address(request))
    context = {"entries": entries_of(request.applicant, request.application), "answer_form": form}
    return _page(request, "overview", context, status=422)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Any) -> HttpResponseBase:
    form = WithdrawForm(request.POST if request.method == "POST" else None)

    def do(data: dict[str, Any]) -> None:
        application_withdraw(actor=request.applicant, application_id=request.application.pk, reason=data["reason"])

    if request.method == "POST" and attempt(form, do):
        messages.success(request, _("Your application is withdrawn."))
        return redirect(_address(request))
    return _page(request, "withdraw", {"form": form}, status=422 if form.errors else 200)


@by_link
def file(request: Any, file_id: UUID) -> HttpResponseBase:
    return file_response(application_file(request.applicant, request.application.pk, file_id))


@by_link
@require_POST
def file_remove(request: Any, file_id: UUID) -> HttpResponseBase:
    try:
        with transaction.atomic():
            application_file_remove(actor=request.applicant, application_id=request.application.pk, file_id=file_id)
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
        return redirect(_address(request))
    return redirect(_address(request, "step", "evidence"))


def _page(request: Any, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    application = request.application
    title = text_in(application.version.definition["title"], _language())
    frame = {"application": application, "token": request.token, "form_title": title}
    return render(request, f"portal/public/join/{name}.html", {**frame, **context}, status=status)


def _address(request: Any, name: str = "", *args: str) -> str:
    return reverse(f"public:application_{name}" if name else "public:application", args=[request.token, *args])


def _language() -> str:
    return get_language() or "en"


def _steps(asked: Any) -> list[dict[str, Any]]:
    return [{"key": name, "title": STEPS[name], "done": asked.is_done(name)} for name in asked.steps]


def _was_begun(application: Any, fields: list[Any]) -> bool:
    """Whether the step was filled in before: then it shows at once what is missing."""
    return any(field.kind != "file" and field.key in application.answers for field in fields)
