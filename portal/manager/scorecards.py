"""The vendor's scorecards: the matrix of partners and figures, and what counts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import commitments
from partners.metrics import WindowKind, metrics
from partners.selectors.partners import partner_facets
from partners.selectors.scorecards import (
    SORTS,
    about,
    figures_of,
    months_scored,
    score_list,
    scorecard_get,
    scorecard_list,
    scores_sorted,
    trends_of,
    version_get,
    versions_in_force,
)
from partners.services.scorecards import (
    line_remove,
    line_set,
    scorecard_create,
    scorecard_publish,
    scorecard_retire,
    scorecard_revise,
)
from partners.states.plans import Side
from portal.shared.figure_text import stored_of, typed_of
from portal.shared.forms import AmountField, ReasonForm, attempt
from portal.shared.listing import FilterForm, Sort, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.plan_forms import number
from portal.shared.scorecard_pages import known
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page

STATES = [("red", gettext_lazy("With red flags")), ("clear", gettext_lazy("Without red flags"))]
VIEW, EDIT = Right.SCORECARDS_VIEW, Right.SCORECARDS_EDIT


class MatrixFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or code"))
    state = select(gettext_lazy("State"), gettext_lazy("All partners"), STATES)

    def __init__(
        self, *args: Any, facets: dict[str, list[str]], cards: Any, months: list[dt.date], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"] = select(_("Type"), _("All types"), facets["type"])
        self.fields["region"] = select(_("Region"), _("All regions"), facets["region"])
        named = [(str(one.pk), one.scorecard.name) for one in cards]
        if len(named) > 1:
            self.fields["card"] = _of(_("Scorecard"), named)
        self.fields["month"] = _of(_("Month"), [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months])


def _of(label: str, values: list[tuple[str, str]]) -> forms.ChoiceField:
    """A filter that always stands on something."""
    widget = forms.Select(attrs={"aria-label": label})
    return forms.ChoiceField(label=label, choices=values, required=False, widget=widget)


class ScorecardForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    partner_types = forms.CharField(
        label=gettext_lazy("Partner types"), required=False, max_length=500,
        help_text=gettext_lazy("Separated by semicolons. Empty: all that no other scorecard is for."),
    )  # fmt: skip

    def clean_partner_types(self) -> list[str]:
        return [
            part.strip() for part in self.cleaned_data["partner_types"].replace("；", ";").split(";") if part.strip()
        ]


class LineForm(forms.Form):
    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    target = AmountField(label=gettext_lazy("Target"), help_text=gettext_lazy("Full marks. Per cents as 12.5."))
    floor = AmountField(label=gettext_lazy("Red-flag floor"), help_text=gettext_lazy("No marks; past it a red flag."))
    weight = forms.IntegerField(label=gettext_lazy("Weight"), min_value=1, max_value=100, initial=1)
    window = forms.ChoiceField(label=gettext_lazy("Window"), choices=WindowKind.choices)
    length = forms.IntegerField(
        label=gettext_lazy("Length"),
        min_value=0,
        max_value=1830,
        initial=12,
        help_text=gettext_lazy("0 for whole periods."),
    )
    owner_label = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(f"{Side.PARTNER}:{one.code}", one.name) for one in metrics()]
        promised = [(f"{Side.VENDOR}:{one.code}", one.name) for one in commitments.commitments()]
        self.fields["figure"].choices = [(Side.PARTNER.label, own), (Side.VENDOR.label, promised)]  # type: ignore[attr-defined]

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        side, _sep, code = data["figure"].partition(":")
        what = about(side, code)
        unit = what.unit if what else ""
        read = {name: stored_of(number(data[name], name), unit) for name in ("target", "floor")}
        return {"side": side, "metric": code, **{k: v for k, v in data.items() if k != "figure"}, **read}


@page(VIEW)
def matrix(request: PortalRequest) -> HttpResponse:
    cards, months = versions_in_force(), months_scored(request.actor)
    facets = partner_facets(request.actor, "type", "region")
    filters = MatrixFilters(request.GET, facets=facets, cards=cards, months=months)
    values = filters.values
    card = next((one for one in cards if str(one.pk) == values.get("card")), cards[-1] if cards else None)
    context: dict[str, Any] = {"filters": filters, "card": card, "cards": cards, "may_edit": request.actor.can(EDIT)}
    if card is None or not months:
        return page_response(request, "portal/manager/scorecards/matrix.html", context)
    month = next((one for one in months if f"{one:%Y-%m}" == values["month"]), months[0])
    given = {"search": values["q"], **{name: values[name] for name in ("type", "region", "state")}}
    rows = score_list(request.actor, scorecard_id=card.scorecard_id if len(cards) > 1 else None, month=month, **given)
    lines = [(line, what) for line in card.lines.all() if (what := about(line.side, line.metric))]
    sort = _sort(request, [f"{line.side}:{line.metric}" for line, _what in lines])
    shown = page_of(request, scores_sorted(rows, sort.key, descending=sort.descending))
    _fill(request, shown, lines, month)
    context |= {"page": shown, "lines": lines, "month": month, "sort": sort}
    return page_response(request, "portal/manager/scorecards/matrix.html", context)


def _fill(request: PortalRequest, shown: Any, lines: Any, month: dt.date) -> None:
    """The cells and the trend of each row of the page, in two statements."""
    ids = [row.partner_id for row in shown]
    figures, trends = figures_of(request.actor, ids, month), trends_of(request.actor, ids, month)
    for row in shown:
        own = figures.get(row.partner_id, {})
        row.cells = [(what, own.get((line.side, line.metric))) for line, what in lines]
        row.trend = known(trends[row.partner_id])


def _sort(request: PortalRequest, keys: list[str]) -> Sort:
    asked = request.GET.get("sort", "score")
    known = frozenset([*SORTS, *keys])
    key = asked.removeprefix("-")
    return Sort(key, asked.startswith("-"), known) if key in known else Sort("score", False, known)


@page(VIEW)
def definitions(request: PortalRequest) -> HttpResponse:
    form = ScorecardForm(request.POST or None)
    made: list[Any] = []
    if request.actor.can(EDIT) and attempt(
        form, lambda data: made.append(scorecard_create(actor=request.actor, **data))
    ):
        return done(request, _version_url(made[0].versions.get().pk), _("Now say what counts."))
    context = {"cards": scorecard_list(request.actor), "may_edit": request.actor.can(EDIT)}
    return form_response(request, "portal/manager/scorecards/definitions.html", context, form)


@page(VIEW)
def version(request: PortalRequest, version_id: UUID) -> HttpResponse:
    found = version_get(request.actor, version_id)
    lines = [(line, about(line.side, line.metric, fresh=True)) for line in found.lines.all()]
    context = {
        "version": found, "lines": lines, "form": LineForm(),
        "versions": found.scorecard.versions.order_by("-number"), "may_edit": request.actor.can(EDIT),
        "writes": request.actor.can(EDIT) and found.status == "draft",
    }  # fmt: skip
    return page_response(request, "portal/manager/scorecards/version.html", context)


@page(EDIT)
def line(request: PortalRequest, version_id: UUID) -> HttpResponse:
    found = version_get(request.actor, version_id)
    lines = [(row, about(row.side, row.metric)) for row in found.lines.all()]
    form = LineForm(request.POST or None, initial=_line_initial(request, lines))
    back = _version_url(version_id)
    return confirmed(
        request, form,
        do=lambda data: line_set(actor=request.actor, version_id=version_id, **form.values(data)),
        page={"title": _("Line of the scorecard"), "submit": _("Save"), "back": back}, then=back, text=_("Saved."),
    )  # fmt: skip


@page(EDIT)
def line_out(request: PortalRequest, version_id: UUID, line_id: UUID) -> HttpResponse:
    version_get(request.actor, version_id)
    back = _version_url(version_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: line_remove(actor=request.actor, version_id=version_id, line_id=line_id),
        page={"title": _("Take this line out?"), "submit": _("Take out"), "danger": True, "back": back}, then=back,
        text=_("It is taken out."),
    )  # fmt: skip


@page(EDIT)
def publish(request: PortalRequest, version_id: UUID) -> HttpResponse:
    found = version_get(request.actor, version_id)
    back = _version_url(version_id)
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: scorecard_publish(actor=request.actor, version_id=version_id),
        page={"title": _("Put “%(name)s” into force?") % {"name": found.scorecard.name}, "submit": _("Publish"),
              "text": _("All its partners are scored by it, and see their scores."), "back": back},
        then=back, text=_("It is in force; scores follow within a minute."),
    )  # fmt: skip


@page(EDIT)
def revise(request: PortalRequest, scorecard_id: UUID) -> HttpResponse:
    if request.method != "POST":
        raise NotFound
    scorecard_get(request.actor, scorecard_id)
    draft = scorecard_revise(actor=request.actor, scorecard_id=scorecard_id)
    return done(request, _version_url(draft.pk), _("This is the draft of the next version."))


@page(EDIT)
def retire(request: PortalRequest, scorecard_id: UUID) -> HttpResponse:
    found = scorecard_get(request.actor, scorecard_id)
    back = reverse("manager:scorecard_definitions")
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: scorecard_retire(actor=request.actor, scorecard_id=scorecard_id, **data),
        page={"title": _("Retire “%(name)s”?") % {"name": found.name}, "submit": _("Retire"), "danger": True,
              "back": back},
        then=back, text=_("Nobody is scored by it any more."),
    )  # fmt: skip


def _line_initial(request: PortalRequest, lines: Any) -> dict[str, Any]:
    """A line to change, when the address names one."""
    asked = request.GET.get("line", "")
    for row, what in lines:
        if asked == f"{row.side}:{row.metric}" and what is not None:
            typed = {name: typed_of(getattr(row, name), what.unit) for name in ("target", "floor")}
            plain = {name: getattr(row, name) for name in ("weight", "window", "length", "owner_label")}
            return {"figure": asked, **typed, **plain}
    return {}


def _version_url(version_id: UUID) -> str:
    return reverse("manager:scorecard_version", args=[version_id])
