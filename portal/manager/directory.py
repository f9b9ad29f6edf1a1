"""The directory of partners: search, filters, columns, views that people keep, and rows picked for acts on many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners import directory as filters_known
from partners.export_kinds.directory import PARTNERS, partners
from partners.selectors.directory import (
    COLUMNS,
    SORTS,
    USUAL,
    directory_facets,
    directory_page,
    owners,
    view_default,
    view_get,
    view_list,
)
from partners.services.directory import view_default_set, view_remove, view_save
from partners.states.bulk import BulkVerb
from portal.shared.forms import attempt
from portal.shared.listing import FilterForm, Sort, select
from portal.shared.pages import confirmed, done, form_response, page_response
from prm import clock
from prm.errors import Invalid, NotFound
from prm.exports.writers import write_csv
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

LABELS = {
    "code": gettext_lazy("Code"),
    "type": gettext_lazy("Type"),
    "region": gettext_lazy("Region"),
    "country": gettext_lazy("Country"),
    "tier": gettext_lazy("Tier"),
    "owner": gettext_lazy("Owner"),
    "ending": gettext_lazy("Term ends"),
    "tags": gettext_lazy("Tags"),
    "status": gettext_lazy("Status"),
    "since": gettext_lazy("Here since"),
}
KEPT = {"view", "sort", "after", "cols", "all"}
"""What the address holds besides filters."""


class DirectoryFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or code"))

    def __init__(self, data: Any, *, request: PortalRequest) -> None:
        super().__init__(data)
        facets = directory_facets(request.actor)
        for one in filters_known.filters():
            options: Any = one.options(request.actor) if one.options else facets.get(one.code, [])
            if one.code == "owner":
                options = [*options, *((str(user.pk), str(user)) for user in owners(request.actor))]
            self.fields[one.code] = select(one.label, one.every, options)


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=80)
    is_shared = forms.BooleanField(label=gettext_lazy("For everybody"), required=False)
    is_default = forms.BooleanField(label=gettext_lazy("The directory opens with it"), required=False)


@dataclass
class Listed:
    """What the list shows: a view's filters, or those of the address."""

    view: Any
    form: DirectoryFilters
    columns: list[str]
    sort: str
    query: str

    @property
    def filters(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.form.values.items() if value}


@dataclass
class Rows:
    """A page of partners as the template walks it."""

    rows: list[Any]
    after: str
    is_first: bool

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@page(Right.PARTNERS_VIEW)
def listing(request: PortalRequest) -> HttpResponse:
    listed = listed_of(request)
    try:
        found = directory_page(
            request.actor, listed.filters, sort=listed.sort, after=request.GET.get("after", "")
        )  # fmt: skip
    except Invalid:
        # An old or mistyped address begins at the first page.
        found = directory_page(request.actor, listed.filters, sort=listed.sort)
    key = found.sort.removeprefix("-")
    context = {
        "page": Rows(found.rows, found.after, found.is_first),
        "filters": listed.form,
        "sort": Sort(key, found.sort.startswith("-"), frozenset(SORTS)),
        "listed": listed,
        "views": list(view_list(request.actor)),
        "columns": [(name, LABELS[name], name in listed.columns) for name in COLUMNS],
        "verbs": _verbs(request),
    }
    return page_response(request, "portal/manager/partners/list.html", context)


def listed_of(request: PortalRequest) -> Listed:
    view = _view(request)
    own = {name: request.GET[name] for name in request.GET if name not in KEPT}
    data = own if own or view is None else dict(view.filters)
    form = DirectoryFilters(data, request=request)
    columns = [name for name in COLUMNS if name in request.GET.getlist("cols")]
    columns = columns or (list(view.columns) if view else []) or list(USUAL)
    sort = request.GET.get("sort") or (view.sort if view else "name")
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in form.values.items() if value})
    query["sort"] = sort
    query.setlist("cols", columns)
    return Listed(view, form, columns, sort, query.urlencode())


def _view(request: PortalRequest) -> Any:
    chosen = request.GET.get("view", "")
    if chosen:
        try:
            return view_get(request.actor, UUID(chosen))
        except (ValueError, NotFound):
            return None
    return view_default(request.actor) if not request.GET else None


def _verbs(request: PortalRequest) -> list[tuple[str, Any]]:
    if not request.actor.can(Right.PARTNERS_EDIT):
        return []
    may_suspend = request.actor.can(Right.LIFECYCLE_DECIDE)
    return [(value, label) for value, label in BulkVerb.choices if value != BulkVerb.SUSPEND or may_suspend]


@page(Right.PARTNERS_VIEW)
def save(request: PortalRequest) -> HttpResponse:
    """Keep the list as it is under a name; what it is comes as `listed`, a query string."""
    listed = QueryDict(request.POST.get("listed") or request.GET.get("listed", ""))
    form = ViewForm(request.POST or None)
    made: list[Any] = []
    if attempt(form, lambda data: made.append(_kept(request, listed, data))):
        return done(request, f"{reverse('manager:partners')}?view={made[0].pk}", _("The view was saved."))
    context = {"listed": listed.urlencode(), "may_share": request.actor.can(Right.PARTNERS_EDIT)}
    return form_response(request, "portal/manager/partners/view.html", context, form)


def _kept(request: PortalRequest, listed: QueryDict, data: dict[str, Any]) -> Any:
    filters = {name: str(listed[name]) for name in listed if name not in KEPT}
    kept = view_save(
        actor=request.actor, name=data["name"], filters=filters, columns=listed.getlist("cols"),
        sort=listed.get("sort", "name"), is_shared=data["is_shared"],
    )  # fmt: skip
    if data["is_default"]:
        view_default_set(actor=request.actor, view_id=kept.pk)
    return kept


@page(Right.PARTNERS_VIEW)
def remove(request: PortalRequest, view_id: UUID) -> HttpResponse:
    view = view_get(request.actor, view_id)
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: view_remove(actor=request.actor, view_id=view_id),
        page={"title": _("Remove the view “%(name)s”?") % {"name": view.name}, "submit": _("Remove"), "danger": True,
              "text": _("The partners stay as they are."), "back": reverse("manager:partners")},
        then=reverse("manager:partners"),
        text=_("The view was removed."),
    )  # fmt: skip


@require_POST
@page(Right.PARTNERS_VIEW)
def make_default(request: PortalRequest) -> HttpResponse:
    """The directory opens with this view; without one, with all partners."""
    try:
        view_id = UUID(request.POST["view"]) if request.POST.get("view") else None
    except ValueError:
        raise NotFound from None
    view_default_set(actor=request.actor, view_id=view_id)
    where = f"{reverse('manager:partners')}?view={view_id}" if view_id else f"{reverse('manager:partners')}?all=1"
    return done(request, where, _("The directory opens with this view now."))


@page(Right.PARTNERS_VIEW)
def csv(request: PortalRequest) -> HttpResponseBase:
    """All that the list shows, as a file."""
    return csv_response(request, listed_of(request).filters, None)


def csv_response(request: HttpRequest, filters: dict[str, str], ids: list[UUID] | None) -> HttpResponseBase:
    """The partners of these ids, else all that meet the filters."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    rows = partners(actor, **(filters if ids is None else {}))
    rows = rows if ids is None else rows.filter(pk__in=ids)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "partners.csv"
        write_csv(path, rows, PARTNERS, lambda _done: None)
        day = clock.today(request.tenant)  # type: ignore[attr-defined]
        return file_response(Download(f"partners-{day}.csv", "text/csv; charset=utf-8", path.read_bytes()))
