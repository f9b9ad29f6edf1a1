"""Tracks and what their tiers ask for: the editor, the back-test of a draft, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.metrics import WindowKind, metrics
from partners.selectors.partners import partner_facets
from partners.selectors.tiers import backtest_get, backtest_list, scheme_get, scheme_list, track_get
from partners.services.tier_backtests import backtest_acknowledge, backtest_start
from partners.services.tiers import scheme_discard, scheme_publish, scheme_save, track_create, track_update
from partners.tiers.reading import scheme_of, scheme_read
from partners.tiers.saying import rules_sentences, tier_sentence
from partners.tiers.scheme import BenefitKind, Downgrade, Scheme, Upgrade
from portal.manager.tier_editor import SchemeEditor
from portal.shared.forms import attempt
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.tier_text import tier_name
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.rights import Right
from prm.runs.progress import progress_get
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page

BACKTESTS = 5
LANGUAGES = (("en", "English"), ("zh-hans", "中文"))


class TrackForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=64)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=100, required=False)
    partner_types = forms.MultipleChoiceField(
        label=gettext_lazy("For partners of the types"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: for all that no other track is for."),
    )  # fmt: skip

    def __init__(self, *args: Any, types: list[str], is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner_types"].choices = [(one, one) for one in types]  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["code"]


@page(Right.TIERS_EDIT)
def track_new(request: PortalRequest) -> HttpResponse:
    form = TrackForm(request.POST or None, types=partner_facets(request.actor, "type")["type"])
    made: list[Any] = []
    if request.method == "POST" and attempt(form, lambda data: made.append(track_create(actor=request.actor, **data))):
        url = reverse("manager:tier_draft", args=[made[0].pk])
        return done(request, url, _("The track is there. Now write what its tiers ask for."))
    return form_response(request, "portal/manager/tiers/track_form.html", {}, form)


@page(Right.TIERS_EDIT)
def track_edit(request: PortalRequest, track_id: UUID) -> HttpResponse:
    track = track_get(request.actor, track_id)
    names = ("name_en", "name_zh", "partner_types")
    types = sorted({*partner_facets(request.actor, "type")["type"], *track.partner_types})
    initial = {name: getattr(track, name) for name in names}
    form = TrackForm(request.POST or None, types=types, is_new=False, initial=initial)

    def do(data: dict[str, Any]) -> None:
        track_update(actor=request.actor, track_id=track_id, **data)

    if request.method == "POST" and attempt(form, do):
        return done(request, reverse("manager:tier_track", args=[track_id]), _("Saved."))
    return form_response(request, "portal/manager/tiers/track_form.html", {"track": track}, form)


@page(Right.TIERS_VIEW)
def track(request: PortalRequest, track_id: UUID) -> HttpResponse:
    """What is in force, the draft with its back-tests, and the versions before."""
    found = track_get(request.actor, track_id)
    schemes = list(scheme_list(request.actor, track_id=track_id))
    in_force = next((one for one in schemes if one.status == "published"), None)
    draft = next((one for one in schemes if one.status == "draft"), None)
    runs = list(backtest_list(request.actor, draft.pk)[:BACKTESTS]) if draft else []
    seen = [one for one in runs if draft and one.fingerprint == draft.fingerprint and one.acknowledged_at]
    context = {
        "track": found, "in_force": in_force, "draft": draft, "runs": runs, "is_seen": bool(seen),
        "before": [one for one in schemes if one.status == "replaced"],
        "said": _said(in_force.scheme, request.tenant.base_currency) if in_force else [],
        "draft_said": _said(draft.scheme, request.tenant.base_currency) if draft else [],
    }  # fmt: skip
    return page_response(request, "portal/manager/tiers/track.html", context)


@page(Right.TIERS_VIEW)
def scheme(request: PortalRequest, scheme_id: UUID) -> HttpResponse:
    found = scheme_get(request.actor, scheme_id)
    context = {"scheme": found, "said": _said(found.scheme, request.tenant.base_currency)}
    return page_response(request, "portal/manager/tiers/scheme.html", context)


def _said(scheme: Scheme, currency: str) -> list[dict[str, Any]]:
    """The scheme in both languages, as partners will read it."""
    found = []
    for code, name in LANGUAGES:
        with translation.override(code):
            tiers = [
                (str(tier.name), tier_sentence(tier, currency), [str(one.text) for one in tier.benefits])
                for tier in scheme.tiers
            ]
            found.append({"code": code, "name": name, "tiers": tiers, "rules": rules_sentences(scheme.rules)})
    return found


@page(Right.TIERS_EDIT)
def draft(request: PortalRequest, track_id: UUID) -> HttpResponse:
    """The editor: begins with the draft, without one with what is in force."""
    found = track_get(request.actor, track_id)
    if request.method != "POST":
        newest = scheme_list(request.actor, track_id=track_id).first()
        editor = SchemeEditor.of(newest.definition) if newest else SchemeEditor.blank()
        return _editor_page(request, found, editor)
    editor = SchemeEditor.posted(request.POST)
    action = request.POST.get("action", "save")
    if action == "preview" or editor.act(action):
        return _editor_page(request, found, editor)
    try:
        with transaction.atomic():
            scheme_save(actor=request.actor, track_id=track_id, definition=editor.document())
    except Invalid as refusal:
        editor.put(refusal.fields)
        return _editor_page(request, found, editor)
    return done(request, reverse("manager:tier_track", args=[track_id]), _("The draft is saved."))


def _editor_page(request: PortalRequest, track: Any, editor: SchemeEditor) -> HttpResponse:
    said: list[dict[str, Any]] = []
    try:
        said = _said(scheme_read(editor.document()), request.tenant.base_currency)
    except Invalid:
        said = []
    context = {
        "track": track, "editor": editor, "said": said, "currency": request.tenant.base_currency,
        "metrics": metrics(), "windows": WindowKind.choices, "kinds": BenefitKind.choices,
        "upgrades": Upgrade.choices, "downgrades": Downgrade.choices,
    }  # fmt: skip
    status = 422 if editor.refusals else 200
    return page_response(request, "portal/manager/tiers/draft.html", context, status=status)


@page(Right.TIERS_EDIT)
def publish(request: PortalRequest, track_id: UUID) -> HttpResponse:
    found = track_get(request.actor, track_id)
    back = reverse("manager:tier_track", args=[track_id])
    asked = {
        "title": _("Publish the tiers of %(track)s?") % {"track": found.name},
        "text": _("From today on they count. A published version never changes; the next one replaces it."),
        "submit": _("Publish"), "back": back,
    }  # fmt: skip
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: _told(lambda: scheme_publish(actor=request.actor, track_id=track_id)),
        page=asked, then=back, text=_("Published. All partners are being evaluated."),
    )  # fmt: skip


@page(Right.TIERS_EDIT)
def discard(request: PortalRequest, track_id: UUID) -> HttpResponse:
    track_get(request.actor, track_id)
    back = reverse("manager:tier_track", args=[track_id])
    asked = {
        "title": _("Throw the draft away?"), "text": _("Its back-tests go with it."), "submit": _("Throw away"),
        "back": back, "danger": True,
    }  # fmt: skip
    return confirmed(
        request, forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: _told(lambda: scheme_discard(actor=request.actor, track_id=track_id)),
        page=asked, then=back, text=_("The draft is gone."),
    )  # fmt: skip


def _told(do: Any) -> None:
    """A state that does not allow it is told on the form."""
    try:
        do()
    except StateError as refusal:
        raise Conflict(refusal.message) from None


@page(Right.TIERS_EDIT)
def backtest_new(request: PortalRequest, track_id: UUID) -> HttpResponse:
    if request.method != "POST":
        raise NotFound
    run = backtest_start(actor=request.actor, track_id=track_id)
    return done(request, reverse("manager:tier_backtest", args=[run.pk]), _("The back-test is under way."))


@page(Right.TIERS_VIEW)
def backtest(request: PortalRequest, backtest_id: UUID) -> HttpResponse:
    """What came out; while it is worked out the page asks for itself again. A post acknowledges it."""
    run = backtest_get(request.actor, backtest_id)
    if request.method == "POST":
        backtest_acknowledge(actor=request.actor, backtest_id=backtest_id)
        url = reverse("manager:tier_track", args=[run.scheme.track_id])
        return done(request, url, _("Acknowledged. The draft can be published."))
    scheme = scheme_of(run.definition)
    context: dict[str, Any] = {
        "run": run,
        "track": run.scheme.track,
        "active": run.status in RUN_ACTIVE,
        "scheme": scheme,
    }
    context["is_current"] = run.scheme.fingerprint == run.fingerprint
    if run.outcome is not None:
        context |= _outcome(scheme, run.outcome)
    else:
        context["progress"] = progress_get(run.pk)
    return page_response(request, "portal/manager/tiers/backtest.html", context)


def _outcome(scheme: Scheme, outcome: dict[str, Any]) -> dict[str, Any]:
    quarters = outcome["quarters"]
    names = [_("None"), *(str(tier.name) for tier in scheme.tiers)]
    chart = {
        "title": _("Partners by tier at the end of each quarter"), "desc": _("As the draft would have put them"),
        "cats": [one["day"][:7] for one in quarters],
        "series": [
            {"name": name, "values": [one["counts"][rank] for one in quarters], "cls": f"c{rank % 6 + 1}"}
            for rank, name in enumerate(names)
        ],
        "stacked": True, "fmt": "n",
    }  # fmt: skip
    moves = [
        one | {"from": tier_name(scheme, one["from"]), "to": tier_name(scheme, one["to"])} for one in outcome["moves"]
    ]
    reach = [one | {"name": tier_name(scheme, one["tier"])} for one in outcome["reach"]]
    return {"chart": chart, "moves": moves, "reach": reach, "newest": quarters[-1], "outcome": outcome,
            "has_low": any(one["is_low"] for one in reach)}  # fmt: skip
