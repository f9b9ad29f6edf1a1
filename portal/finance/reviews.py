"""The vendor's windows: how long partners look at a statement, how long finance has for a dispute."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.forms import attempt
from portal.shared.pages import done, form_response
from prm import clock
from prm.identity.rights import Right
from prm.identity.services.vendors import workday_calendar_set
from prm.web.surfaces import PortalRequest, page
from prm.web.text import country_name
from prm.workflow.calendar import COUNTRIES, makeup_days_known_until
from rebates.selectors.reviews import days_off, review_settings
from rebates.services.reviews import review_settings_change


class ReviewSettingsForm(forms.Form):
    review_days = forms.IntegerField(
        label=gettext_lazy("Review window, days"),
        help_text=gettext_lazy("From the approval on. With 0 a statement is payable as soon as it is approved."),
    )
    reminder_days = forms.IntegerField(
        label=gettext_lazy("Reminder, days before its end"), help_text=gettext_lazy("With 0 nobody is reminded.")
    )
    dispute_days = forms.IntegerField(
        label=gettext_lazy("Business days for a dispute"),
        help_text=gettext_lazy(
            "After them it goes to another reviewer. Days on which the partner owes an answer do not count."
        ),
    )
    workday_calendar = forms.ChoiceField(
        label=gettext_lazy("Working days of"),
        required=False,
        help_text=gettext_lazy("With its public holidays; in China with make-up workdays on weekends."),
    )
    days_off = forms.CharField(
        label=gettext_lazy("Days off"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "2026-10-01"}),
        help_text=gettext_lazy("Days besides on which you do not work, one date a line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted((country_name(code), code) for code in COUNTRIES)
        choices = [("", _("Monday to Friday, without holidays")), *((code, name) for name, code in names)]
        self.fields["workday_calendar"].choices = choices  # type: ignore[attr-defined]

    def clean_days_off(self) -> list[dt.date]:
        try:
            return [dt.date.fromisoformat(word) for word in self.cleaned_data["days_off"].split()]
        except ValueError:
            raise ValidationError(_("Write dates like 2026-10-01, one a line.")) from None


@page(Right.SETTINGS_EDIT)
def settings(request: PortalRequest) -> HttpResponse:
    row = review_settings()
    initial = {name: getattr(row, name) for name in ("review_days", "reminder_days", "dispute_days")}
    country = request.tenant.workday_calendar
    written = "\n".join(day.isoformat() for day in sorted(days_off(row)))
    form = ReviewSettingsForm(
        request.POST or None, initial={**initial, "days_off": written, "workday_calendar": country}
    )

    def change(data: dict[str, Any]) -> None:
        workday_calendar_set(actor=request.actor, country=data.pop("workday_calendar"))
        review_settings_change(actor=request.actor, **data)

    if attempt(form, change):
        return done(request, reverse("finance:review_settings"), _("Saved. Reviews that run already keep their end."))
    today = clock.today(request.tenant)
    known = makeup_days_known_until(country, today.year)
    context = {"known": str(known or ""), "soon": bool(known) and today.year >= (known or 0) and today.month >= 11}
    return form_response(request, "portal/finance/reviews.html", context, form)
