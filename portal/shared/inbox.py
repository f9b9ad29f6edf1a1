"""A person's inbox: the bell, the list, opening what a notice is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import done, page_response
from prm.identity.middleware import SESSION_KEY
from prm.identity.selectors import membership_at
from prm.notifications.selectors import inbox_list, unread_count, unread_elsewhere
from prm.notifications.services import notice_read, notices_read
from prm.notifications.states import Area
from prm.tenancy.hosts import tenant_url
from prm.web.surfaces import PortalRequest, page

ICONS = {
    Area.RECRUITMENT: "user-plus",
    Area.AGREEMENTS: "file-pen-line",
    Area.ONBOARDING: "rocket",
    Area.CERTIFICATION: "award",
    Area.TIERS: "trophy",
    Area.SCORECARDS: "gauge",
    Area.LIFECYCLE: "refresh-cw",
    Area.PEOPLE: "users",
    Area.MONEY: "banknote",
    Area.SECURITY: "shield-check",
}


class InboxFilters(FilterForm):
    area = select(gettext_lazy("About"), gettext_lazy("Everything"), Area.choices)
    unread = forms.BooleanField(label=gettext_lazy("Unread only"), widget=forms.HiddenInput)


@require_safe
@page(None)
def inbox(request: PortalRequest) -> HttpResponse:
    filters = InboxFilters(request.GET)
    area, unread = filters.values["area"], bool(filters.values["unread"])
    shown = page_of(request, inbox_list(request.actor, unread=True if unread else None, area=area))
    context = {
        "page": shown, "rows": [_row(notice) for notice in shown], "filters": filters, "is_unread": unread,
        "unread": unread_count(request.actor), "elsewhere": _elsewhere(request),
    }  # fmt: skip
    return page_response(request, "portal/shared/inbox/list.html", context)


@require_safe
@page(None)
def bell(request: PortalRequest) -> HttpResponse:
    """The bell alone, for when the reader comes back to the page."""
    return render(request, "portal/shared/_bell.html")


@require_safe
@page(None)
def notice_open(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Where links in mails lead: to what the notice is about, at the partner it concerns."""
    notice = notice_read(actor=request.actor, notice_id=notice_id)
    if notice.partner_id != request.membership.partner_id:
        place = membership_at(request.membership.user, notice.partner_id)
        if place is not None:
            request.session[SESSION_KEY] = str(place.pk)
    told = notice.told
    return redirect(told.path if told.action else "shared:inbox")


@require_POST
@page(None)
def notice_seen(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    notice = notice_read(actor=request.actor, notice_id=notice_id)
    if request.htmx:
        return render(request, "portal/shared/inbox/_seen.html", {"row": _row(notice)})
    return redirect("shared:inbox")


@require_POST
@page(None)
def all_seen(request: PortalRequest) -> HttpResponse:
    notices_read(actor=request.actor)
    return done(request, reverse("shared:inbox"), _("Everything is marked as read."))


def _row(notice: Any) -> dict[str, Any]:
    return {"notice": notice, "told": notice.told, "area": notice.about.area, "icon": ICONS[notice.about.area]}


def _elsewhere(request: PortalRequest) -> list[dict[str, Any]]:
    start = f"{reverse('shared:session_start')}?from={request.tenant.slug}"
    found = unread_elsewhere(request.actor)
    return [{"name": name, "count": count, "url": tenant_url(request, slug, start)} for slug, name, count in found]
