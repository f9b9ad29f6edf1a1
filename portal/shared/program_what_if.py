"""What a program's draft, or its newest version, would have cost in past periods: for managers and finance alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.listing import page_of
from portal.shared.pages import page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.whatif.gaming import suspicions
from rebates.whatif.vendor import MOST_PERIODS, Replay, program_replay

USUAL_PERIODS, PARTNERS_SHOWN, NEAR_SHOWN = 4, 25, 10


class ReplayForm(forms.Form):
    periods = forms.TypedChoiceField(
        label=gettext_lazy("Periods"), coerce=int,
        choices=[(count, count) for count in range(1, MOST_PERIODS + 1)],
    )  # fmt: skip


@page(Right.ACCRUALS_VIEW)
def what_if(request: PortalRequest, program_id: UUID) -> HttpResponse:
    count = _periods(request)
    replay = program_replay(request.actor, program_id, periods=count)
    context = {
        "replay": replay,
        "count": count,
        "counts": range(1, MOST_PERIODS + 1),
        "page": page_of(request, replay.moves, PARTNERS_SHOWN),
        "charts": [_chart(replay, currency) for currency, _before, _after in replay.totals()],
        "cliffs": [(one, one.near[:NEAR_SHOWN], len(one.near)) for one in replay.cliffs],
    }
    return page_response(request, "portal/shared/programs/what_if.html", context)


@page(Right.ACCRUALS_VIEW)
def returned(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """Bands reached by sales that came back; the page asks for it once it is shown, because it replays more."""
    found = suspicions(request.actor, program_id, periods=_periods(request))
    return page_response(request, "portal/shared/programs/_returned.html", {"found": found})


def _periods(request: PortalRequest) -> int:
    form = ReplayForm(request.GET)
    return form.cleaned_data["periods"] if form.is_valid() else USUAL_PERIODS


def _chart(replay: Replay, currency: str) -> dict[str, Any]:
    rows = [one for one in replay.costs if one.currency == currency]
    return {
        "title": _("Cost by period in %(currency)s") % {"currency": currency},
        "desc": _("What each period cost by the rules of its time, and by this version."),
        "cats": [one.period.key for one in rows],
        "series": [
            {"name": _("As it was"), "values": [one.before for one in rows], "cls": "c3"},
            {"name": _("By this version"), "values": [one.after for one in rows], "cls": "c1"},
        ],
        "stacked": False,
        "fmt": "money",
        "currency": currency,
    }
