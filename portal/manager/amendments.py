"""What an amendment changes in money before it is published, who asked for it, and what it booked afterwards."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Sum
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.shared.forms import ReasonForm, attempt
from portal.shared.listing import FilterForm, page_of
from portal.shared.pages import done, form_response, page_response
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.amendments import Difference, amendment_adjustments, amendment_difference, totals_by_period
from rebates.selectors.programs import program_get, program_sentence, version_list
from rebates.services.amendments import changes_closed_periods, program_amendment_request

CHARTED = 5


class PartnerFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner name or code"))


@page(Right.PROGRAMS_EDIT)
def amendment(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """The differences that publishing the draft would make; asking for it where closed periods are among them."""
    program = program_get(request.actor, program_id)
    draft, published = _versions(request, program_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        request.actor.require(Right.PROGRAMS_PUBLISH)
        if attempt(form, lambda data: program_amendment_request(actor=request.actor, program_id=program_id, **data)):
            text = _("Asked for. Somebody else has to publish it.")
            return done(request, reverse("manager:program_amendment", args=[program_id]), text)
    found = amendment_difference(request.actor, program_id)
    filters = PartnerFilter(request.GET)
    wanted = str(filters.values["q"]).lower()
    shown = [one for one in found if wanted in f"{one.partner.code} {one.partner.name}".lower()]
    context = {
        "program": program, "draft": draft, "filters": filters, "page": page_of(request, shown),
        "totals": totals_by_period(found), "charts": _charts(found),
        "needs_two": changes_closed_periods(program, draft), "texts": _texts(published, draft),
        "is_own": request.actor.is_person(draft.requested_by_id),
    }  # fmt: skip
    return form_response(request, "portal/manager/programs/amendment.html", context, form)


def _versions(request: PortalRequest, program_id: UUID) -> tuple[Any, Any]:
    """The draft, and the newest version that is published, if one is."""
    versions = list(version_list(request.actor, program_id))
    draft = next((one for one in versions if one.status == "draft"), None)
    if draft is None:
        raise NotFound
    return draft, next((one for one in versions if one.status == "published"), None)


def _texts(published: Any, draft: Any) -> list[tuple[str, str]]:
    """What the program says today and with the amendment, in the reader's language."""
    language = get_language() or "en"
    if published is None:
        return [(_("With the amendment"), program_sentence(draft, language))]
    return [
        (_("Today"), program_sentence(published, language)),
        (_("With the amendment"), program_sentence(draft, language)),
    ]


def _charts(found: list[Difference]) -> list[dict[str, Any]]:
    """For each currency the partners that win most and those that lose most."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in found:
        sums[one.currency][one.partner.name] += one.amount
    charts = []
    for currency, by_partner in sorted(sums.items()):
        ordered = sorted(by_partner.items(), key=lambda pair: (-pair[1], pair[0]))
        winners = [pair for pair in ordered if pair[1] > 0][:CHARTED]
        losers = [pair for pair in ordered if pair[1] < 0][-CHARTED:]
        rows = [*winners, *losers]
        charts.append({
            "title": _("Who wins and who loses, in %(currency)s") % {"currency": currency},
            "desc": _("The partners whose rebates rise and fall most"),
            "cats": [name for name, _amount in rows],
            "series": [
                {"name": _("More"), "values": [max(amount, Decimal(0)) for _name, amount in rows], "cls": "c1"},
                {"name": _("Less"), "values": [min(amount, Decimal(0)) for _name, amount in rows], "cls": "c5"},
            ],
            "stacked": True, "fmt": "money", "currency": currency,
        })  # fmt: skip
    return charts


@page(Right.ACCRUALS_VIEW)
def booked(request: PortalRequest, program_id: UUID, number: int) -> HttpResponse:
    """The adjustments that a published version caused."""
    program = program_get(request.actor, program_id)
    version = version_list(request.actor, program_id).filter(number=number).first()
    if version is None:
        raise NotFound
    found = amendment_adjustments(request.actor, version.pk)
    totals = found.order_by().values("currency").annotate(total=Sum("amount")).order_by("currency")
    context = {"program": program, "version": version, "page": page_of(request, found), "totals": list(totals)}
    return page_response(request, "portal/manager/programs/booked.html", context)
