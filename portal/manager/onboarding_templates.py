"""The editor of onboarding templates: drafts, their tasks, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.onboarding import template_get, template_list, template_task_get
from partners.selectors.partners import partner_facets
from partners.services.onboarding_templates import (
    template_create,
    template_discard,
    template_publish,
    template_revise,
    template_task_remove,
    template_task_save,
    template_update,
)
from partners.states.onboarding import Proof, Side
from portal.shared.forms import attempt
from portal.shared.pages import confirmed, done, form_response, page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

FORM = "portal/shared/company/form.html"
LENGTHS = [(days, gettext_lazy("%(days)s days")) for days in (30, 60, 90)]


class TemplateForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("Lower-case letters, digits and hyphens.")
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=150, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=150, required=False)
    partner_type = forms.CharField(
        label=gettext_lazy("Partner type"), max_length=100, required=False,
        help_text=gettext_lazy("Empty: for every type without a template of its own."),
    )  # fmt: skip
    days = forms.TypedChoiceField(label=gettext_lazy("Length"), coerce=int)

    def __init__(self, *args: Any, types: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(days, text % {"days": days}) for days, text in LENGTHS]  # type: ignore[attr-defined]
        self.fields["partner_type"].widget.attrs |= {"list": "type-values", "autocomplete": "off"}
        self.suggestions = {"type-values": types}


class TaskForm(forms.Form):
    key = forms.CharField(
        label=pgettext_lazy("task", "Key"),
        max_length=64,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens."),
    )
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=200, required=False)
    help_en = forms.CharField(
        label=gettext_lazy("Help in English"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    help_zh = forms.CharField(
        label=gettext_lazy("Help in Chinese"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    side = forms.ChoiceField(label=gettext_lazy("Whose task"), choices=Side.choices)
    due_days = forms.IntegerField(label=gettext_lazy("Due after business days"), min_value=0, max_value=250, initial=5)
    proof = forms.ChoiceField(label=gettext_lazy("Evidence"), choices=Proof.choices)
    weight = forms.IntegerField(
        label=gettext_lazy("Weight"), min_value=1, max_value=100, initial=1,
        help_text=gettext_lazy("How much of the progress it is."),
    )  # fmt: skip
    is_must = forms.BooleanField(
        label=gettext_lazy("Needed before the partner is active"), required=False, initial=True
    )
    depends_on = forms.MultipleChoiceField(
        label=gettext_lazy("Only after"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, others: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["depends_on"].choices = others  # type: ignore[attr-defined]
        if not others:
            del self.fields["depends_on"]


@page(Right.PARTNERS_VIEW)
def templates(request: PortalRequest) -> HttpResponse:
    context = {"templates": template_list(request.actor)}
    return page_response(request, "portal/manager/onboarding/templates.html", context)


@page(Right.PARTNERS_VIEW)
def template(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found = template_get(request.actor, template_id)
    tasks: list[Any] = list(found.tasks.all())
    titles = {task.key: task.title for task in tasks}
    for task in tasks:
        task.after = [titles.get(key, key) for key in task.depends_on]
    context = {"template": found, "tasks": tasks, "is_draft": found.status == "draft"}
    return page_response(request, "portal/manager/onboarding/template.html", context)


@page(Right.ONBOARDING_EDIT)
def template_new(request: PortalRequest) -> HttpResponse:
    form = TemplateForm(request.POST or None, types=partner_facets(request.actor, "type")["type"], initial={"days": 60})
    made: list[Any] = []
    if attempt(form, lambda data: made.append(template_create(actor=request.actor, **data))):
        return done(request, _address(made[0].pk), _("The draft was made. Add its tasks."))
    context = {"title": _("New template"), "back": reverse("manager:onboarding_templates")}
    return form_response(request, FORM, context, form)


@page(Right.ONBOARDING_EDIT)
def template_edit(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found = template_get(request.actor, template_id)
    initial = {name: getattr(found, name) for name in TemplateForm.base_fields}
    form = TemplateForm(request.POST or None, types=partner_facets(request.actor, "type")["type"], initial=initial)
    form.fields["code"].disabled = True

    def do(data: dict[str, Any]) -> None:
        template_update(actor=request.actor, template_id=template_id, **{k: v for k, v in data.items() if k != "code"})

    if attempt(form, do):
        return done(request, _address(template_id), _("Your changes were saved."))
    return form_response(request, FORM, {"title": found.name, "back": _address(template_id)}, form)


@require_POST
@page(Right.ONBOARDING_EDIT)
def template_new_version(request: PortalRequest, template_id: UUID) -> HttpResponse:
    draft = template_revise(actor=request.actor, template_id=template_id)
    return done(request, _address(draft.pk), _("This is the draft of the next version."))


@page(Right.ONBOARDING_EDIT)
def publish(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found = template_get(request.actor, template_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_publish(actor=request.actor, template_id=template_id),
        page={"title": _("Publish “%(name)s”?") % {"name": found.name}, "submit": _("Publish"),
              "text": _("New plans are made of it. Plans that run go on as they are."), "back": _address(template_id)},
        then=_address(template_id), text=_("The template is published."),
    )  # fmt: skip


@page(Right.ONBOARDING_EDIT)
def discard(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found, back = template_get(request.actor, template_id), reverse("manager:onboarding_templates")
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_discard(actor=request.actor, template_id=template_id),
        page={"title": _("Discard the draft of “%(name)s”?") % {"name": found.name}, "submit": _("Discard"),
              "danger": True, "back": _address(template_id)},
        then=back, text=_("The draft was discarded."),
    )  # fmt: skip


@page(Right.ONBOARDING_EDIT)
def task_new(request: PortalRequest, template_id: UUID) -> HttpResponse:
    return _task(request, template_id, None)


@page(Right.ONBOARDING_EDIT)
def task(request: PortalRequest, template_id: UUID, task_id: UUID) -> HttpResponse:
    return _task(request, template_id, task_id)


@page(Right.ONBOARDING_EDIT)
def task_remove(request: PortalRequest, template_id: UUID, task_id: UUID) -> HttpResponse:
    found = template_task_get(request.actor, template_id, task_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_task_remove(actor=request.actor, template_id=template_id, task_id=task_id),
        page={"title": _("Remove %(name)s?") % {"name": found.title}, "submit": _("Remove"), "danger": True,
              "back": _address(template_id)},
        then=_address(template_id), text=_("The task was removed."),
    )  # fmt: skip


def _task(request: PortalRequest, template_id: UUID, task_id: UUID | None) -> HttpResponse:
    template, present = template_get(request.actor, template_id), None
    if task_id is not None:
        present = template_task_get(request.actor, template_id, task_id)
    others = [(one.key, one.title) for one in template.tasks.all() if one.pk != task_id]
    initial = {name: getattr(present, name) for name in TaskForm.base_fields} if present else {}
    form = TaskForm(others, request.POST or None, initial=initial)
    form.fields["key"].disabled = present is not None

    def do(data: dict[str, Any]) -> None:
        template_task_save(actor=request.actor, template_id=template_id, task_id=task_id, **data)

    if attempt(form, do):
        return done(request, _address(template_id), _("Your changes were saved."))
    context: dict[str, Any] = {"title": present.title if present else _("New task"), "back": _address(template_id)}
    if present is not None:
        context["remove"] = reverse("manager:onboarding_template_task_remove", args=[template_id, task_id])
    return form_response(request, FORM, context, form)


def _address(template_id: UUID) -> str:
    return reverse("manager:onboarding_template", args=[template_id])
