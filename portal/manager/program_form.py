"""Writing a program: the form, empty, from a template, from another program or from a draft; its live preview."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commerce.selectors import product_facets
from partners.selectors.partners import partner_facets
from portal.manager.editor import ProgramEditor, labels
from portal.manager.editor.drawing import drawn
from portal.manager.editor.options import OptionSource
from portal.manager.program_cost import cost_of
from portal.manager.program_templates import Vendor, template_document, templates_for
from portal.shared.pages import done, page_response
from portal.shared.program_view import view_of
from prm import clock
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.rights import Right
from prm.tenancy.models import Tenant
from prm.web.surfaces import PortalRequest, page
from rebates.engine.periods import Calendar, PeriodKind
from rebates.engine.program import parse_program
from rebates.engine.reading import Fault
from rebates.faults import fault_message
from rebates.selectors.programs import program_get, program_list, stacking_groups, version_list
from rebates.services.programs import program_amend, program_create, program_update_draft


@page(Right.PROGRAMS_EDIT)
def create(request: PortalRequest) -> HttpResponse:
    """`?template=growth` and `?copy=<program>` open the form filled."""
    if request.method != "POST":
        editor, note = _beginning(request)
        return _editor_page(request, editor, {"note": note})
    made: list[Any] = []

    def save(definition: dict[str, Any]) -> None:
        made.append(program_create(actor=request.actor, definition=definition))

    return _edited(request, ProgramEditor.posted(request.POST), save, lambda: made[0].pk)


def _beginning(request: PortalRequest) -> tuple[ProgramEditor, str]:
    """The form to begin with, and what to say about it."""
    template, copied = request.GET.get("template", ""), request.GET.get("copy", "")
    if template:
        document = template_document(template, _vendor(request))
        return ProgramEditor.of(document), _("A beginning: change what is different with you. Nothing is saved yet.")
    if copied:
        document = _copy_of(request, copied)
        said = _("A copy of %(code)s. It needs a code of its own.") % {"code": document["code"]}
        return ProgramEditor.of(document | {"code": ""}), said
    return ProgramEditor.blank(request.tenant.base_currency, quarter_start(request.tenant)), ""


def _copy_of(request: PortalRequest, program_id: str) -> dict[str, Any]:
    """The newest version's document; a group that is only its own does not come along."""
    try:
        newest = version_list(request.actor, UUID(program_id))[0]
    except ValueError as error:
        raise NotFound from error
    document = dict(newest.definition)
    stacking = document.get("stacking") or {}
    if stacking.get("group") == document["code"]:
        document["stacking"] = {key: value for key, value in stacking.items() if key != "group"}
    return document


def _vendor(request: PortalRequest) -> Vendor:
    return Vendor(
        currency=request.tenant.base_currency,
        since=quarter_start(request.tenant),
        lines=tuple(product_facets(request.actor)["line"]),
        codes=frozenset(program_list(request.actor).values_list("code", flat=True)),
    )


@page(Right.PROGRAMS_EDIT)
def templates(request: PortalRequest) -> HttpResponse:
    """The usual kinds of programs, each with the sentence that it would be."""
    context = {"templates": templates_for(_vendor(request), get_language() or "en")}
    return page_response(request, "portal/manager/programs/templates.html", context)


@page(Right.PROGRAMS_EDIT)
def edit(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """Write the draft over, or, where there is none, begin the next version with what the last one says."""
    program = program_get(request.actor, program_id)
    newest = version_list(request.actor, program_id)[0]
    service = program_update_draft if newest.status == "draft" else program_amend
    context = {"program": program, "version": newest, "is_amendment": newest.number > 1 or newest.status != "draft"}
    if request.method != "POST":
        return _editor_page(request, ProgramEditor.of(newest.definition), context)

    def save(definition: dict[str, Any]) -> None:
        service(actor=request.actor, program_id=program_id, definition=definition)

    return _edited(request, ProgramEditor.posted(request.POST), save, lambda: program_id, context)


def _edited(
    request: PortalRequest,
    editor: ProgramEditor,
    save: Callable[[dict[str, Any]], None],
    saved_id: Callable[[], UUID],
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    action = request.POST.get("action", "")
    if action == "cost" or editor.rearrange(action):
        shown = {**(context or {}), **(_cost(request, editor) if action == "cost" else {})}
        response = _editor_page(request, editor, shown)
        response.headers["HX-Trigger"] = "rows-changed"
        return response
    if editor.is_valid() and _saved(editor, save):
        return done(
            request, reverse("manager:program", args=[saved_id()]), _("The draft was saved. Partners do not see it.")
        )
    return _editor_page(request, editor, context, status=422)


def _saved(editor: ProgramEditor, save: Callable[[dict[str, Any]], None]) -> bool:
    try:
        with transaction.atomic():
            save(editor.definition())
    except Fault as fault:
        editor.refuse(Invalid(fields={fault.path: [fault_message(fault)]}))
    except Invalid as refusal:
        editor.refuse(refusal)
    except Conflict as refusal:
        editor.form.add_error(None, str(refusal.message))
    else:
        return True
    return False


def _editor_page(
    request: PortalRequest, editor: ProgramEditor, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    source = OptionSource(product_facets(request.actor), partner_facets(request.actor))
    more = drawn(editor, source, stacking_groups(request.actor, get_language() or "en"))
    preview = _preview(editor) if editor.raw("code") or editor.form.is_bound else {}
    return page_response(
        request,
        "portal/manager/programs/form.html",
        {**more, "returns": labels.RETURNS, **preview, **(context or {})},
        status=status,
    )


@require_POST
@page(Right.PROGRAMS_EDIT)
def preview(request: PortalRequest) -> HttpResponse:
    """The sentence and the payout curve of what is in the form, while it is being written."""
    editor = ProgramEditor.posted(request.POST)
    context = _preview(editor)
    missing = editor.first_missing() if "fault" in context else None
    if missing:
        # What nobody has typed yet is not said to be wrong.
        context = {"fault": {"place": missing[0], "text": missing[1]}}
    return page_response(request, "portal/manager/programs/_preview.html", context)


def _preview(editor: ProgramEditor) -> dict[str, Any]:
    try:
        return {"view": view_of(parse_program(_complete(editor)))}
    except Fault as fault:
        return {"fault": {"place": editor.place_of(fault.path), "text": fault_message(fault)}}


def _complete(editor: ProgramEditor) -> dict[str, Any]:
    """The document; the sentence does not speak of the code, so it need not wait for one."""
    definition = editor.definition()
    return definition | {"code": definition["code"] or "-"}


@require_POST
@page(Right.PROGRAMS_EDIT)
def preview_cost(request: PortalRequest) -> HttpResponse:
    """What the form's program would have cost in the last full period."""
    context = _cost(request, ProgramEditor.posted(request.POST))
    return page_response(request, "portal/manager/programs/_live_cost.html", context)


def _cost(request: PortalRequest, editor: ProgramEditor) -> dict[str, Any]:
    try:
        rules = parse_program(_complete(editor))
    except Fault:
        # The preview says what is missing.
        return {}
    return cost_of(request, rules)


def quarter_start(tenant: Tenant) -> dt.date:
    """The first day of the tenant's present quarter."""
    return Calendar(tenant.fiscal_start_month).period(PeriodKind.QUARTER, clock.today(tenant)).start
