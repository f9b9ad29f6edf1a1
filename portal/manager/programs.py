"""Programs as a channel manager works with them: import, cost, publish, end. `program_form` writes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.manager.program_cost import cost_of
from portal.manager.program_form import quarter_start
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.program_view import view_of
from prm import clock
from prm.errors import Invalid, NotFound
from prm.identity.rights import Right
from prm.tenancy.models import Tenant
from prm.web.surfaces import PortalRequest, page
from rebates.engine.program import parse_program
from rebates.selectors.programs import program_get, version_list
from rebates.services.programs import (
    program_discard_draft,
    program_end,
    program_import,
    program_publish,
)

MAX_JSON_BYTES = 2 * 1024 * 1024
_PUBLISHED_STAYS = gettext_lazy(
    "A published version never changes. Sales since its first day are counted at once, and partners see it."
)


class EndForm(ReasonForm):
    ends_on = DateField(label=gettext_lazy("Last day"), help_text=gettext_lazy("Sales of this day still count."))
    field_order = ("ends_on", "reason")


class JsonForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Programs file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the JSON here"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if not file and not data.get("text"):
            raise forms.ValidationError(_("Choose a file or paste a document."))
        if file and file.size > MAX_JSON_BYTES:
            self.add_error("file", _("At most 2 MB."))
        return data

    def document(self) -> str | bytes:
        file = self.cleaned_data.get("file")
        return file.read() if file else str(self.cleaned_data["text"])


@page(Right.PROGRAMS_EDIT)
def import_json(request: PortalRequest) -> HttpResponse:
    form = JsonForm(request.POST or None, request.FILES or None)
    made: list[Any] = []

    def save(_data: dict[str, Any]) -> None:
        try:
            made.extend(program_import(actor=request.actor, document=form.document()))
        except Invalid as refusal:
            lines = [f"{path}: {text}" for path, texts in refusal.fields.items() for text in texts]
            raise Invalid("\n".join(lines) or refusal.message) from None

    if attempt(form, save):
        names = ", ".join(program.code for program in made)
        return done(request, reverse("manager:programs"), _("Saved as drafts: %(names)s.") % {"names": names})
    return form_response(request, "portal/manager/programs/import.html", {}, form)


@page(Right.PROGRAMS_EDIT)
def cost(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """What the newest version would have cost in the last full period; asked for by the page that publishes it."""
    version = version_list(request.actor, program_id)[0]
    rules = parse_program(version.definition)
    context = {"version": version, **cost_of(request, rules)}
    return page_response(request, "portal/manager/programs/_cost.html", context)


def _reach(tenant: Tenant, draft: Any) -> str:
    """What a version that reaches into the past does there; empty for one that does not."""
    if draft.valid_from is None:
        return _("It has no first day: every sale ever recorded counts, also of closed periods, as adjustments.")
    if draft.valid_from < quarter_start(tenant):
        return _("It reaches back to %(day)s: what it earns in closed periods is booked as adjustments.") % {
            "day": date_format(draft.valid_from, "SHORT_DATE_FORMAT")
        }
    return ""


@page(Right.PROGRAMS_PUBLISH)
def publish(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = program_get(request.actor, program_id)
    draft = next((one for one in version_list(request.actor, program_id) if one.status == "draft"), None)
    if draft is None:
        raise NotFound
    address = reverse("manager:program", args=[program_id])
    question = {
        "title": _("Publish %(code)s version %(number)s?") % {"code": program.code, "number": draft.number},
        "text": f"{_PUBLISHED_STAYS} {_reach(request.tenant, draft)}".strip(),
        "submit": _("Publish"),
        "back": address,
        "view": view_of(parse_program(draft.definition)),
        "cost_url": reverse("manager:program_cost", args=[program_id]),
    }
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: program_publish(actor=request.actor, program_id=program_id),
        page=question,
        then=address,
        text=_("%(code)s is published and being calculated.") % {"code": program.code},
    )


@page(Right.PROGRAMS_PUBLISH)
def end(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = program_get(request.actor, program_id)
    address = reverse("manager:program", args=[program_id])
    return confirmed(
        request,
        EndForm(request.POST or None, initial={"ends_on": clock.today(request.tenant)}),
        do=lambda data: program_end(actor=request.actor, program_id=program_id, **data),
        page={
            "title": _("End %(code)s?") % {"code": program.code},
            "text": _("Sales after the last day no longer count. What was earned until then stays and is settled."),
            "submit": _("End program"),
            "danger": True,
            "back": address,
        },
        then=address,
        text=_("%(code)s ends.") % {"code": program.code},
    )


@page(Right.PROGRAMS_EDIT)
def discard(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = program_get(request.actor, program_id)
    is_new = program.status == "draft"
    address = reverse("manager:program", args=[program_id])
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: program_discard_draft(actor=request.actor, program_id=program_id),
        page={
            "title": _("Throw the draft of %(code)s away?") % {"code": program.code},
            "text": _("The program was never published, so nothing of it stays.") if is_new
            else _("The published version stays as it is."),
            "submit": _("Throw away"),
            "danger": True,
            "back": address,
        },
        then=reverse("manager:programs") if is_new else address,
        text=_("The draft is gone."),
    )  # fmt: skip
