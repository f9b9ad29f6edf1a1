"""Onboarding as both sides see it: a task with its evidence, doing it, its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.onboarding import TaskView, task_get
from partners.services.onboarding import task_do
from partners.states.onboarding import Proof
from portal.shared.evidence import ACCEPTED
from portal.shared.forms import attempt
from portal.shared.pages import done, form_response
from prm.errors import NotFound
from prm.files.responses import file_response
from prm.web.surfaces import PortalRequest


class DoForm(forms.Form):
    """Asks for the evidence that the task wants; a note may always go along."""

    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    link = forms.URLField(
        label=gettext_lazy("Link"), max_length=500, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PDF, image, Excel or CSV."),
    )  # fmt: skip

    def __init__(self, task: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if task.proof != Proof.LINK:
            del self.fields["link"]
        if task.proof != Proof.FILE:
            del self.fields["file"]
        wanted = self.fields.get(task.proof)
        if wanted is not None:
            wanted.required = True


def task_page(request: PortalRequest, task_id: UUID, back: str, links: dict[str, str]) -> HttpResponse:
    """One task: what it is, what it waits for, and the form that says it is done."""
    plan, view = task_get(request.actor, task_id)
    form = DoForm(view.task, request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> None:
        file = data.pop("file", None)
        task_do(actor=request.actor, task_id=task_id, file=(file.name, file) if file else None, **data)

    if request.method == "POST":
        form.is_bound = True
        if attempt(form, do):
            return done(request, back, _("“%(task)s” is done.") % {"task": view.task.title})
    context = {"plan": plan, "view": view, "back": back, "may_do": _may_do(request, view), **links}
    return form_response(request, "portal/shared/onboarding/task.html", context, form)


def file_page(request: PortalRequest, task_id: UUID) -> HttpResponseBase:
    _plan, view = task_get(request.actor, task_id)
    if view.task.file is None:
        raise NotFound
    return file_response(view.task.file)


def _may_do(request: PortalRequest, view: TaskView) -> bool:
    mine = view.task.side == "partner" if request.actor.is_partner else request.actor.can("onboarding.edit")  # type: ignore[arg-type]
    return view.is_open and not view.is_blocked and mine
