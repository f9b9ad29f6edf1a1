"""What a person wants to hear, how, and at which hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shared.forms import attempt
from portal.shared.inbox import ICONS
from portal.shared.pages import done, form_response
from prm.identity.selectors import places_of
from prm.notifications.catalogue import kinds
from prm.notifications.selectors import preference_list, schedule_get
from prm.notifications.services import Hours, preferences_update
from prm.notifications.states import Area, Channel
from prm.web.surfaces import PortalRequest, page

HOURS = ("quiet_from", "quiet_until", "digest_at", "digest_above")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PreferencesForm(forms.Form):
    """One field for each area that can be chosen, named like the area; then the hours."""

    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=TimeInput)
    quiet_until = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=TimeInput)
    digest_at = forms.TimeField(label=gettext_lazy("Daily digest at"), widget=TimeInput)
    digest_above = forms.IntegerField(
        label=gettext_lazy("Mails a day at most"), help_text=gettext_lazy("Further ones wait for the daily digest.")
    )
    everywhere = forms.BooleanField(
        label=gettext_lazy("At every vendor and partner where I work"), required=False
    )  # fmt: skip

    def __init__(self, areas: list[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for area in areas:
            self.fields[area.value] = forms.ChoiceField(label=area.label, choices=Channel.choices)

    @property
    def hours(self) -> Hours:
        return Hours(**{name: self.cleaned_data[name] for name in HOURS})


@page(None)
def preferences(request: PortalRequest) -> HttpResponse:
    rows = preference_list(request.actor)
    free = {area: channel for area, channel in rows if channel is not None}
    schedule = schedule_get(request.actor)
    initial = {area.value: channel for area, channel in free.items()} | {
        name: getattr(schedule, name) for name in HOURS
    }
    form = PreferencesForm(list(free), request.POST or None, initial=initial)
    if len({place.tenant_id for place in places_of(request.membership.user_id)}) < 2:
        del form.fields["everywhere"]

    def change(data: dict[str, Any]) -> None:
        preferences_update(
            actor=request.actor, channels={area.value: data[area.value] for area in free}, hours=form.hours,
            everywhere=data.get("everywhere", False),
        )  # fmt: skip

    if request.method == "POST" and attempt(form, change):
        return done(request, reverse("shared:notification_settings"), _("Saved."))
    context = {"rows": [_row(area, form) for area, _channel in rows], "zone": timezone.get_current_timezone_name()}
    return form_response(request, "portal/shared/inbox/preferences.html", context, form)


def _row(area: Area, form: PreferencesForm) -> dict[str, Any]:
    told = [kind for kind in kinds() if kind.area == area]
    locked = next((kind.locked_because for kind in told if kind.is_locked), "")
    field = form[area.value] if area.value in form.fields else None
    return {"area": area, "icon": ICONS[area], "field": field, "locked": locked, "count": len(told)}
