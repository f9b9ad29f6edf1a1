"""Templates of agreements: the list, one with its versions, the editor with a preview in both languages, JSON files."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.agreement_text import VARIABLES
from partners.selectors.agreements import template_get, template_list, template_versions
from partners.selectors.partners import partner_facets
from partners.services.agreement_templates import (
    CONTENT,
    template_create,
    template_draft_discard,
    template_draft_save,
    template_import,
    template_publish,
    template_retire,
    template_update,
)
from portal.manager.agreements.content_fields import (
    ContentForm,
    OwnVariablesField,
    RolesField,
    entitlement_lines,
    role_line,
    role_of,
)
from portal.shared.agreements import shown_texts
from portal.shared.forms import attempt
from portal.shared.pages import confirmed, done, form_response, page_response
from prm.errors import Invalid
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

MOST_JSON = 2 << 20


class TemplateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    partner_type = forms.CharField(
        label=gettext_lazy("For partners of type"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"list": "type-values", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: all."),
    )  # fmt: skip
    region = forms.CharField(
        label=gettext_lazy("In region"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"list": "region-values", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: all."),
    )  # fmt: skip
    is_offered = forms.BooleanField(
        label=gettext_lazy("Draft it when an application is approved"), required=False, initial=True
    )

    def __init__(self, *args: Any, facets: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {f"{name}-values": facets.get(name, []) for name in ("type", "region")}


class NewTemplateForm(TemplateForm):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("It stays as it is."))


class VersionForm(ContentForm):
    fields_of_own = OwnVariablesField(
        label=gettext_lazy("Variables of its own"), required=False,
        help_text=gettext_lazy("One a line: name, colon, English label | Chinese label. Each agreement fills them."),
    )  # fmt: skip
    signers = RolesField(
        label=gettext_lazy("Who signs for the partner, in this order"),
        help_text=gettext_lazy("One a line: role in English | role in Chinese."), rows=2,
    )  # fmt: skip
    vendor_signer = forms.CharField(label=gettext_lazy("Who signs for you, last"), max_length=210)

    def content(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "fields": data["fields_of_own"], "vendor_signer": role_of(data["vendor_signer"])}

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("fields_of_own" if field == "fields" else field, error)


class JsonForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"))


@page(Right.AGREEMENTS_VIEW)
def templates(request: PortalRequest) -> HttpResponse:
    rows = template_list(request.actor, with_retired=True)
    context = {"rows": rows, "may_edit": request.actor.can(Right.AGREEMENTS_EDIT)}
    return page_response(request, "portal/manager/agreements/templates.html", context)


@page(Right.AGREEMENTS_VIEW)
def template(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found = template_get(request.actor, template_id)
    versions = list(template_versions(request.actor, template_id))
    asked = request.GET.get("version", "")
    version = next((one for one in versions if str(one.number) == asked), versions[0] if versions else None)
    context = {
        "template": found, "versions": versions, "version": version,
        "shown": shown_texts({name: getattr(version, name) for name in CONTENT[:4]}, "both") if version else None,
        "may_edit": request.actor.can(Right.AGREEMENTS_EDIT),
    }  # fmt: skip
    return page_response(request, "portal/manager/agreements/template.html", context)


@page(Right.AGREEMENTS_EDIT)
def template_new(request: PortalRequest) -> HttpResponse:
    form = NewTemplateForm(request.POST or None, facets=partner_facets(request.actor))
    made: list[Any] = []
    if attempt(form, lambda data: made.append(template_create(actor=request.actor, **data))):
        url = reverse("manager:agreement_template_edit", args=[made[0].pk])
        return done(request, url, _("Now write its text."))
    return form_response(request, "portal/manager/agreements/template_form.html", {}, form)


@page(Right.AGREEMENTS_EDIT)
def template_facts(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found, back = template_get(request.actor, template_id), _address(template_id)
    initial = {name: getattr(found, name) for name in TemplateForm.base_fields}
    form = TemplateForm(request.POST or None, initial=initial, facets=partner_facets(request.actor))
    if attempt(form, lambda data: template_update(actor=request.actor, template_id=template_id, **data)):
        return done(request, back, _("Your changes were saved."))
    return form_response(request, "portal/manager/agreements/template_form.html", {"template": found}, form)


@page(Right.AGREEMENTS_EDIT)
def template_edit(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found = template_get(request.actor, template_id)
    form = VersionForm(request.POST or None, initial=_initial(found))

    def do(data: dict[str, Any]) -> None:
        template_draft_save(actor=request.actor, template_id=template_id, content=form.content(data))

    if attempt(form, do):
        return done(request, _address(template_id), _("The draft was saved. It is used once it is published."))
    context = {"template": found, "variables": VARIABLES, "shown": _preview(form)}
    return form_response(request, "portal/manager/agreements/template_edit.html", context, form)


@require_POST
@page(Right.AGREEMENTS_EDIT)
def template_preview(request: PortalRequest) -> HttpResponse:
    """Both languages as they would be read; what is wrong with the text, with its place."""
    texts = {name: request.POST.get(name, "") for name in CONTENT[:4]}
    return page_response(request, "portal/shared/agreements/_document.html", {"shown": shown_texts(texts, "both")})


@page(Right.AGREEMENTS_EDIT)
def template_publish_page(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found, back = template_get(request.actor, template_id), _address(template_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_publish(actor=request.actor, template_id=template_id),
        page={"title": _("Publish the draft of “%(name)s”?") % {"name": found}, "submit": _("Publish"), "back": back,
              "text": _("New agreements are made from it. A published version never changes.")},
        then=back, text=_("Published."),
    )  # fmt: skip


@page(Right.AGREEMENTS_EDIT)
def template_discard(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found, back = template_get(request.actor, template_id), _address(template_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_draft_discard(actor=request.actor, template_id=template_id),
        page={"title": _("Throw the draft of “%(name)s” away?") % {"name": found}, "submit": _("Throw away"),
              "danger": True, "back": back, "text": _("The published version stays.")},
        then=back, text=_("The draft was thrown away."),
    )  # fmt: skip


@page(Right.AGREEMENTS_EDIT)
def template_retire_page(request: PortalRequest, template_id: UUID) -> HttpResponse:
    found, back = template_get(request.actor, template_id), _address(template_id)
    retire = not found.is_retired
    title = _("Retire “%(name)s”?") if retire else _("Use “%(name)s” again?")
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: template_retire(actor=request.actor, template_id=template_id, is_retired=retire),
        page={"title": title % {"name": found}, "submit": _("Retire") if retire else _("Use again"), "back": back,
              "text": _("Agreements that were made from it stay as they are.")},
        then=back, text=_("Your changes were saved."),
    )  # fmt: skip


@page(Right.AGREEMENTS_VIEW)
def template_json(request: PortalRequest, template_id: UUID) -> HttpResponseBase:
    """The newest version as a file that `template_import` reads."""
    found = template_get(request.actor, template_id)
    version = template_versions(request.actor, template_id).first()
    facts = {name: getattr(found, name) for name in ("code", "name", "partner_type", "region", "is_offered")}
    content = {name: getattr(version, name) for name in CONTENT} if version else {}
    text = json.dumps({**facts, "content": content}, ensure_ascii=False, indent=2)
    return file_response(Download(f"{found.code}.json", "application/json", text.encode()))


@page(Right.AGREEMENTS_EDIT)
def template_import_page(request: PortalRequest) -> HttpResponse:
    form = JsonForm(request.POST or None, request.FILES or None)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        try:
            made.append(template_import(actor=request.actor, document=_json(data["file"])))
        except Invalid as refusal:
            lines = [f"{name}: {text}" for name, texts in refusal.fields.items() for text in texts]
            raise Invalid("\n".join(lines) or refusal.message) from None

    if attempt(form, do):
        return done(request, _address(made[0].pk), _("Read as a draft. Look at it, then publish it."))
    return form_response(request, "portal/manager/agreements/template_import.html", {}, form)


def _json(file: Any) -> Any:
    if file.size > MOST_JSON:
        raise Invalid(_("The file is too large."))
    try:
        return json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid(_("This is no JSON file.")) from None


def _initial(template: Any) -> dict[str, Any]:
    version = template.draft or template.published
    if version is None:
        return {"renewal_notice_days": 30, "term_months": 12}
    given = {name: getattr(version, name) for name in ContentForm.base_fields}
    return {
        **given, "entitlements": entitlement_lines(version.entitlements),
        "signers": "\n".join(role_line(one) for one in version.signers),
        "vendor_signer": role_line(version.vendor_signer),
        "fields_of_own": "\n".join(f"{one['name']}: {role_line(one)}" for one in version.fields),
    }  # fmt: skip


def _preview(form: VersionForm) -> Any:
    return shown_texts({name: str(form[name].value() or "") for name in CONTENT[:4]}, "both")


def _address(template_id: UUID) -> str:
    return reverse("manager:agreement_template", args=[template_id])
