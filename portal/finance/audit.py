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

AREAS: dict[str, tuple[object, tuple[str, ...]]] = {
    "programs": (
        gettext_lazy("Programs"), ("rebates.program.", "rebates.version.", "rebates.amendment.", "rebates.provision.")
    ),
    "what-ifs": (gettext_lazy("What-ifs"), ("rebates.what_if.",)),
    "periods": (gettext_lazy("Periods and closes"), ("rebates.period.", "rebates.close.")),
    "statements": (gettext_lazy("Statements"), ("rebates.statement.",)),
    "disputes": (gettext_lazy("Disputes"), ("rebates.dispute.",)),
    "settlements": (gettext_lazy("Settlements"), ("rebates.settlement.",)),
    "payments": (gettext_lazy("Payments"), ("rebates.payment.", "rebates.payout.", "partners.account.")),
    "bank": (gettext_lazy("Bank results"), ("rebates.bank_result",)),
    "books": (
        gettext_lazy("Books and leakage"),
        ("rebates.leakage.", "rebates.rebuild.", "rebates.reconciled", "ledger."),
    ),
    "partners": (gettext_lazy("Partners"), ("partners.",)),
    "commerce": (gettext_lazy("Products, rates and sales"), ("commerce.",)),
    "imports": (gettext_lazy("Imports"), ("imports.",)),
    "exports": (gettext_lazy("Exports"), ("exports.",)),
    "people": (gettext_lazy("People and keys"), ("identity.",)),
    "settings": (
        gettext_lazy("Settings"), ("rebates.review_settings.", "rebates.account_numbers.", "ledger.", "tenancy.")
    ),
}  # fmt: skip
"""By name: its label, and how the actions that belong to it begin."""


class AuditFilters(FilterForm):
    who = forms.CharField(label=gettext_lazy("Who"))
    action = select(
        gettext_lazy("What"), gettext_lazy("Everything"), [(name, label) for name, (label, _starts) in AREAS.items()]
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput)

    def selection(self, zone: ZoneInfo) -> dict[str, Any]:
        """The filters as the selector takes them; both days are included, in the tenant's zone."""
        values = self.values
        since, until = values["since"], values["until"]
        return {
            "who": values["who"],
            "action": AREAS[values["action"]][1] if values["action"] else "",
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
