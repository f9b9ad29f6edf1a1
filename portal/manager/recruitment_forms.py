"""Application forms as their makers edit them, with a preview; and the rules of recruitment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.recruitment.defaults import CONSENT
from partners.recruitment.fields import (
    BUILTIN,
    KINDS,
    LANGUAGES,
    STEPS,
    Field,
    definition_clean,
    fields_of,
    steps_of,
    text_in,
)
from partners.selectors.recruitment import form_get, form_list, recruitment_settings, versions_of
from partners.services.recruitment import form_create, form_save, forms_begin, recruitment_settings_change
from partners.states.applications import ReapplyRule
from portal.manager.form_rows import definition_posted, rows_of
from portal.shared.application_fields import form_field
from portal.shared.forms import attempt
from portal.shared.pages import done, form_response, page_response
from prm.errors import Invalid
from prm.identity.rights import Right
from prm.tenancy.hosts import tenant_url
from prm.web.surfaces import PortalRequest, page

TEXTS = ("title", "intro", "consent")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class FormEditor(forms.Form):
    """What every form has; its fields and questions are read from the post as they stand."""

    row_errors: Mapping[str, Any] = {}

    slug = forms.CharField(
        label=gettext_lazy("Address"), max_length=40, help_text=gettext_lazy("Below /join/: letters, digits, hyphens.")
    )
    partner_type = forms.CharField(
        label=gettext_lazy("Its partners become"), max_length=100,
        help_text=gettext_lazy("The type of partner, as in your lists and programs."),
    )  # fmt: skip
    is_open = forms.BooleanField(label=gettext_lazy("Takes applications"), required=False)
    title_en = forms.CharField(label=gettext_lazy("Title, English"), max_length=300, required=False)
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), max_length=300, required=False)
    intro_en = forms.CharField(
        label=gettext_lazy("Introduction, English"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )  # fmt: skip
    intro_zh = forms.CharField(
        label=gettext_lazy("Introduction, Chinese"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
    )  # fmt: skip
    consent_en = forms.CharField(
        label=gettext_lazy("Consent, English"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )  # fmt: skip
    consent_zh = forms.CharField(
        label=gettext_lazy("Consent, Chinese"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-Hans"}),
    )  # fmt: skip
    response_hours = forms.IntegerField(
        label=gettext_lazy("First answer within, business hours"), min_value=1, max_value=400
    )  # fmt: skip
    reapply = forms.ChoiceField(label=gettext_lazy("May apply again"), choices=ReapplyRule.choices)


class SettingsForm(forms.Form):
    opens = forms.TimeField(label=gettext_lazy("Office opens"), widget=TimeInput())
    closes = forms.TimeField(label=gettext_lazy("Office closes"), widget=TimeInput())
    days_off = forms.CharField(
        label=gettext_lazy("Days off of your own"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Besides public holidays, one on each line, such as 2026-12-24."),
    )  # fmt: skip
    code_pattern = forms.CharField(
        label=gettext_lazy("Codes of new partners"), max_length=40,
        help_text=gettext_lazy("{####} is a running number, {YYYY} the year, {CC} the country."),
    )  # fmt: skip
    draft_days = forms.IntegerField(label=gettext_lazy("Drafts expire after days"), min_value=1, max_value=365)
    answer_days = forms.IntegerField(label=gettext_lazy("Questions expire after days"), min_value=1, max_value=365)
    erase_days = forms.IntegerField(
        label=gettext_lazy("Personal data is erased after days"), min_value=1, max_value=3650,
        help_text=gettext_lazy("Counted from a rejection, withdrawal or expiry. Numbers and decisions stay."),
    )  # fmt: skip
    locator_is_open = forms.BooleanField(label=gettext_lazy("The partner locator is public"), required=False)
    embed_origins = forms.CharField(
        label=gettext_lazy("Sites that may embed the locator"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line, such as https://www.example.com."),
    )  # fmt: skip

    def clean_days_off(self) -> list[Any]:
        field = forms.DateField()
        return sorted({field.clean(text) for text in self.cleaned_data["days_off"].split()})

    def clean_embed_origins(self) -> list[str]:
        return list(self.cleaned_data["embed_origins"].split())


@page(Right.RECRUITMENT_EDIT)
def forms_page(request: PortalRequest) -> HttpResponse:
    forms_begin()
    language = get_language() or "en"
    versions = versions_of(form_list(request.actor))
    rows = [
        {"form": one.form, "version": one, "title": text_in(one.definition["title"], language),
         "asked": len(fields_of(one.definition, language)), "hours": one.definition["response_hours"]}
        for one in versions
    ]  # fmt: skip
    return page_response(request, "portal/manager/recruitment/forms.html", {"rows": rows, "tab": "forms"})


@page(Right.RECRUITMENT_EDIT)
def form_new(request: PortalRequest) -> HttpResponse:
    blank = {
        "title": {}, "intro": {}, "consent": CONSENT, "response_hours": 18, "reapply": "after_30_days",
        "fields": [{"key": key, "on": one.fixed, "required": one.fixed} for key, one in BUILTIN.items()],
    }  # fmt: skip
    return _edited(request, None, blank)


@page(Right.RECRUITMENT_EDIT)
def form_edit(request: PortalRequest, form_id: UUID) -> HttpResponse:
    form = form_get(request.actor, form_id)
    version = versions_of(form_list(request.actor).filter(pk=form.pk))[0]
    return _edited(request, version, version.definition)


def _edited(request: PortalRequest, version: Any, definition: Mapping[str, Any]) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = FormEditor(posted, initial=_initial(version, definition))
    if version:
        form.fields["slug"].disabled = True
    given = definition_posted(posted) if posted is not None else definition
    if posted is not None and "preview" in posted:
        return _preview(request, given)

    def do(data: dict[str, Any]) -> None:
        shared = {"actor": request.actor, "partner_type": data["partner_type"], "is_open": data["is_open"]}
        try:
            if version:
                form_save(form_id=version.form_id, definition=given, **shared)
            else:
                form_create(slug=data["slug"], definition=given, **shared)
        except Invalid as refusal:
            form.row_errors = refusal.fields
            raise

    if posted is not None and attempt(form, do):
        return done(
            request, reverse("manager:recruitment_forms"), _("The form is saved. Drafts go on with the old one.")
        )
    context = {"version": version, "rows": rows_of(given, form), "kinds": KINDS.items(), "tab": "forms"}
    return form_response(request, "portal/manager/recruitment/form_edit.html", context, form)


def _preview(request: PortalRequest, definition: Mapping[str, Any]) -> HttpResponse:
    """What an applicant would see, in both languages; nothing is saved."""
    try:
        clean = definition_clean(definition)
    except Invalid as refusal:
        texts = [str(text) for found in refusal.fields.values() for text in found]
        return page_response(request, "portal/manager/recruitment/preview.html", {"problems": texts}, status=422)
    shown = []
    for language, code in (("en", "en"), ("zh", "zh-hans")):
        with translation.override(code):
            fields = fields_of(clean, language)
            steps = [
                (STEPS[step], _blank(language, [one for one in fields if one.step == step]))
                for step in steps_of(fields)
            ]
            shared = {name: text_in(clean[name], language) for name in TEXTS}
            body = render_to_string("portal/manager/recruitment/_preview.html", {**shared, "steps": steps}, request)
        shown.append({"name": translation.get_language_info(code)["name_local"], "body": body})
    return page_response(request, "portal/manager/recruitment/preview.html", {"shown": shown})


def _blank(prefix: str, fields: list[Field]) -> forms.Form:
    form = forms.Form(prefix=prefix)
    for field in fields:
        form.fields[field.key] = form_field(field)
    return form


@page(Right.RECRUITMENT_EDIT)
def settings_page(request: PortalRequest) -> HttpResponse:
    settings = recruitment_settings()
    initial = {name: getattr(settings, name) for name in SettingsForm.base_fields}
    initial["days_off"] = "\n".join(day.isoformat() for day in settings.days_off)
    initial["embed_origins"] = "\n".join(settings.embed_origins)
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if attempt(form, lambda data: recruitment_settings_change(actor=request.actor, **data)):
        return done(request, reverse("manager:recruitment_settings"), _("Your changes were saved."))
    address = tenant_url(request, request.tenant.slug, reverse("public:locator_embed"))
    snippet = f'<iframe src="{address}" width="100%" height="800" title="{_("Find a partner")}"></iframe>'
    context = {"tab": "settings", "snippet": snippet}
    return form_response(request, "portal/manager/recruitment/settings.html", context, form)


def _initial(version: Any, definition: Mapping[str, Any]) -> dict[str, Any]:
    texts = {f"{name}_{one}": definition[name].get(one, "") for name in TEXTS for one in LANGUAGES}
    form = version.form if version else None
    own = {"slug": form.slug, "partner_type": form.partner_type, "is_open": form.is_open} if form else {"is_open": True}
    return {**texts, **own, "response_hours": definition["response_hours"], "reapply": definition["reapply"]}
