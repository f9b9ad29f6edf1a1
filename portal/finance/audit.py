"""The audit trail: who did what to which thing, when."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from portal.shared.audit_text import details_of
from portal.shared.forms import DateInput
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import page_response
from portal.shared.wording import ACTIONS
from prm.audit.selectors import entry_list
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

AREAS = [
    ("rebates.program", gettext_lazy("Programs")),
    ("rebates.period", gettext_lazy("Periods")),
    ("rebates.statement", gettext_lazy("Statements")),
    ("rebates.settlement", gettext_lazy("Settlements")),
    ("rebates.payment", gettext_lazy("Payments")),
    ("rebates.bank_result", gettext_lazy("Bank results")),
    ("partners", gettext_lazy("Partners")),
    ("commerce", gettext_lazy("Products, rates and sales")),
    ("imports", gettext_lazy("Imports")),
    ("exports", gettext_lazy("Exports")),
    ("identity", gettext_lazy("People and keys")),
]


class AuditFilters(FilterForm):
    who = forms.CharField(label=gettext_lazy("Who"))
    action = select(gettext_lazy("What"), gettext_lazy("Everything"), AREAS)
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput)

    def selection(self, zone: ZoneInfo) -> dict[str, Any]:
        """The filters as the selector takes them; both days are included, in the tenant's zone."""
        values = self.values
        since, until = values["since"], values["until"]
        return {
            "who": values["who"],
            "action": values["action"],
            "since": _midnight(since, zone) if since else None,
            "until": _midnight(until + dt.timedelta(days=1), zone) if until and until < dt.date.max else None,
        }


@page(Right.AUDIT_VIEW)
def trail(request: PortalRequest) -> HttpResponse:
    filters = AuditFilters(request.GET)
    found = entry_list(request.actor, **filters.selection(ZoneInfo(request.tenant.time_zone)))
    shown = page_of(request, found)
    for entry in shown:
        entry.details = details_of(entry)
    context = {"page": shown, "filters": filters, "known": ACTIONS}
    return page_response(request, "portal/finance/audit.html", context)


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone)
