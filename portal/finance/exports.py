"""Exports: what to export, the files and their history, sets of columns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.partners import partner_list
from portal.finance.column_choice import ColumnChoice
from portal.shared.forms import DateInput, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from prm.errors import Conflict, Invalid, NotFound
from prm.exports.kinds import ExportKind, Filter, kind_named
from prm.exports.policies import kinds_of
from prm.exports.selectors import column_set_get, column_set_list, export_get, export_list, export_progress
from prm.exports.services import (
    column_set_remove,
    column_set_save,
    export_cancel,
    export_download,
    export_request,
    export_retry,
)
from prm.files.responses import file_response
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.programs import program_list

ACTIVE = ("queued", "running")
STATES = [
    ("running", gettext_lazy("Running")), ("done", gettext_lazy("Done")), ("failed", gettext_lazy("Failed")),
    ("cancelled", gettext_lazy("Cancelled")),
]  # fmt: skip
FORMATS = [("csv", gettext_lazy("CSV")), ("xlsx", gettext_lazy("Excel"))]
SUGGESTED = 500


class ExportFilters(FilterForm):
    def __init__(self, *args: Any, kinds: list[ExportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(kind.name, kind.label) for kind in kinds]
        self.fields["kind"] = select(gettext_lazy("Kind"), gettext_lazy("All kinds"), labels)
        self.fields["status"] = select(gettext_lazy("State"), gettext_lazy("All states"), STATES)


class ExportForm(forms.Form):
    """The filters of the kind, and the file's format."""

    def __init__(self, *args: Any, kind: ExportKind, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [wanted.name for wanted in kind.filters]
        for wanted in kind.filters:
            self.fields[wanted.name] = _field(wanted, actor)
        self.fields["format"] = forms.ChoiceField(
            label=gettext_lazy("Format"), choices=FORMATS, widget=forms.RadioSelect, initial="csv"
        )

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]


def _field(wanted: Filter, actor: Actor) -> forms.Field:
    common: dict[str, Any] = {"label": wanted.label, "required": False, "help_text": wanted.hint}
    if wanted.kind == "day":
        return forms.DateField(widget=DateInput, **common)
    if wanted.options is not None:
        return forms.ChoiceField(choices=[("", _("All")), *wanted.options(actor)], **common)
    attrs = {"list": "partner-codes", "autocomplete": "off"} if wanted.name == "partner" else {}
    return forms.CharField(max_length=200, widget=forms.TextInput(attrs=attrs), **common)


class ColumnSetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    is_shared = forms.BooleanField(
        label=gettext_lazy("For everybody"), required=False,
        help_text=gettext_lazy("All who may export can use and change it."),
    )  # fmt: skip


@page(Right.EXPORTS_RUN)
def exports(request: PortalRequest) -> HttpResponse:
    """The history; while something runs the list asks for itself again."""
    filters = ExportFilters(request.GET, kinds=kinds_of(request.actor))
    shown = page_of(request, export_list(request.actor, **filters.values))
    for export in shown:
        _describe(request, export)
    context = {"page": shown, "filters": filters, "active": any(one.status in ACTIVE for one in shown)}
    return page_response(request, "portal/finance/exports/list.html", context)


def _describe(request: PortalRequest, export: Any) -> None:
    kind = kind_named(export.kind)
    labels = {wanted.name: wanted.label for wanted in kind.filters}
    export.kind_label = kind.label
    export.told = [
        (labels.get(name, name), _option(request, kind, name, text)) for name, text in export.filters.items()
    ]
    if export.status in ACTIVE:
        export.progress = export_progress(export.pk)


def _option(request: PortalRequest, kind: ExportKind, name: str, text: str) -> object:
    """The label of a choice; of programs and periods the text is the label."""
    wanted = next((one for one in kind.filters if one.name == name), None)
    if wanted is None or wanted.options is None or name in ("program", "period"):
        return text
    return dict(wanted.options(request.actor)).get(text, text)


@page(Right.EXPORTS_RUN)
def export_new(request: PortalRequest) -> HttpResponse:
    """First what, then which rows and columns. The address may name the kind and the filters of another list."""
    kinds = kinds_of(request.actor)
    kind = next((one for one in kinds if one.name == request.GET.get("kind")), None)
    if kind is None:
        return page_response(request, "portal/finance/exports/kinds.html", {"kinds": kinds})
    form = ExportForm(request.POST or None, kind=kind, actor=request.actor, initial=_initial(request, kind))
    sets = list(column_set_list(request.actor, kind=kind.name))
    choice = ColumnChoice.read(kind, request.POST) if request.POST else _first_choice(request, kind, sets)
    action = request.POST.get("action", "")
    if action == "export" and attempt(form, lambda data: _ask(request, kind, choice, data)):
        return done(request, reverse("finance:exports"), _("The file is being written. You can go on meanwhile."))
    context = {
        "kind": kind, "choice": choice.changed(action, sets), "sets": sets,
        "partner_codes": list(partner_list(request.actor).values_list("code", flat=True)[:SUGGESTED]),
    }  # fmt: skip
    if action != "export":
        # A column was moved: what is typed stays as it is, and nothing has been refused.
        form = ExportForm(kind=kind, actor=request.actor, initial=_initial(request, kind) | request.POST.dict())
    return form_response(request, "portal/finance/exports/new.html", context, form)


def _ask(request: PortalRequest, kind: ExportKind, choice: ColumnChoice, data: dict[str, Any]) -> None:
    if not choice.names:
        raise Invalid(_("Choose at least one column."))
    format_ = data.pop("format")
    export_request(
        actor=request.actor, kind=kind.name, format=format_, columns=choice.names, filters=data,
        language=request.LANGUAGE_CODE,
    )  # fmt: skip


def _first_choice(request: PortalRequest, kind: ExportKind, sets: list[Any]) -> ColumnChoice:
    usual = ColumnChoice(kind, kind.usual)
    return usual.changed(f"set:{request.GET.get('set', '')}", sets)


def _initial(request: PortalRequest, kind: ExportKind) -> dict[str, Any]:
    """The filters of the list that this was asked from, in the words of this form: ids become codes."""
    given = request.GET.dict() | {"search": request.GET.get("search") or request.GET.get("q", "")}
    lists: dict[str, Any] = {"program": program_list, "partner": partner_list}
    for name, listed in lists.items():
        key = _uuid(given.get(name, ""))
        if key is not None:
            given[name] = listed(request.actor).filter(pk=key).values_list("code", flat=True).first() or ""
    known = {wanted.name for wanted in kind.filters} | {"format"}
    return {name: value for name, value in given.items() if name in known and value}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@page(Right.EXPORTS_RUN)
def export_file(request: PortalRequest, export_id: UUID) -> HttpResponseBase:
    try:
        return file_response(export_download(actor=request.actor, export_id=export_id))
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
        return redirect("finance:exports")


@require_POST
@page(Right.EXPORTS_RUN)
def export_stop(request: PortalRequest, export_id: UUID) -> HttpResponse:
    name = export_get(request.actor, export_id).name
    return _acted(request, export_cancel, export_id, _("%(name)s is cancelled.") % {"name": name})


@require_POST
@page(Right.EXPORTS_RUN)
def export_again(request: PortalRequest, export_id: UUID) -> HttpResponse:
    name = export_get(request.actor, export_id).name
    return _acted(request, export_retry, export_id, _("%(name)s is tried again.") % {"name": name})


def _acted(request: PortalRequest, do: Any, export_id: UUID, text: str) -> HttpResponse:
    try:
        do(actor=request.actor, export_id=export_id)
    except Conflict as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("finance:exports")
    return done(request, reverse("finance:exports"), text)


@page(Right.EXPORTS_RUN)
def column_sets(request: PortalRequest) -> HttpResponse:
    kinds = kinds_of(request.actor)
    found: dict[str, list[Any]] = {kind.name: [] for kind in kinds}
    sets: list[Any] = list(column_set_list(request.actor))
    for one in sets:
        labels = {column.name: str(column.label) for column in kind_named(one.kind).columns}
        one.labels = [labels[name] for name in one.columns if name in labels]
        found[one.kind].append(one)
    context = {"groups": [(kind, found[kind.name]) for kind in kinds if found[kind.name]], "kinds": kinds}
    return page_response(request, "portal/finance/exports/sets.html", context)


@page(Right.EXPORTS_RUN)
def column_set_new(request: PortalRequest, kind: str) -> HttpResponse:
    wanted = next((one for one in kinds_of(request.actor) if one.name == kind), None)
    if wanted is None:
        raise NotFound
    # Coming from the form of an export the columns come along.
    data = request.POST or request.GET
    choice = ColumnChoice.read(wanted, data)
    return _column_set(request, wanted, choice if choice.names else ColumnChoice(wanted, wanted.usual), None)


@page(Right.EXPORTS_RUN)
def column_set_edit(request: PortalRequest, column_set_id: UUID) -> HttpResponse:
    kept = column_set_get(request.actor, column_set_id)
    kind = kind_named(kept.kind)
    choice = ColumnChoice.read(kind, request.POST) if request.POST else ColumnChoice(kind, list(kept.columns))
    return _column_set(request, kind, choice, kept)


def _column_set(request: PortalRequest, kind: ExportKind, choice: ColumnChoice, kept: Any) -> HttpResponse:
    action = request.POST.get("action", "")
    initial = {"name": kept.name, "is_shared": kept.is_shared} if kept else {}
    is_sent = request.method == "POST" and action == "save"
    form = ColumnSetForm(request.POST if is_sent else None, initial=initial | request.POST.dict())

    def save(data: dict[str, Any]) -> None:
        column_set_save(
            actor=request.actor, kind=kind.name, columns=choice.names, column_set_id=kept.pk if kept else None, **data
        )

    if is_sent and attempt(form, save):
        return done(request, reverse("finance:column_sets"), _("The column set is kept."))
    context = {"kind": kind, "choice": choice.changed(action), "kept": kept, "sets": []}
    return form_response(request, "portal/finance/exports/set.html", context, form)


@page(Right.EXPORTS_RUN)
def column_set_end(request: PortalRequest, column_set_id: UUID) -> HttpResponse:
    kept, back = column_set_get(request.actor, column_set_id), reverse("finance:column_sets")
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: column_set_remove(actor=request.actor, column_set_id=column_set_id),
        page={
            "title": _("Remove the column set “%(name)s”?") % {"name": kept.name},
            "text": _("Files that were exported with it stay as they are."),
            "submit": _("Remove"),
            "danger": True,
            "back": back,
        },
        then=back,
        text=_("The column set is removed."),
    )
