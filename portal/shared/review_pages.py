"""Business reviews as both sides read and prepare them; held ones as they were shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners import fiscal
from partners.selectors.partners import partner_get, partner_list
from partners.selectors.plans import plan_owners
from partners.selectors.reviews import NARRATIVES, actions_before, actions_of, review_get, review_list, review_pack
from partners.services.reviews import (
    action_facts,
    review_action_add,
    review_answer,
    review_cancel,
    review_hold,
    review_share,
    review_start,
    review_write,
)
from partners.states.reviews import ReviewStatus
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, here, page_response
from portal.shared.plan_acts import partner_named, uuid_of
from portal.shared.plan_forms import ActionForm
from portal.shared.plan_pages import may_work
from portal.shared.review_paper import review_pdf
from portal.shared.review_sections import Data, sections_build, sections_shown
from prm.errors import NotFound
from prm.web.surfaces import PortalRequest

SUGGESTED, QUARTERS = 300, 6
TITLES = {
    "summary": gettext_lazy("Summary"), "went_well": gettext_lazy("What went well"),
    "to_improve": gettext_lazy("What to improve"), "outlook": gettext_lazy("Outlook"),
    "partner_words": gettext_lazy("What the partner says"),
}  # fmt: skip

WAYS: dict[str, tuple[Any, object, object, object]] = {
    "share": (review_share, gettext_lazy("Share the review with the partner?"), gettext_lazy("Share with the partner"),
              gettext_lazy("The partner sees it now.")),
    "hold": (review_hold, gettext_lazy("Has the review been held?"), gettext_lazy("Freeze it"),
             gettext_lazy("It is kept as it was shown.")),
    "cancel": (review_cancel, gettext_lazy("Cancel this review?"), gettext_lazy("Cancel the review"),
               gettext_lazy("The review is cancelled.")),
}  # fmt: skip


def _area(label: object) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget)  # type: ignore[arg-type]


class ReviewFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Partner"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), list(ReviewStatus.choices))


class NewReviewForm(forms.Form):
    partner = forms.CharField(
        label=gettext_lazy("Partner code"), max_length=64,
        widget=forms.TextInput(attrs={"list": "partners", "autocomplete": "off"}),
    )  # fmt: skip
    period = forms.ChoiceField(label=gettext_lazy("Quarter"))
    meet_on = DateField(label=gettext_lazy("Meeting on"), required=False)

    def __init__(self, *args: Any, chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if chosen:
            del self.fields["partner"]
        self.fields["period"].choices = [(key, key) for key in _quarters()]  # type: ignore[attr-defined]


class TextsForm(forms.Form):
    summary = _area(TITLES["summary"])
    went_well = _area(TITLES["went_well"])
    to_improve = _area(TITLES["to_improve"])
    outlook = _area(TITLES["outlook"])
    meet_on = DateField(label=gettext_lazy("Meeting on"), required=False)


class AnswerForm(forms.Form):
    text = _area(gettext_lazy("Your words"))


def reviews(request: PortalRequest) -> HttpResponse:
    filters = ReviewFilters(request.GET)
    found = review_list(request.actor, search=filters.values["q"], status=filters.values["status"])
    context = {"page": page_of(request, found), "filters": filters, "may_work": may_work(request)}
    return page_response(request, "portal/shared/reviews/list.html", context)


def review(request: PortalRequest, review_id: UUID) -> HttpResponse:
    return page_response(request, "portal/shared/reviews/detail.html", review_context(request, review_id))


def review_file(request: PortalRequest, review_id: UUID) -> HttpResponse:
    """The pack on paper, in the reader's language."""
    found = review_get(request.actor, review_id)
    name, content = review_pdf(found, pack_of(request, found), get_language() or "en")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def pack_of(request: PortalRequest, found: Any) -> dict[str, Any]:
    """What is shown: kept when it was held, else as it is now. Sections as far as the reader may see them."""
    kept = review_pack(request.actor, found)
    if kept is not None:
        document, built = kept.document, kept.document["sections"]
    else:
        built = sections_build(request.actor, found)
        document = {
            "texts": {name: getattr(found, name) for name in (*NARRATIVES, "partner_words")},
            "before": [action_facts(one) for one in actions_before(found)],
            "actions": [action_facts(one) for one in actions_of(found)],
        }
    texts = [(TITLES[name], document["texts"].get(name, "")) for name in TITLES]
    return {
        "texts": [(title, text) for title, text in texts if text],
        "before": document["before"],
        "actions": document["actions"],
        "sections": [
            (one, data | {"chart": chart_of(one.code, data)}) for one, data in sections_shown(request.actor, built)
        ],
        "kept": kept,
    }


def review_context(request: PortalRequest, review_id: UUID) -> dict[str, Any]:
    found = review_get(request.actor, review_id)
    works, is_partner = may_work(request), request.actor.is_partner
    is_open = found.status in (ReviewStatus.DRAFT, ReviewStatus.SHARED)
    return {
        "review": found,
        "pack": pack_of(request, found),
        "today": fiscal.today().isoformat(),
        "works": works and is_open,
        "may_write": works and is_open and not is_partner,
        "may_answer": works and is_partner and found.status == ReviewStatus.SHARED,
        "answer_form": AnswerForm(initial={"text": found.partner_words}),
    }


def chart_of(code: str, data: Data) -> dict[str, Any] | None:
    if code == "revenue":
        cats, name, desc = data["months"], _("Revenue"), _("Revenue of twelve months")
    elif code == "earnings":
        cats, name, desc = data["quarters"], _("Earned"), _("What the quarters brought")
    else:
        return None
    values = [Decimal(value) for value in data["values"]]
    return {
        "title": name, "desc": desc, "cats": [key[2:] for key in cats], "names": cats, "fmt": "money",
        "currency": data["currency"], "series": [{"name": name, "values": values, "cls": "c1"}],
    }  # fmt: skip


def start(request: PortalRequest) -> HttpResponse:
    asked = request.GET.get("partner")
    partner = partner_get(request.actor, uuid_of(asked)) if asked else None
    form = NewReviewForm(request.POST or None, chosen=partner is not None)
    made: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        partner_id = partner.pk if partner else partner_named(request, data.pop("partner"))
        made.append(review_start(actor=request.actor, partner_id=partner_id, **data))

    if attempt(form, do):
        return done(request, here(request, "review", made[0].pk), _("The pack is made of live figures."))
    partners = [] if partner else [(one.code, one.name) for one in partner_list(request.actor)[:SUGGESTED]]
    return form_response(request, "portal/shared/reviews/new.html", {"partner": partner, "partners": partners}, form)


def write(request: PortalRequest, review_id: UUID) -> HttpResponse:
    found = review_get(request.actor, review_id)
    form = TextsForm(request.POST or None, initial={name: getattr(found, name) for name in (*NARRATIVES, "meet_on")})
    page = {"title": _("Texts of the review"), "submit": _("Save"), "back": here(request, "review", review_id)}
    return _asked(request, form, page, lambda data: review_write(actor=request.actor, review_id=review_id, **data))


def answer(request: PortalRequest, review_id: UUID) -> HttpResponse:
    form = AnswerForm(request.POST or None, initial={"text": review_get(request.actor, review_id).partner_words})
    page = {"title": _("Your words"), "submit": _("Save"), "back": here(request, "review", review_id)}
    return _asked(request, form, page, lambda data: review_answer(actor=request.actor, review_id=review_id, **data))


def step(request: PortalRequest, review_id: UUID, verb: str) -> HttpResponse:
    found = review_get(request.actor, review_id)
    if verb not in WAYS:
        raise NotFound
    service, title, submit, text = WAYS[verb]
    form = (ReasonForm if verb == "cancel" else forms.Form)(request.POST if request.method == "POST" else None)
    page = {"title": title, "submit": submit, "danger": verb == "cancel", "back": here(request, "review", review_id)}

    def do(data: dict[str, Any]) -> None:
        sections = {"sections": sections_build(request.actor, found)} if verb == "hold" else {}
        service(actor=request.actor, review_id=review_id, **data, **sections)

    if verb == "hold":
        page["text"] = _(
            "All figures, texts and actions are frozen with a checksum. Nobody can change them afterwards."
        )
    return _asked(request, form, page, do, str(text))


def action_new(request: PortalRequest, review_id: UUID) -> HttpResponse:
    found = review_get(request.actor, review_id)
    form = ActionForm(request.POST or None, owners=plan_owners(request.actor, found.partner_id))
    page = {"title": _("New action"), "submit": _("Add"), "back": here(request, "review", review_id)}
    return _asked(
        request, form, page,
        lambda data: review_action_add(actor=request.actor, review_id=review_id, **form.values(data)),
    )  # fmt: skip


def _asked(request: PortalRequest, form: forms.Form, page: dict[str, Any], do: Any, text: str = "") -> HttpResponse:
    return confirmed(request, form, do=do, page=page, then=page["back"], text=text or _("Saved."))


def _quarters() -> list[str]:
    """The quarters that a review may be about, the last whole one first."""
    present = fiscal.quarter_of(fiscal.today())
    keys, day = [], present.start
    for _number in range(QUARTERS):
        span = fiscal.quarter_of(day - dt.timedelta(days=1))
        keys.append(span.key)
        day = span.start
    return [keys[0], present.key, *keys[1:]]
