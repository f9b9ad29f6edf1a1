"""Sale lines: the list, and one line with where it counts and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from commerce.selectors import sale_get, sale_list
from partners.selectors.partners import partner_get
from portal.shared.counting import story_of
from portal.shared.forms import DateInput
from portal.shared.listing import FilterForm, key_page
from portal.shared.pages import page_response
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.imports.selectors import import_list
from prm.web.surfaces import PortalRequest, page


class SaleFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Line id"))
    sku = forms.CharField(label=gettext_lazy("SKU"))
    since = forms.DateField(label=gettext_lazy("Sold from"), widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Sold until"), widget=DateInput)
    partner = forms.UUIDField(label=gettext_lazy("Partner"), widget=forms.HiddenInput)
    import_id = forms.UUIDField(label=gettext_lazy("Import"), widget=forms.HiddenInput)

    def selection(self) -> dict[str, Any]:
        values = self.values
        return {
            "search": values["q"],
            "sku": values["sku"],
            "since": _day(values["since"]),
            "until": _day(values["until"]),
            "partner_id": values["partner"] or None,
            "import_id": values["import_id"] or None,
        }


@page(Right.SALES_VIEW)
def sales(request: PortalRequest) -> HttpResponse:
    filters = SaleFilters(request.GET)
    selection = filters.selection()
    partner = partner_get(request.actor, selection["partner_id"]) if selection["partner_id"] else None
    rows = key_page(request, sale_list(request.actor, **selection))
    context = {"rows": rows, "filters": filters, "partner": partner}
    return page_response(request, "portal/shared/sales/list.html", context)


@page(Right.SALES_VIEW)
def sale(request: PortalRequest, sale_id: int) -> HttpResponse:
    if sale_id >= 2**63:
        raise NotFound
    line = sale_get(request.actor, sale_id)
    # Lines brought in by a command name an import of which there is no record.
    may = line.import_id and request.actor.can(Right.IMPORTS_RUN)
    recorded = may and import_list(request.actor).filter(pk=line.import_id or "").exists()
    context = {"line": line, "story": story_of(request.actor, line), "recorded": recorded}
    return page_response(request, "portal/shared/sales/detail.html", context)


def _day(value: Any) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
