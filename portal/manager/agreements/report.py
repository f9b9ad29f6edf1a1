"""Who has no agreement in force, and whose is about to end; on the page and as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.agreements import agreements_in_force_of, compliance
from partners.selectors.partners import partner_facets
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import page_response
from prm.files.responses import Download, file_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.csv_cells import csv_cell

STATES = [
    ("missing", gettext_lazy("None in force")), ("ending", gettext_lazy("Ends within 90 days")),
    ("fine", gettext_lazy("In order")),
]  # fmt: skip


class ReportFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or code"))
    state = select(gettext_lazy("State"), gettext_lazy("All partners"), STATES)

    def __init__(self, *args: Any, regions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = select(gettext_lazy("Region"), gettext_lazy("All regions"), regions)


@page(Right.AGREEMENTS_VIEW)
def report(request: PortalRequest) -> HttpResponse:
    filters = ReportFilters(request.GET, regions=partner_facets(request.actor, "region")["region"])
    shown = page_of(request, _rows(request, filters))
    context = {
        "page": _with_agreements(shown), "filters": filters,
        "counts": {state: compliance(request.actor, state=state).order_by().count() for state, _label in STATES},
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return page_response(request, "portal/manager/agreements/report.html", context)


@page(Right.AGREEMENTS_VIEW)
def report_csv(request: PortalRequest) -> HttpResponseBase:
    filters = ReportFilters(request.GET, regions=partner_facets(request.actor, "region")["region"])
    text = io.StringIO()
    writer = csv.writer(text)
    heads = (_("Code"), _("Partner"), _("Region"), _("Status"), _("State"), _("Agreement"), _("Until"))
    writer.writerow([str(head) for head in heads])
    for partner in _with_agreements(_rows(request, filters)):
        found = partner.in_force
        until = found.active_to.isoformat() if found and found.active_to else ""
        cells = (partner.code, partner.name, partner.region, partner.get_status_display(), str(state_of(partner)),
                 str(found or ""), until)  # fmt: skip
        writer.writerow([csv_cell(cell) for cell in cells])
    content = text.getvalue().encode("utf-8-sig")
    return file_response(Download("agreements.csv", "text/csv; charset=utf-8", content))


def state_of(partner: Any) -> object:
    key = "fine" if partner.is_safe else "ending" if partner.has_agreement else "missing"
    return dict(STATES)[key]


def _rows(request: PortalRequest, filters: ReportFilters) -> Any:
    values = filters.values
    found: Any = compliance(request.actor, state=values["state"], search=values["q"], region=values["region"])
    return found.order_by("is_safe", "has_agreement", "name")


def _with_agreements(rows: Any) -> Any:
    partners = list(rows)
    latest = agreements_in_force_of([one.pk for one in partners])
    for partner in partners:
        partner.in_force = latest.get(partner.pk)
        partner.state = state_of(partner)
    return rows if hasattr(rows, "paginator") else partners
