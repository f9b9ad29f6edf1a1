"""The renewal worklist: whose term ends, what the data advises and why, and what a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.partners import partner_get
from partners.selectors.renewals import renewal_get, renewal_list, tasks_open
from partners.services.renewals import renewal_decide, renewal_task_done, term_set
from partners.states.renewals import RenewalAdvice, RenewalStatus
from portal.shared.forms import DateField, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.partner_cards import SIDE, PartnerCard, register
from portal.shared.timeline import audit_source
from prm import clock
from prm.errors import Conflict
from prm.identity.rights import Right
from prm.web import text
from prm.web.surfaces import PortalRequest, page

TONES = {"strong": "bad", "weak": "warn", "good": "ok"}
ADVICE_TONES = {"renew": "ok", "upgrade": "brand", "watch": "warn", "exit": "bad"}
SENTENCES = {
    "no_sales": gettext_lazy("Nothing was sold in the last 12 months."),
    "falls_much": gettext_lazy("Sales have fallen sharply: %(value)s against the year before."),
    "suspended": gettext_lazy("Something of it is suspended now."),
    "at_risk": gettext_lazy("It is about to lose its tier."),
    "falls": gettext_lazy("Sales are falling: %(value)s against the year before."),
    "quiet": gettext_lazy("No order in the last 90 days."),
    "uncertified": gettext_lazy("Nobody there holds a certificate."),
    "owes": gettext_lazy("Statements below zero that it owes: %(value)s."),
    "disputes": gettext_lazy("Open disputes: %(value)s."),
    "grows": gettext_lazy("Sales are growing: %(value)s against the year before."),
    "steady": gettext_lazy("Sales are steady: %(value)s against the year before."),
}
LINKS = {
    "revenue": "/m/sales/?partner={id}",
    "growth": "/m/sales/?partner={id}",
    "recent_orders": "/m/sales/?partner={id}",
    "clawbacks": "/m/statements/?partner={id}",
    "disputes": "/m/disputes/?partner={id}",
    "suspensions": "/m/partners/{id}/",
    "at_risk": "/m/partners/{id}/",
    "certified_people": "/m/partners/{id}/",
}
FIGURES = {
    "revenue": gettext_lazy("Revenue of 12 months"),
    "growth": gettext_lazy("Growth against the year before"),
    "recent_orders": gettext_lazy("Orders in 90 days"),
    "certified_people": gettext_lazy("Certified people"),
    "suspensions": gettext_lazy("Suspended"),
    "disputes": gettext_lazy("Open disputes"),
    "clawbacks": gettext_lazy("Statements below zero"),
    "at_risk": gettext_lazy("Tier at risk"),
}


class RenewalFilters(FilterForm):
    advice = select(gettext_lazy("Recommendation"), gettext_lazy("Any recommendation"), RenewalAdvice.choices)
    status = select(gettext_lazy("Status"), gettext_lazy("To be decided"), RenewalStatus.choices)
    owner = select(gettext_lazy("Owner"), gettext_lazy("All owners"), [("me", gettext_lazy("Mine"))])


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=gettext_lazy("Your decision"), choices=RenewalAdvice.choices)
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit trail with your name."),
    )  # fmt: skip
    task = forms.CharField(label=gettext_lazy("What is to follow"), max_length=300, required=False)
    task_on = DateField(label=gettext_lazy("Until"), required=False)


class TermForm(forms.Form):
    ends_on = DateField(
        label=gettext_lazy("Term ends"), required=False, help_text=gettext_lazy("Empty: a partnership without end.")
    )


@page(Right.LIFECYCLE_DECIDE)
def listing(request: PortalRequest) -> HttpResponse:
    filters = RenewalFilters(request.GET)
    found = page_of(request, renewal_list(request.actor, **filters.values))
    for row in found:
        row.told = reasons_told(row)
        row.tone = ADVICE_TONES[row.advice]
        row.days = (row.due_on - clock.today(request.tenant)).days
    context = {"page": found, "filters": filters, "tasks": list(tasks_open(request.actor)[:10])}
    return page_response(request, "portal/manager/renewals/list.html", context)


@page(Right.LIFECYCLE_DECIDE)
def detail(request: PortalRequest, renewal_id: UUID) -> HttpResponse:
    row = renewal_get(request.actor, renewal_id)
    form = DecisionForm(request.POST or None, initial={"decision": row.advice})
    if attempt(form, lambda data: renewal_decide(actor=request.actor, renewal_id=renewal_id, **data)):
        return done(request, _after(form, row), _("The decision was noted."))
    context = {
        "row": row, "reasons": reasons_told(row), "tone": ADVICE_TONES[row.advice], "figures": _figures(row),
        "earlier": list(renewal_list(request.actor, partner_id=row.partner_id).exclude(pk=row.pk)[:5]),
    }  # fmt: skip
    return form_response(request, "portal/manager/renewals/detail.html", context, form)


@require_POST
@page(Right.LIFECYCLE_DECIDE)
def task_done(request: PortalRequest, renewal_id: UUID) -> HttpResponse:
    try:
        renewal_task_done(actor=request.actor, renewal_id=renewal_id)
    except Conflict as refusal:
        return done(request, reverse("manager:renewals"), str(refusal.message))
    return done(request, reverse("manager:renewals"), _("Done."))


@page(Right.LIFECYCLE_DECIDE)
def term(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    back = reverse("manager:partner", args=[partner_id])
    return confirmed(
        request,
        TermForm(request.POST if request.method == "POST" else None, initial={"ends_on": partner.renewal_on}),
        do=lambda data: term_set(actor=request.actor, partner_id=partner_id, **data),
        page={"title": _("Term of %(name)s") % {"name": partner.name}, "submit": _("Save"), "back": back},
        then=back,
        text=_("Your changes were saved."),
    )


def reasons_told(row: Any) -> list[dict[str, Any]]:
    """The reasons in the reader's words, each with its figure and where it can be looked at."""
    return [
        {
            "tone": TONES[reason["weight"]],
            "text": str(SENTENCES[reason["code"]]) % {"value": _value(reason["figure"], Decimal(reason["value"]))},
            "url": LINKS.get(reason["figure"], "").format(id=row.partner_id),
        }
        for reason in row.reasons
        if reason["code"] in SENTENCES
    ]


def _figures(row: Any) -> list[tuple[str, str]]:
    return [(str(FIGURES[code]), _value(code, Decimal(value))) for code, value in row.inputs.items() if code in FIGURES]


def _value(code: str, value: Decimal) -> str:
    if code == "growth":
        return text.percent(value, 1)
    if code == "revenue":
        from prm.db.scope import require_tenant

        return text.money(value, require_tenant().base_currency)
    return text.number(value)


def _after(form: DecisionForm, row: Any) -> str:
    """Whoever parts with a partner goes on to its exit."""
    if form.cleaned_data["decision"] == RenewalAdvice.EXIT:
        return reverse("manager:exit_start", args=[row.partner_id])
    return reverse("manager:renewals")


def card(request: PortalRequest, partner: Any) -> Mapping[str, Any] | None:
    found = renewal_list(request.actor, partner_id=partner.pk).filter(status=RenewalStatus.OPEN).first()
    if found is None:
        return None
    return {"row": found, "reasons": reasons_told(found), "tone": ADVICE_TONES[found.advice]}


register(
    PartnerCard(
        "renewal", 18, Right.LIFECYCLE_DECIDE, "portal/manager/partners/cards/renewal.html", card, queries=1,
        column=SIDE,
    )
)  # fmt: skip
audit_source(
    "renewals",
    Right.LIFECYCLE_DECIDE,
    "partners.renewal",
    lambda actor, partner_id: list(renewal_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
