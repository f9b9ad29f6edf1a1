"""Approving statements, one or many at once. Who prepared a statement, by closing its period, may not approve it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal.shared.pages import confirmed, done
from portal.shared.picking import picked_ids
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.statements import statement_get
from rebates.services.statements import statement_approve


@require_POST
@page(Right.STATEMENTS_APPROVE)
def approve(request: PortalRequest) -> HttpResponse:
    ids = picked_ids(request, "statement")
    back = _back(request)
    if not ids:
        messages.warning(request, _("Choose at least one statement."))
        return redirect(back)
    approved = statement_approve(actor=request.actor, statement_ids=ids)
    text = ngettext("%(n)s statement is approved.", "%(n)s statements are approved.", len(approved))
    return done(request, back, text % {"n": len(approved)})


@page(Right.STATEMENTS_APPROVE)
def approve_one(request: PortalRequest, statement_id: UUID) -> HttpResponse:
    statement = statement_get(request.actor, statement_id)
    address = reverse("finance:statement", args=[statement_id])
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: statement_approve(actor=request.actor, statement_ids=[statement_id]),
        page={
            "title": _("Approve %(number)s?") % {"number": statement},
            "text": _("The partner sees it from now on, and it can be settled."),
            "submit": _("Approve"),
            "back": address,
        },
        then=address,
        text=_("Statement %(number)s is approved.") % {"number": statement},
    )


def _back(request: PortalRequest) -> str:
    """The list with the filters it was sent from."""
    target = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own and target.startswith("/f/") else reverse("finance:statements")
