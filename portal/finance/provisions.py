"""Accruing at the expected rate: which programs are forecast, what is provided for them, and for whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.shared.forms import AmountField, attempt
from portal.shared.listing import page_of
from portal.shared.pages import done, form_response, page_response
from prm.errors import Invalid
from prm.identity.rights import Right
from prm.money import exact, parse_decimal, plain
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.programs import program_get, program_name, version_list
from rebates.selectors.provisions import ProvisionRow, provision_list, provision_outlook, provision_rule
from rebates.services.provisions import Expectation, provision_rule_set, provisions_update
from rebates.states import ProvisionMethod

HINTS = {
    "": gettext_lazy("Only what is earned so far is accrued."),
    ProvisionMethod.LINEAR: gettext_lazy("Until the end, sales come at the daily pace they have had so far."),
    ProvisionMethod.SEASONAL: gettext_lazy("The rest adds as much, in proportion, as the same days added last year."),
    ProvisionMethod.RATE: gettext_lazy("You know the rate that will be reached: it is applied to what is sold so far."),
}


class ProvisionForm(forms.Form):
    method = forms.ChoiceField(
        label=gettext_lazy("Forecast"),
        required=False,
        choices=[("", gettext_lazy("No forecast")), *ProvisionMethod.choices],
        widget=forms.RadioSelect,
    )
    rate = AmountField(
        label=gettext_lazy("Rate of its own"), required=False, help_text=gettext_lazy("Such as 4 for 4 %.")
    )  # fmt: skip


@page(Right.STATEMENTS_VIEW)
def provisions(request: PortalRequest) -> HttpResponse:
    rows = provision_list(request.actor)
    context = {
        "rows": [(row, _name(row)) for row in rows],
        "totals": _totals(rows),
        "charts": [chart for currency in _totals(rows) if (chart := _chart(rows, currency))],
        "may_change": request.actor.can(Right.PERIODS_CLOSE),
    }  # fmt: skip
    return page_response(request, "portal/finance/provisions/list.html", context)


@require_POST
@page(Right.PERIODS_CLOSE)
def update(request: PortalRequest) -> HttpResponse:
    provisions_update(actor=request.actor)
    return done(request, reverse("finance:provisions"), _("The provisions are what is expected today."))


@page(Right.PERIODS_CLOSE)
def rule(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = program_get(request.actor, program_id)
    found = provision_rule(request.actor, program.pk)
    form = ProvisionForm(request.POST or None, initial=_initial(found))

    def change(data: dict[str, Any]) -> None:
        provision_rule_set(
            actor=request.actor, program_id=program.pk, method=data["method"], rate=_ratio(data["rate"])
        )  # fmt: skip
        provisions_update(actor=request.actor)

    if attempt(form, change):
        return done(request, reverse("finance:provision", args=[program.pk]), _("Saved, and the provision updated."))
    outlook = provision_outlook(request.actor, program.pk) if found else []
    context = {
        "program": program, "rule": found, "hints": HINTS, "page": page_of(request, outlook),
        "version": version_list(request.actor, program.pk)[0], "sums": _sums(outlook),
    }  # fmt: skip
    return form_response(request, "portal/finance/provisions/detail.html", context, form)


def _initial(found: Any) -> dict[str, str]:
    if found is None:
        return {"method": "", "rate": ""}
    return {"method": found.method, "rate": "" if found.rate is None else plain(found.rate * 100)}


def _sums(outlook: list[tuple[Any, Expectation]]) -> dict[str, dict[str, Decimal]]:
    """By currency what is expected of all partners so far, what is accrued for it, and the difference."""
    sums: dict[str, dict[str, Decimal]] = {}
    for _partner, one in outlook:
        row = sums.setdefault(one.currency, dict.fromkeys(("expected", "accrued", "provision"), Decimal(0)))
        for name in row:
            row[name] += getattr(one, name)
    return sums


def _ratio(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        with exact():
            return parse_decimal(text.removesuffix("%")).scaleb(-2)
    except ValueError:
        raise Invalid(fields={"rate": [_("Write a number such as 4 or 2.5.")]}) from None


def _totals(rows: list[ProvisionRow]) -> dict[str, tuple[Decimal, Decimal]]:
    """By currency what is accrued for all programs, and what is provided beyond it; the larger accrual first."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        for currency in row.accrued | row.provided:
            accrued, provided = sums.get(currency, (Decimal(0), Decimal(0)))
            more = row.accrued.get(currency, Decimal(0)), row.provided.get(currency, Decimal(0))
            sums[currency] = accrued + more[0], provided + more[1]
    return dict(sorted(sums.items(), key=lambda one: -one[1][0]))


def _chart(rows: list[ProvisionRow], currency: str) -> dict[str, Any] | None:
    """What is accrued and what is provided beyond it, by program; None where nothing is provided in the currency."""
    seen = [row for row in rows if row.accrued.get(currency) or row.provided.get(currency)]
    if not any(row.provided.get(currency) for row in seen):
        return None
    # A bar has no part below zero; the table has it exactly.
    sides = [
        [max(side.get(currency, Decimal(0)), Decimal(0)) for side in sides]
        for sides in ([row.accrued for row in seen], [row.provided for row in seen])
    ]
    return {
        "title": _("Accrued and expected, by program"),
        "desc": _("What is accrued so far and what is provided beyond it, in %(currency)s") % {"currency": currency},
        "cats": [row.program.code for row in seen],
        "series": [
            {"name": _("Accrued"), "values": sides[0], "cls": "c1"},
            {"name": _("Provided beyond it"), "values": sides[1], "cls": "c3"},
        ],
        "stacked": True,
        "fmt": "money",
        "currency": currency,
    }


def _name(row: ProvisionRow) -> str:
    return program_name(row.version, get_language() or "en") if row.version else row.program.code
