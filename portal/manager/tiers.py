"""The vendor's tiers: where partners stand, whose tier is at stake, appeals; and what is decided about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from partners.selectors.partners import partner_get
from partners.selectors.tiers import (
    Standing,
    appeal_get,
    appeal_list,
    decision_list,
    distribution,
    evaluation_list,
    losing_list,
    mover_list,
    partner_scheme,
    schemes_in_force,
    standing_get,
    standing_of,
    stay_get,
    stay_list,
    track_list,
)
from partners.services.tier_decisions import appeal_assign, appeal_decide, stay_decide, stay_retain
from partners.services.tier_warnings import warning_record
from partners.states.tiers import AppealStatus
from portal.shared.forms import DateField, attempt
from portal.shared.listing import page_of
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.partner_cards import SIDE, PartnerCard, PartnerTopic, register
from portal.shared.tier_text import benefits_of, ladder_of, lines_of, named, risk_note
from prm import clock
from prm.errors import Invalid, NotFound, StateError
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.web.surfaces import PortalRequest, page

SHOWN, HISTORY = 25, 15


class RetainForm(forms.Form):
    kept_until = DateField(label=gettext_lazy("Keeps the tier until"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The partner reads it."),
    )  # fmt: skip


class DecideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The partner reads it."),
    )  # fmt: skip


class ToldForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Whom you told, and how"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


class AppealDecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        choices=[("uphold", gettext_lazy("Upheld: the partner keeps the tier")), ("reject", gettext_lazy("Rejected"))],
    )  # fmt: skip
    kept_until = DateField(label=gettext_lazy("Upheld: keeps the tier until"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The partner reads it."),
    )  # fmt: skip


class AssignForm(forms.Form):
    user = forms.UUIDField(label=gettext_lazy("Who decides"), widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), one.name or one.email) for one in users_with(Right.TIERS_DECIDE)]
        self.fields["user"].widget = forms.Select(choices=people)


@page(Right.TIERS_VIEW)
def overview(request: PortalRequest) -> HttpResponse:
    tracks = [(one, _chart(distribution(request.actor, one), one.name)) for one in track_list(request.actor)]
    appeals = list(appeal_list(request.actor, status=AppealStatus.OPEN)[:SHOWN])
    schemes = schemes_in_force(request.actor)
    named((one.stay for one in appeals), schemes)
    losing = page_of(request, losing_list(request.actor), SHOWN)
    losing.object_list = named(losing.object_list, schemes)
    context = {
        "tracks": tracks,
        "decisions": named(decision_list(request.actor)[:SHOWN], schemes),
        "losing": losing,
        "appeals": appeals,
        "movers": named(mover_list(request.actor)[:HISTORY], schemes),
        "today": clock.today(request.tenant),
    }
    return page_response(request, "portal/manager/tiers/overview.html", context)


def _chart(counts: list[Any], title: str) -> dict[str, Any] | None:
    if not counts:
        return None
    safe = [one.held - one.losing for one in counts]
    return {
        "title": title, "desc": _("Partners by tier"), "cats": [one.name or _("None") for one in counts],
        "series": [
            {"name": _("Partners"), "values": safe, "cls": "c1"},
            {"name": pgettext("tier", "At stake"), "values": [one.losing for one in counts], "cls": "c3"},
        ],
        "stacked": True, "fmt": "n",
    }  # fmt: skip


def waiting_badge(request: HttpRequest) -> int:
    """What waits for a person: decisions due and open appeals."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    if not actor.can(Right.TIERS_DECIDE):
        return 0
    return decision_list(actor).count() + appeal_list(actor, status=AppealStatus.OPEN).count()


@page(Right.TIERS_VIEW)
def partner_tier(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """Where a partner stands, with the figures of its newest evaluation and the rows behind them."""
    partner = partner_get(request.actor, partner_id)
    try:
        standing = standing_get(request.actor, partner_id)
    except NotFound:
        return page_response(request, "portal/manager/tiers/partner_none.html", {"partner": partner})
    context = {
        "partner": partner, "standing": standing, "risk": risk_note(standing),
        "stays": list(stay_list(request.actor, partner_id=partner_id)[:HISTORY]),
        "page": page_of(request, evaluation_list(request.actor, partner_id), HISTORY),
    } | _figures(standing)  # fmt: skip
    return page_response(request, "portal/manager/tiers/partner.html", context)


def _figures(standing: Standing) -> dict[str, Any]:
    assessment = standing.assessment
    results = [(one, lines_of(standing, one, "manager"), benefits_of(one.tier.benefits)) for one in assessment.results]
    return {"ladder": ladder_of(standing.scheme, standing.rank, assessment), "results": results}


@page(Right.TIERS_VIEW)
def stay(request: PortalRequest, stay_id: UUID) -> HttpResponse:
    found = stay_get(request.actor, stay_id)
    standing = standing_get(request.actor, found.partner_id)
    present = standing.assessment.of(standing.scheme.rank(found.tier))
    appeals = list(appeal_list(request.actor, stay_id=stay_id))
    may = request.actor.can(Right.TIERS_DECIDE)
    context = {
        "stay": found, "standing": standing, "scheme": standing.scheme,
        "lines": present and lines_of(standing, present, "manager"),
        "appeals": appeals, "warnings": list(found.warnings.all()), "today": clock.today(request.tenant),
        "open_appeal": next((one for one in appeals if one.status == AppealStatus.OPEN), None) if may else None,
        "may_decide": may and found.status in ("grace", "decided", "at_risk") and found.stopped_on is None,
        "told_form": ToldForm(),
    }  # fmt: skip
    return page_response(request, "portal/manager/tiers/stay.html", context)


def _asked(request: PortalRequest, stay_id: UUID, title: str, text: str, submit: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "text": text, "submit": submit, "back": reverse("manager:tier_stay", args=[stay_id])} | more


@page(Right.TIERS_DECIDE)
def stay_lose(request: PortalRequest, stay_id: UUID) -> HttpResponse:
    found = stay_get(request.actor, stay_id)
    asked = _asked(
        request, stay_id, _("Decide that %(partner)s loses the tier?") % {"partner": found.partner.name},
        _("The partner is told with your reason and may appeal; somebody else decides on the appeal."),
        _("Decide"), danger=True,
    )  # fmt: skip
    return confirmed(
        request, DecideForm(request.POST or None),
        do=lambda data: _told(lambda: stay_decide(actor=request.actor, stay_id=stay_id, reason=data["reason"])),
        page=asked, then=asked["back"], text=_("It is decided, and the partner was told."),
    )  # fmt: skip


@page(Right.TIERS_DECIDE)
def stay_keep(request: PortalRequest, stay_id: UUID) -> HttpResponse:
    found = stay_get(request.actor, stay_id)
    title = _("Let %(partner)s keep the tier?") % {"partner": found.partner.name}
    asked = _asked(
        request, stay_id, title, _("Whatever its figures, until the day that you choose."), _("Keep the tier")
    )

    def do(data: dict[str, Any]) -> None:
        facts = {"kept_until": data["kept_until"], "reason": data["reason"]}
        _told(lambda: stay_retain(actor=request.actor, stay_id=stay_id, **facts))

    text = _("The partner keeps the tier, and was told.")
    return confirmed(request, RetainForm(request.POST or None), do=do, page=asked, then=asked["back"], text=text)


@page(Right.TIERS_DECIDE)
def stay_told(request: PortalRequest, stay_id: UUID) -> HttpResponse:
    """A person has told the partner, where the portal could reach nobody."""
    stay_get(request.actor, stay_id)
    asked = _asked(
        request, stay_id, _("Note that you told the partner"),
        _("Without a warning that reached somebody no tier is lost."), _("Note it"),
    )  # fmt: skip
    return confirmed(
        request, ToldForm(request.POST or None),
        do=lambda data: _told(lambda: warning_record(actor=request.actor, stay_id=stay_id, text=data["text"])),
        page=asked, then=asked["back"], text=_("Noted."),
    )  # fmt: skip


def _told(do: Any) -> None:
    """A state that does not allow it is told on the form, not on a page of errors."""
    try:
        do()
    except StateError as refusal:
        raise Invalid(refusal.message) from None


@page(Right.TIERS_DECIDE)
def appeal_decision(request: PortalRequest, appeal_id: UUID) -> HttpResponse:
    appeal = appeal_get(request.actor, appeal_id)
    form = AppealDecisionForm(request.POST or None)
    back = reverse("manager:tier_stay", args=[appeal.stay_id])

    def do(data: dict[str, Any]) -> None:
        _told(lambda: appeal_decide(
            actor=request.actor, appeal_id=appeal_id, is_upheld=data["outcome"] == "uphold", reason=data["reason"],
            kept_until=data["kept_until"],
        ))  # fmt: skip

    if request.method == "POST" and attempt(form, do):
        return done(request, back, _("The appeal is decided, and the partner was told."))
    is_barred = any(map(request.actor.is_person, (appeal.first_decider_id, appeal.assigned_by_id)))
    scheme = schemes_in_force(request.actor).get(appeal.stay.track_id)
    context = {"appeal": appeal, "back": back, "is_barred": is_barred, "scheme": scheme}
    return form_response(request, "portal/manager/tiers/appeal.html", context, form)


@page(Right.TIERS_DECIDE)
def appeal_hand_out(request: PortalRequest, appeal_id: UUID) -> HttpResponse:
    appeal = appeal_get(request.actor, appeal_id)
    asked = _asked(
        request, appeal.stay_id, _("Hand the appeal to somebody"),
        _("Neither you nor who decided the loss can decide it then."), _("Hand over"),
    )  # fmt: skip
    return confirmed(
        request, AssignForm(request.POST or None),
        do=lambda data: _told(lambda: appeal_assign(actor=request.actor, appeal_id=appeal_id, user_id=data["user"])),
        page=asked, then=asked["back"], text=_("The appeal is handed over."),
    )  # fmt: skip


@page(Right.TIERS_VIEW)
def appeal_file(request: PortalRequest, appeal_id: UUID, file_id: UUID) -> HttpResponseBase:
    appeal = appeal_get(request.actor, appeal_id)
    found = next((one.file for one in appeal.files.all() if one.file_id == file_id), None)
    if found is None:
        raise NotFound
    return file_response(found)


def card(request: PortalRequest, partner: Any) -> dict[str, Any] | None:
    """On the partner's page: where it stands, and how far the next tier is."""
    row = partner_scheme(partner)
    if row is None:
        return None
    standing = standing_of(partner, row)
    following = standing.next
    ahead = following and {
        "label": str(following.tier.name), "count": len(following.checks),
        "done": sum(1 for one in following.checks if one.is_met),
    }  # fmt: skip
    return {"standing": standing, "risk": risk_note(standing), "next": ahead}


register(
    PartnerCard("tier_standing", 12, Right.TIERS_VIEW, "portal/manager/tiers/_card.html", card, queries=8, column=SIDE),
    PartnerTopic("tier", 45, gettext_lazy("Tier"), "medal", "manager:partner_tier", Right.TIERS_VIEW),
)
