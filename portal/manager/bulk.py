"""Acts on many partners: what is to be done, what became of each, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from partners.selectors.directory import bulk_get, bulk_list, bulk_rows, directory_rows, owners
from partners.selectors.partners import partner_get
from partners.services.bulk import AT_ONCE, bulk_start, bulk_undo
from partners.services.directory import partner_assign
from partners.states.bulk import BULK_ACTIVE, BULK_UNDOABLE, BulkOutcome, BulkVerb
from partners.states.suspensions import SuspensionReason, SuspensionScope
from portal.manager.directory import KEPT, csv_response
from portal.shared.forms import attempt
from portal.shared.listing import page_of
from portal.shared.pages import confirmed, done, form_response, page_response
from portal.shared.picking import picked_ids
from prm.errors import NotFound
from prm.identity.rights import Right
from prm.runs.progress import progress_get
from prm.web.surfaces import PortalRequest, page


class AssignForm(forms.Form):
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)

    def __init__(self, *args: Any, request: PortalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), str(user)) for user in owners(request.actor)]
        self.fields["owner"] = forms.ChoiceField(label=_("Owner"), required=False, choices=[("", _("Nobody")), *people])


class TagForm(forms.Form):
    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=100)


class MessageForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))


class HoldForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("What stands still"), choices=SuspensionScope.choices)
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"), choices=SuspensionReason.choices)
    reason = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The partner reads it, too."),
    )  # fmt: skip


FORMS: Mapping[str, type[forms.Form]] = {
    BulkVerb.TAG_ADD: TagForm,
    BulkVerb.TAG_REMOVE: TagForm,
    BulkVerb.NOTIFY: MessageForm,
    BulkVerb.SUSPEND: HoldForm,
}


@page(Right.PARTNERS_EDIT)
def owner(request: PortalRequest, partner_id: UUID) -> HttpResponseBase:
    """Whose partner one partner is."""
    partner = partner_get(request.actor, partner_id)
    back = reverse("manager:partner", args=[partner_id])
    form = AssignForm(
        request.POST if request.method == "POST" else None, request=request, initial={"owner": str(partner.manager_id)}
    )  # fmt: skip
    return confirmed(
        request,
        form,
        do=lambda data: partner_assign(
            actor=request.actor, partner_id=partner_id, manager_id=UUID(data["owner"]) if data["owner"] else None
        ),
        page={"title": _("Owner of %(name)s") % {"name": partner.name}, "submit": _("Save"), "back": back},
        then=back,
        text=_("Your changes were saved."),
    )


@require_POST
@page(Right.PARTNERS_EDIT)
def ask(request: PortalRequest) -> HttpResponseBase:
    """The question with its form; sent again with `go`, the act."""
    verb, listed = request.POST.get("verb", ""), QueryDict(request.POST.get("listed", ""))
    filters = {name: listed[name] for name in listed if name not in KEPT}
    ids = None if request.POST.get("all") else picked_ids(request, "partner")
    if verb == "export":
        return csv_response(request, filters, ids)
    if verb not in BulkVerb.values:
        raise NotFound
    form = _form(request, verb)
    made: list[Any] = []
    if form.is_bound and attempt(form, lambda data: made.append(_started(request, verb, data, (ids, filters)))):
        return done(request, reverse("manager:bulk_run", args=[made[0].pk]), _said(made[0]))
    count = len(ids) if ids is not None else directory_rows(request.actor, filters).count()
    context = {"verb": verb, "label": BulkVerb(verb).label, "count": count, "listed": listed.urlencode(),
               "ids": [str(key) for key in ids or ()], "all": ids is None}  # fmt: skip
    return form_response(request, "portal/manager/partners/bulk_ask.html", context, form)


@page(Right.PARTNERS_VIEW)
def runs(request: PortalRequest) -> HttpResponseBase:
    return page_response(
        request, "portal/manager/partners/bulk_runs.html", {"page": page_of(request, bulk_list(request.actor))}
    )


@page(Right.PARTNERS_VIEW)
def run(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    """What became of each partner; polled while a worker is at it."""
    found = bulk_get(request.actor, run_id)
    outcome = request.GET.get("outcome", "")
    rows = bulk_rows(request.actor, run_id, outcome=outcome if outcome in BulkOutcome.values else "")
    context = {
        "run": found,
        "page": page_of(request, rows),
        "is_active": found.status in BULK_ACTIVE,
        "progress": progress_get(run_id),
        "may_undo": found.status == "done" and found.verb in BULK_UNDOABLE and request.actor.can(Right.PARTNERS_EDIT),
    }
    return page_response(request, "portal/manager/partners/bulk_run.html", context)


@page(Right.PARTNERS_EDIT)
def undo(request: PortalRequest, run_id: UUID) -> HttpResponseBase:
    found = bulk_get(request.actor, run_id)
    back = reverse("manager:bulk_run", args=[run_id])
    return confirmed(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        do=lambda _data: bulk_undo(actor=request.actor, run_id=run_id),
        page={"title": _("Undo “%(what)s”?") % {"what": found}, "submit": _("Undo"), "back": back,
              "text": _("Each partner gets back what it had before. What has been changed since stays as it is.")},
        then=back, text=_("The work has begun.") if found.total > AT_ONCE else _("It was undone."),
    )  # fmt: skip


def _form(request: PortalRequest, verb: str) -> forms.Form:
    data = request.POST if "go" in request.POST else None
    return AssignForm(data, request=request) if verb == BulkVerb.ASSIGN else FORMS[verb](data)


def _started(request: PortalRequest, verb: str, data: dict[str, Any], chosen: tuple[list[UUID] | None, Any]) -> Any:
    ids, filters = chosen
    return bulk_start(actor=request.actor, verb=verb, data=data, ids=ids, filters=filters)


def _said(found: Any) -> str:
    if found.status in BULK_ACTIVE:
        return _("The work has begun.")
    return _("%(what)s: done.") % {"what": found}
