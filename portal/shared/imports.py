"""Imports: upload, map the columns, check or run, watch, read the result, take it back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.shared.forms import attempt
from portal.shared.import_mapping import MappingForm
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, here, page_response
from prm.errors import Conflict, Invalid
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.imports.kinds import kind_named
from prm.imports.policies import kinds_of
from prm.imports.selectors import (
    error_reason,
    import_errors,
    import_errors_csv,
    import_get,
    import_list,
    import_preview,
    import_progress,
)
from prm.imports.services import import_start, import_undo, import_upload
from prm.web.surfaces import PortalRequest, page

ERRORS_PER_PAGE = 50
RUNNING = ("queued", "running")
MAPPABLE = ("uploaded", "checked", "failed")


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"), widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"))
    sender = forms.CharField(
        label=gettext_lazy("Who sends it"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "The columns you assign are remembered for this sender, such as “SAP” or a distributor."
        ),
    )
    update_existing = forms.BooleanField(
        label=gettext_lazy("Change what is already there"),
        required=False,
        help_text=gettext_lazy("For partners, products and rates. Without it a row that differs is refused."),
    )

    def __init__(self, *args: Any, kinds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class ImportFilters(FilterForm):
    def __init__(self, *args: Any, kinds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(kind.name, kind.label) for kind in kinds]
        self.fields["kind"] = select(gettext_lazy("Kind"), gettext_lazy("All kinds"), labels)


@page(Right.IMPORTS_RUN)
def imports(request: PortalRequest) -> HttpResponse:
    filters = ImportFilters(request.GET, kinds=kinds_of(request.actor))
    shown = page_of(request, import_list(request.actor, kind=filters.values["kind"]))
    for run in shown:
        run.kind_label = kind_named(run.kind).label
    return page_response(request, "portal/shared/imports/list.html", {"page": shown, "filters": filters})


@page(Right.IMPORTS_RUN)
def import_new(request: PortalRequest) -> HttpResponse:
    kinds = kinds_of(request.actor)
    first = request.GET.get("kind") if request.GET.get("kind") in {kind.name for kind in kinds} else "sales"
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds, initial={"kind": first})
    made: list[Any] = []

    def upload(data: dict[str, Any]) -> None:
        file = data.pop("file")
        made.append(import_upload(actor=request.actor, name=file.name, content=file, **data))

    if attempt(form, upload):
        return done(
            request, here(request, "import", made[0].pk), _("The file is here. Check the columns, then import.")
        )
    return form_response(request, "portal/shared/imports/new.html", {}, form)


@page(Right.IMPORTS_RUN)
def import_page(request: PortalRequest, import_id: UUID) -> HttpResponse:
    """The columns before it runs, the bar while it runs, the result afterwards."""
    run: Any = import_get(request.actor, import_id)
    run.kind_label = kind_named(run.kind).label
    if run.status in RUNNING:
        context = {"run": run, "progress": import_progress(import_id)}
        return page_response(request, "portal/shared/imports/running.html", context)
    errors = page_of(request, import_errors(request.actor, import_id), ERRORS_PER_PAGE)
    for error in errors:
        error.reason, error.cells = error_reason(error), json.loads(error.content) if error.content else []
    context = {"run": run, "errors": errors}
    if run.status in MAPPABLE:
        preview = import_preview(request.actor, import_id)
        context |= {"preview": preview, "mapping": MappingForm(preview, kind_named(run.kind))}
    return page_response(request, "portal/shared/imports/detail.html", context)


@require_POST
@page(Right.IMPORTS_RUN)
def import_run(request: PortalRequest, import_id: UUID) -> HttpResponse:
    """Start it with the columns of the form; `check` only tells what would become of the rows."""
    run: Any = import_get(request.actor, import_id)
    preview = import_preview(request.actor, import_id)
    form = MappingForm(preview, kind_named(run.kind), request.POST)
    dry_run = request.POST.get("action") == "check"
    try:
        import_start(actor=request.actor, import_id=import_id, mapping=form.mapping(), dry_run=dry_run)
    except (Invalid, Conflict) as refusal:
        run.kind_label = kind_named(run.kind).label
        form.refuse(refusal)
        context = {"run": run, "preview": preview, "mapping": form, "errors": page_of(request, [])}
        return page_response(request, "portal/shared/imports/detail.html", context, status=422)
    text = _("The file is being checked. Nothing is written.") if dry_run else _("The import has begun.")
    return done(request, here(request, "import", import_id), text)


@page(Right.IMPORTS_RUN)
def import_watch(request: PortalRequest, import_id: UUID) -> HttpResponse:
    """The bar alone, asked again and again; when it is over, the whole page once more."""
    run = import_get(request.actor, import_id)
    if run.status in RUNNING:
        context = {"run": run, "progress": import_progress(import_id)}
        return page_response(request, "portal/shared/imports/_progress.html", context)
    return HttpResponse(status=204, headers={"HX-Redirect": here(request, "import", import_id)})


@page(Right.IMPORTS_RUN)
def import_refused(request: PortalRequest, import_id: UUID) -> HttpResponseBase:
    """The refused rows as a file to mend and import again."""
    return file_response(import_errors_csv(request.actor, import_id))


@page(Right.IMPORTS_RUN)
def import_take_back(request: PortalRequest, import_id: UUID) -> HttpResponse:
    run = import_get(request.actor, import_id)
    address = here(request, "import", import_id)
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: import_undo(actor=request.actor, import_id=import_id),
        page={
            "title": _("Undo the import of %(name)s?") % {"name": run.file.name},
            "text": _(
                "All its rows are taken back, and what partners earned from them."
                " Rows in a statement stay: then nothing is undone."
            ),
            "submit": _("Undo import"),
            "danger": True,
            "back": address,
        },
        then=address,
        text=_("The import was taken back."),
    )
