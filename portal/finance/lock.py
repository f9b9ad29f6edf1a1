"""The day up to which the books are locked: set by finance, moved back by two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.shared.forms import DateField, ReasonForm, attempt
from portal.shared.listing import page_of
from portal.shared.pages import done, form_response, page_response
from prm.identity.rights import Right
from prm.ledger.lock import book_lock_confirm, book_lock_list, book_lock_refuse, book_lock_set
from prm.ledger.states import LockStatus
from prm.web.surfaces import PortalRequest, page


class LockForm(ReasonForm):
    until = DateField(
        label=gettext_lazy("Locked up to and including"),
        required=False,
        help_text=gettext_lazy("Empty opens the books. An earlier day than now, or none, waits for a second person."),
    )

    field_order = ("until", "reason")


@page(Right.STATEMENTS_VIEW)
def lock(request: PortalRequest) -> HttpResponse:
    rows = book_lock_list(request.actor)
    waiting = rows.filter(status=LockStatus.ASKED).first()
    context = {
        "page": page_of(request, rows),
        "present": rows.filter(status=LockStatus.IN_FORCE).first(),
        "waiting": waiting,
        "is_own": waiting is not None and request.actor.is_person(waiting.asked_by_id),
    }
    return page_response(request, "portal/finance/lock.html", context)


@page(Right.PERIODS_CLOSE)
def lock_set(request: PortalRequest) -> HttpResponse:
    form = LockForm(request.POST if request.method == "POST" else None)
    made: list[Any] = []
    if attempt(form, lambda data: made.append(book_lock_set(actor=request.actor, **data))):
        is_done = made[0].status == LockStatus.IN_FORCE
        text = _("The books are locked.") if is_done else _("The change waits for a second person to confirm it.")
        return done(request, reverse("finance:lock"), text)
    question = {
        "title": _("Lock the books"),
        "text": _("Nothing is booked on that day or before it any more: payments and reversals need a later day."),
        "submit": _("Save"),
        "back": reverse("finance:lock"),
    }
    return form_response(request, "portal/shared/confirm.html", question, form)


@require_POST
@page(Right.STATEMENTS_APPROVE)
def lock_decide(request: PortalRequest, lock_id: UUID, verb: str) -> HttpResponse:
    form = forms.Form(request.POST)
    decide = book_lock_confirm if verb == "confirm" else book_lock_refuse
    if attempt(form, lambda _data: decide(actor=request.actor, lock_id=lock_id)):
        text = _("The change is in force.") if verb == "confirm" else _("The lock stays as it is.")
        return done(request, reverse("finance:lock"), text)
    return done(request, reverse("finance:lock"), " ".join(map(str, form.non_field_errors())))
