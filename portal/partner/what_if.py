"""What a partner would earn by selling more, while it types; and which program's next band is the cheapest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.partner.cards import cards_of
from portal.shared.forms import AmountField, DateField, attempt
from portal.shared.program_text import name_of
from prm.errors import Invalid
from prm.identity.rights import Right
from prm.money import parse_decimal, round_digits
from prm.web import text
from prm.web.surfaces import PortalRequest, page
from rebates.whatif.partner import More, WhatIf, cheapest_steps, gain_of, what_if, what_if_days, what_if_lines


class WhatIfForm(forms.Form):
    line = forms.ChoiceField(label=gettext_lazy("Product line"), required=False)
    sku = forms.CharField(
        label=gettext_lazy("Or one product"), required=False, max_length=100,
        help_text=gettext_lazy("Its SKU, in place of a product line."),
    )  # fmt: skip
    amount = AmountField(label=gettext_lazy("Amount"), required=False)
    quantity = AmountField(
        label=gettext_lazy("Quantity"), required=False,
        help_text=gettext_lazy("One of the two is enough: the other follows from your latest price."),
    )  # fmt: skip
    sold_on = DateField(label=gettext_lazy("To be sold by"))

    def __init__(self, *args: Any, lines: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [(line, line) for line in lines]  # type: ignore[attr-defined]
        first, last = what_if_days()
        self.fields["sold_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def more(self) -> More:
        data = self.cleaned_data
        sku, line = data["sku"].strip(), data["line"]
        return More(
            sold_on=data["sold_on"], sku=sku, line="" if sku else line, amount=_number(data, "amount"),
            quantity=_number(data, "quantity"),
        )  # fmt: skip


@page(Right.OWN_EARNINGS_VIEW)
def what_if_page(request: PortalRequest) -> HttpResponse:
    """The question is the address, so that it can be kept; with htmx only the answer is sent."""
    lines = what_if_lines(request.actor)
    asked = any(request.GET.get(name) for name in ("amount", "quantity"))
    form = WhatIfForm(request.GET if asked else None, lines=lines, initial={"sold_on": what_if_days()[1]})
    found: list[WhatIf] = []
    if asked:
        attempt(form, lambda _data: found.append(what_if(request.actor, form.more())))
    context: dict[str, Any] = {"form": form, "outcome": _outcome(found[0]) if found else None}
    if request.htmx:
        return render(request, "portal/partner/_what_if_outcome.html", context)
    return render(request, "portal/partner/what_if.html", context | {"steps": cards_of(cheapest_steps(request.actor))})


def _number(data: dict[str, Any], name: str) -> Decimal | None:
    if not data[name]:
        return None
    try:
        return parse_decimal(data[name])
    except ValueError:
        raise Invalid(fields={name: [_("Write a number such as 25000 or 12.5.")]}) from None


def _outcome(found: WhatIf) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "found": found,
        "units": round_digits(found.quantity, 2),
        "sentence": _sentence(found),
        "totals": [(currency, amount, *gain_of(found.changes, currency)) for currency, amount in found.gains.items()],
        "changes": [(one, name_of(one.version, language)) for one in found.changes],
    }


def _sentence(found: WhatIf) -> str:
    said = {
        "amount": text.money(found.amount, found.currency),
        "product": found.product.name,
        "day": date_format(found.sold_on, "SHORT_DATE_FORMAT"),
    }
    if not found.gains:
        return _("Selling %(amount)s of %(product)s by %(day)s would not change what you earn.") % said
    gains = _(" and ").join(text.money(amount, currency) for currency, amount in found.gains.items())
    said["gains"] = gains
    if all(amount > 0 for amount in found.gains.values()):
        return _("Sell %(amount)s of %(product)s by %(day)s and you earn %(gains)s more.") % said
    return _("Selling %(amount)s of %(product)s by %(day)s would change your earnings by %(gains)s.") % said
