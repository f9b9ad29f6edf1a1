"""Exits: who is leaving, what has to be in order before, waivers, the reserve for returns, the partner's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.exits import data_export_list, exit_checklist, exit_get, exit_list, exit_open_of
from partners.selectors.partners import partner_get
from partners.services.data_exports import data_export_download, data_export_request
from partners.services.exits import exit_cancel, exit_finish, exit_reschedule, exit_start, exit_waive
from partners.states.exits import ExitReason, ExitStatus
from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.partner_cards import SIDE, PartnerCard, register
from portal.shared.timeline import audit_source
from prm import clock
from prm.errors import Conflict, NotFound
from prm.files.responses import file_response
from prm.identity.rights import Right
from prm.runs.states import RUN_ACTIVE
from prm.web.surfaces import PortalRequest, page
from rebates.services.reserves import WINDOW_DAYS, reserve_hold, reserve_plan, reserves_of


class ExitFilters(FilterForm):
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), ExitStatus.choices)


class ExitForm(forms.Form):
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"), choices=ExitReason.choices)
    reason = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit trail with your name."),
    )  # fmt: skip
    notice_on = DateField(label=gettext_lazy("Notice given on"))
    last_day = DateField(label=gettext_lazy("Last day"), help_text=gettext_lazy("The end of the notice period."))


class DayForm(forms.Form):
    last_day = DateField(label=gettext_lazy("Last day"))
    reason = ReasonForm.base_fields["reason"]


class ReserveForm(forms.Form):
    window_days = forms.IntegerField(
        label=gettext_lazy("Days in which goods still come back"), min_value=1, max_value=730,
        help_text=gettext_lazy("After them the reserve is given back, less what returns have taken."),
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def listing(request: PortalRequest) -> HttpResponse:
    filters = ExitFilters(request.GET)
    found = exit_list(request.actor, status=filters.values["status"])
    return page_response(
        request, "portal/manager/exits/list.html", {"page": page_of(request, found), "filters": filters}
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def start(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    form = ExitForm(request.POST or None, initial={"notice_on": clock.today(request.tenant)})
    made: list[Any] = []
    if attempt(form, lambda data: made.append(exit_start(actor=request.actor, partner_id=partner_id, **data))):
        return done(request, _address(made[0].pk), _("%(name)s is leaving.") % {"name": partner.name})
    return form_response(request, "portal/manager/exits/start.html", {"partner": partner}, form)


@page(Right.LIFECYCLE_DECIDE)
def detail(request: PortalRequest, exit_id: UUID) -> HttpResponse:
    found = exit_get(request.actor, exit_id)
    checklist = exit_checklist(request.actor, exit_id) if found.status == ExitStatus.OPEN else []
    exports = list(data_export_list(request.actor, found.partner_id)[:3])
    context = {
        "exit": found,
        "checklist": checklist,
        "left": sum(1 for one in checklist if not one.is_done),
        "done": sum(1 for one in checklist if one.is_done),
        "days": (found.last_day - clock.today(request.tenant)).days,
        "is_own": request.actor.is_person(found.started_by_id),
        "exports": exports,
        "is_packing": any(one.status in RUN_ACTIVE for one in exports),
        "reserves": reserves_of(exit_id),
    }
    return page_response(request, "portal/manager/exits/detail.html", context)


@page(Right.LIFECYCLE_DECIDE)
def waive(request: PortalRequest, exit_id: UUID, code: str) -> HttpResponse:
    found = exit_get(request.actor, exit_id)
    state = next((one for one in exit_checklist(request.actor, exit_id) if one.check.code == code), None)
    if state is None:
        raise NotFound
    return confirmed(
        request,
        ReasonForm(request.POST or None),
        do=lambda data: exit_waive(actor=request.actor, exit_id=exit_id, check_code=code, **data),
        page={
            "title": _("Leave “%(what)s” as it is?") % {"what": state.check.name},
            "text": _("%(name)s can leave although %(count)s of it are left. Should more come up, it blocks again.")
            % {"name": found.partner.name, "count": state.count},
            "submit": _("Waive"), "danger": True, "back": _address(exit_id),
        },
        then=_address(exit_id),
        text=_("The check was waived."),
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def finish(request: PortalRequest, exit_id: UUID) -> HttpResponse:
    found = exit_get(request.actor, exit_id)
    return confirmed(
        request,
        ReasonForm(request.POST or None),
        do=lambda data: exit_finish(actor=request.actor, exit_id=exit_id, **data),
        page={
            "title": _("End the partnership with %(name)s?") % {"name": found.partner.name},
            "text": _("This cannot be taken back. Its people lose their access at once; its data is sent as a link."),
            "submit": _("End partnership"), "danger": True, "back": _address(exit_id),
        },
        then=_address(exit_id),
        text=_("The partnership with %(name)s has ended.") % {"name": found.partner.name},
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def cancel(request: PortalRequest, exit_id: UUID) -> HttpResponse:
    found = exit_get(request.actor, exit_id)
    return confirmed(
        request,
        ReasonForm(request.POST or None),
        do=lambda data: exit_cancel(actor=request.actor, exit_id=exit_id, **data),
        page={
            "title": _("Does %(name)s stay?") % {"name": found.partner.name},
            "text": _("The exit is called off; nothing ends."), "submit": _("Call off the exit"),
            "back": _address(exit_id),
        },
        then=_address(exit_id),
        text=_("%(name)s stays.") % {"name": found.partner.name},
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def reschedule(request: PortalRequest, exit_id: UUID) -> HttpResponse:
    found = exit_get(request.actor, exit_id)
    return confirmed(
        request,
        DayForm(request.POST or None, initial={"last_day": found.last_day}),
        do=lambda data: exit_reschedule(actor=request.actor, exit_id=exit_id, **data),
        page={"title": _("Another last day for %(name)s") % {"name": found.partner.name}, "submit": _("Save"),
              "back": _address(exit_id)},
        then=_address(exit_id),
        text=_("Your changes were saved."),
    )  # fmt: skip


@page(Right.PERIODS_CLOSE)
def reserve(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """What is to be held back for returns, version by version, before it is."""
    partner = partner_get(request.actor, partner_id)
    found = exit_open_of(partner_id)
    if found is None:
        raise NotFound
    form = ReserveForm(request.POST or None, initial={"window_days": WINDOW_DAYS})
    if attempt(form, lambda data: reserve_hold(actor=request.actor, exit_id=found.pk, **data)):
        return done(request, reverse("manager:partner", args=[partner_id]), _("The reserve is held back."))
    context = {"partner": partner, "exit": found, "plan": reserve_plan(partner_id, found.last_day),
               "held": reserves_of(found.pk)}  # fmt: skip
    return form_response(request, "portal/manager/exits/reserve.html", context, form)


@require_POST
@page(Right.LIFECYCLE_DECIDE)
def pack(request: PortalRequest, exit_id: UUID) -> HttpResponse:
    """Ask for the archive of the partner's data."""
    found = exit_get(request.actor, exit_id)
    try:
        data_export_request(actor=request.actor, partner_id=found.partner_id, exit=found)
    except Conflict as refusal:
        return done(request, _address(exit_id), str(refusal.message))
    return done(request, _address(exit_id), _("The archive is being made."))


@page(Right.LIFECYCLE_DECIDE)
def data(request: PortalRequest, exit_id: UUID, export_id: UUID) -> HttpResponseBase:
    found = exit_get(request.actor, exit_id)
    if not data_export_list(request.actor, found.partner_id).filter(pk=export_id).exists():
        raise NotFound
    return file_response(data_export_download(actor=request.actor, export_id=export_id))


@page(Right.LIFECYCLE_DECIDE)
def of_partner(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    """The exit of a partner that is under way, or the form for one."""
    partner_get(request.actor, partner_id)
    found = exit_open_of(partner_id)
    return redirect(_address(found.pk) if found else reverse("manager:exit_start", args=[partner_id]))


def card(request: PortalRequest, partner: Any) -> Mapping[str, Any] | None:
    """Only where there is an exit."""
    found = list(exit_list(request.actor, partner_id=partner.pk).order_by("-created_at")[:1])
    return {"exit": found[0], "may": request.actor.can(Right.LIFECYCLE_DECIDE)} if found else None


def _address(exit_id: UUID) -> str:
    return reverse("manager:exit", args=[exit_id])


register(PartnerCard("exit", 15, None, "portal/manager/partners/cards/exit.html", card, queries=1, column=SIDE))
audit_source(
    "exits",
    None,
    "partners.exit",
    lambda actor, partner_id: list(exit_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
