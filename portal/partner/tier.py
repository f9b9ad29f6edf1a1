"""The partner's tier: where it stands, what the next one asks for, what is at risk, and what if."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.metrics import metric
from partners.metrics.registry import Unit
from partners.selectors.tier_simulation import Simulation, Way, shortest_way, simulate
from partners.selectors.tiers import Standing, appeal_get, standing_get, stay_list, tier_worth
from partners.services.tier_decisions import appeal_open, appeal_withdraw
from portal.shared.evidence import FilesField, evidence_of
from portal.shared.forms import AmountField, attempt
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.tier_text import (
    benefits_of,
    ladder_of,
    lines_of,
    risk_note,
    simulation_sentence,
    way_sentence,
    worth_said,
)
from prm.errors import Invalid, NotFound
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.money import parse_decimal, plain
from prm.web.surfaces import PortalRequest, page

HISTORY = 12


class SimulatorForm(forms.Form):
    """A field for each figure that the tiers look at: how much more of it, or for shares what it would be."""

    def __init__(self, *args: Any, standing: Standing, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signs: dict[str, str] = {}
        for code in dict.fromkeys(key.metric for key in standing.scheme.figures()):
            figure = metric(code)
            label = _("More: %(name)s") if figure.adds else _("%(name)s would be")
            sign = currency if figure.unit == Unit.MONEY else "%" if figure.unit == Unit.RATIO else ""
            self.fields[code] = AmountField(label=label % {"name": figure.name}, required=False)
            self.signs[code] = sign

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """(field, the sign behind it)"""
        return [(self[code], self.signs[code]) for code in self.fields]

    def changes(self) -> dict[str, Decimal]:
        found = {}
        for code in self.fields:
            typed = self.cleaned_data.get(code)
            if typed:
                found[code] = _number(code, typed)
        return found


def _number(code: str, typed: str) -> Decimal:
    try:
        value = parse_decimal(typed.removesuffix("%"))
    except ValueError:
        raise Invalid(fields={code: [_("Write a number such as 25000 or 12.5.")]}) from None
    return value / 100 if metric(code).unit == Unit.RATIO else value


def _typed(code: str, change: Decimal) -> str:
    number = change * 100 if metric(code).unit == Unit.RATIO else change
    return f"{Decimal(plain(number)):,f}"


class AppealForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Why you should keep the tier"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Orders to come, certificates under way, figures that are missing. Another "
                               "person than who decided reads it."),
    )  # fmt: skip
    files = FilesField(help_text=gettext_lazy("PDF, image, Excel or CSV; up to 5 files."))  # type: ignore[assignment]


@page(Right.OWN_TIER_VIEW)
def tier(request: PortalRequest) -> HttpResponse:
    """The question of the simulator is the address, so that it can be kept; with htmx only the answer is sent."""
    try:
        standing = standing_get(request.actor)
    except NotFound:
        return page_response(request, "portal/partner/tier/none.html")
    asked = any(request.GET.get(key.metric) for key in standing.scheme.figures())
    form = SimulatorForm(request.GET if asked else None, standing=standing, currency=request.tenant.base_currency)
    found: list[Simulation] = []

    def do(_data: dict[str, Any]) -> None:
        changes = form.changes()
        found.extend([simulate(request.actor, changes)] if changes else [])

    if asked:
        attempt(form, do)
    context: dict[str, Any] = {"form": form, "standing": standing, "outcome": _outcome(found[0]) if found else None}
    if request.htmx:
        return render(request, "portal/partner/tier/_outcome.html", context)
    return page_response(request, "portal/partner/tier/tier.html", context | _shown(request, standing, form))


def _shown(request: PortalRequest, standing: Standing, form: SimulatorForm) -> dict[str, Any]:
    assessment, following = standing.assessment, standing.next
    present = assessment.of(standing.rank)
    way = None if form.is_bound else shortest_way(standing)
    if way and not way.is_kept:
        worth = way.worth
    else:
        worth = tier_worth(standing.partner.pk, standing.tier, following.tier.code) if following else {}
    return _outset(way, form) | {
        "ladder": ladder_of(standing.scheme, standing.rank, assessment),
        "present": present and {"lines": lines_of(standing, present, "partner"), "result": present},
        "next": following and {"lines": lines_of(standing, following, "partner"), "result": following},
        "next_worth": worth_said(worth) if worth and all(amount > 0 for amount in worth.values()) else "",
        "next_benefits": benefits_of(following.tier.benefits) if following else [],
        "benefits": benefits_of(standing.now.benefits) if standing.now else [],
        "risk": risk_note(standing),
        "may_appeal": _may_appeal(request, standing),
        "history": list(stay_list(request.actor).exclude(status="qualified")[:HISTORY]),
    }


def _outset(way: Way | None, form: SimulatorForm) -> dict[str, Any]:
    """Until somebody asks, the form holds what it would take, and the answer says what that brings."""
    if way is None:
        return {}
    form.initial = {code: _typed(code, change) for code, change in way.changes.items()}
    return {"outcome": {"sentence": way_sentence(way), "tone": "warn" if way.is_kept else "ok"}}


def _may_appeal(request: PortalRequest, standing: Standing) -> bool:
    stay = standing.stay
    possible = stay is not None and stay.status in ("grace", "decided") and standing.appeal is None
    return possible and request.actor.can(Right.OWN_TIER_APPEAL)


def _outcome(found: Simulation) -> dict[str, Any]:
    result = found.assessment.of(found.assessment.rank)
    following = next((one for one in found.assessment.results if one.rank > found.assessment.rank), None)
    return {
        "sentence": simulation_sentence(found),
        "tone": "ok" if found.is_up or found.is_kept else "warn" if found.is_down else "plain",
        "name": str(result.tier.name) if result else "",
        "following": following,
        "lines": lines_of(found.standing, following, "partner") if following else [],
    }


@page(Right.OWN_TIER_APPEAL)
def appeal_new(request: PortalRequest) -> HttpResponse:
    standing = standing_get(request.actor)
    if standing.stay is None or not standing.losing:
        raise NotFound
    form = AppealForm(request.POST or None, request.FILES or None)
    stay_id = standing.stay.pk

    def do(data: dict[str, Any]) -> None:
        appeal_open(actor=request.actor, stay_id=stay_id, text=data["text"], files=evidence_of(data))

    if request.method == "POST" and attempt(form, do):
        return done(request, reverse("partner:tier"), _("Your appeal is open. Until it is decided no day passes."))
    context = {"standing": standing, "risk": risk_note(standing)}
    return form_response(request, "portal/partner/tier/appeal.html", context, form)


@page(Right.OWN_TIER_APPEAL)
def appeal_back(request: PortalRequest, appeal_id: UUID) -> HttpResponse:
    appeal = appeal_get(request.actor, appeal_id)
    asked = {
        "title": _("Withdraw the appeal?"), "text": _("The days go on from where they stopped."),
        "submit": _("Withdraw"), "back": reverse("partner:tier"), "danger": True,
    }  # fmt: skip
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: appeal_withdraw(actor=request.actor, appeal_id=appeal.pk), page=asked,
        then=reverse("partner:tier"), text=_("The appeal is withdrawn."),
    )  # fmt: skip


@page(Right.OWN_TIER_VIEW)
def appeal_file(request: PortalRequest, appeal_id: UUID, file_id: UUID) -> HttpResponseBase:
    appeal = appeal_get(request.actor, appeal_id)
    found = next((one.file for one in appeal.files.all() if one.file_id == file_id), None)
    if found is None:
        raise NotFound
    return file_response(found)
