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
from rebates.selectors.programs import program_get, program_name
from rebates.selectors.provisions import ProvisionRow, provision_list, provision_outlook, provision_rule
from rebates.services.provisions import provision_rule_set, provisions_update
from rebates.states import ProvisionMethod


class ProvisionForm(forms.Form):
    method = forms.ChoiceField(
        label=gettext_lazy("Forecast"),
        required=False,
        choices=[("", gettext_lazy("No forecast: accrue what is earned so far")), *ProvisionMethod.choices],
        widget=forms.RadioSelect,
    )
    rate = AmountField(
        label=gettext_lazy("Rate in per cent"), required=False,
        help_text=gettext_lazy("Only for a rate of its own, such as 4 for 4 %."),
    )  # fmt: skip


@page(Right.STATEMENTS_VIEW)
def provisions(request: PortalRequest) -> HttpResponse:
    rows = provision_list(request.actor)
    context = {
        "rows": [(row, _name(row)) for row in rows],
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
    context = {"program": program, "rule": found, "page": page_of(request, outlook)}
    return form_response(request, "portal/finance/provisions/detail.html", context, form)


def _initial(found: Any) -> dict[str, str]:
    if found is None:
        return {"method": "", "rate": ""}
    return {"method": found.method, "rate": "" if found.rate is None else plain(found.rate * 100)}


def _ratio(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        with exact():
            return parse_decimal(text.removesuffix("%")).scaleb(-2)
    except ValueError:
        raise Invalid(fields={"rate": [_("Write a number such as 4 or 2.5.")]}) from None


def _name(row: ProvisionRow) -> str:
    return program_name(row.version, get_language() or "en") if row.version else row.program.code
