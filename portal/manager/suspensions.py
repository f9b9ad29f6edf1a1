"""Suspending a partner by scope, and letting go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.selectors.partners import partner_get
from partners.selectors.suspension import suspension_get, suspension_list
from partners.services.suspensions import suspension_lift, suspension_start
from partners.states.suspensions import SUSPENSION_OPEN
from portal.manager.bulk import HoldForm
from portal.shared.forms import DateField, ReasonForm
from portal.shared.pages import confirmed
from portal.shared.partner_cards import SIDE, PartnerCard, register
from portal.shared.timeline import audit_source
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page


class SuspendForm(HoldForm):
    starts_on = DateField(label=gettext_lazy("From"))
    ends_on = DateField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("The last day. Empty: until it is lifted.")
    )


@page(Right.LIFECYCLE_DECIDE)
def start(request: PortalRequest, partner_id: UUID) -> HttpResponse:
    partner = partner_get(request.actor, partner_id)
    back = reverse("manager:partner", args=[partner_id])
    return confirmed(
        request,
        SuspendForm(request.POST or None, initial={"starts_on": clock.today(request.tenant)}),
        do=lambda data: suspension_start(actor=request.actor, partner_id=partner_id, **data),
        page={
            "title": _("Suspend %(name)s?") % {"name": partner.name},
            "text": _("Sales go on being counted, and its people can still sign in; they read what is held and why."),
            "submit": _("Suspend"), "danger": True, "back": back,
        },
        then=back,
        text=_("The suspension was noted."),
    )  # fmt: skip


@page(Right.LIFECYCLE_DECIDE)
def lift(request: PortalRequest, suspension_id: UUID) -> HttpResponse:
    found = suspension_get(request.actor, suspension_id)
    back = reverse("manager:partner", args=[found.partner_id])
    return confirmed(
        request,
        ReasonForm(request.POST or None),
        do=lambda data: suspension_lift(actor=request.actor, suspension_id=suspension_id, **data),
        page={
            "title": _("Lift the suspension of %(name)s?") % {"name": found.partner.name},
            "text": _("What waited goes on from today: %(scope)s.") % {"scope": found.get_scope_display()},
            "submit": _("Lift"), "back": back,
        },
        then=back,
        text=_("The suspension was lifted."),
    )  # fmt: skip


def card(request: PortalRequest, partner: Any) -> Mapping[str, Any] | None:
    rows = list(suspension_list(request.actor, partner_id=partner.pk)[:5])
    return {"suspensions": rows, "open": SUSPENSION_OPEN, "may": request.actor.can(Right.LIFECYCLE_DECIDE)}


register(
    PartnerCard(
        "suspensions", 20, None, "portal/manager/partners/cards/suspensions.html", card, queries=1, column=SIDE
    )
)  # fmt: skip
audit_source(
    "suspensions",
    None,
    "partners.suspension",
    lambda actor, partner_id: list(suspension_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
