"""The team: who works here, who is invited, in which role. One set of pages for vendors and for partner companies."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from portal.shared.forms import ReasonForm, attempt
from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import confirmed, done, form_response, page_response
from prm.identity.actor import Actor
from prm.identity.policies import grantable_roles
from prm.identity.rights import PARTNER_ROLES, VENDOR_ROLES, Right, Role
from prm.identity.selectors import (
    invitable_partners,
    invitation_get,
    invitation_list,
    member_get,
    member_list,
)
from prm.identity.services import (
    invitation_create,
    invitation_resend,
    invitation_revoke,
    invitations_create,
    membership_change_role,
    membership_deactivate,
    membership_move,
    membership_reactivate,
)
from prm.web.surfaces import PortalRequest, page

TEAM = (Right.TEAM_MANAGE, Right.OWN_TEAM_MANAGE)


ROLE_TEXTS = {
    Role.ADMINISTRATOR: gettext_lazy("Everything, and the second signature where two people are needed."),
    Role.CHANNEL_MANAGER: gettext_lazy("Partners, applications, agreements, tiers, programs and sales."),
    Role.FINANCE: gettext_lazy("Closes periods, approves statements, pays, confirms bank accounts."),
    Role.MARKETING: gettext_lazy("Sees partners, products and programs."),
    Role.PARTNER_ADMINISTRATOR: gettext_lazy("Everything of the own company: team, profile, agreements, bank account."),
    Role.PARTNER_SALES: gettext_lazy("Earnings, onboarding, certificates and the tier; no statements or accounts."),
    Role.PARTNER_FINANCE: gettext_lazy("Earnings, statements, payments and the bank account."),
}


def _roles_told(actor: Actor) -> list[tuple[Any, Any]]:
    """What each role may do, of those that the actor gives."""
    given = grantable_roles(actor)
    return [(role.label, ROLE_TEXTS[role]) for role in Role if role in given]


def _roles(actor: Actor, among: frozenset[Role]) -> list[tuple[str, Any]]:
    """The roles that the actor may give, out of some, in the order of power."""
    given = grantable_roles(actor) & among
    return [(role.value, role.label) for role in Role if role in given]


class MemberFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or e-mail"))
    role = select(gettext_lazy("Role"), gettext_lazy("All roles"), Role.choices)
    partner = forms.UUIDField(label=gettext_lazy("Partner"), widget=forms.HiddenInput)
    side = forms.ChoiceField(choices=[("vendor", ""), ("partner", "")], widget=forms.HiddenInput)

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data)
        if actor.is_partner:
            self.fields["role"].choices = [("", _("All roles")), *_roles(actor, PARTNER_ROLES)]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    partner = forms.ChoiceField(
        label=gettext_lazy("Partner"),
        required=False,
        help_text=gettext_lazy("Only for the roles of a partner's people."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor, VENDOR_ROLES | PARTNER_ROLES)  # type: ignore[attr-defined]
        partners = invitable_partners(actor)
        if partners:
            self.fields["partner"].choices = [("", _("No partner")), *partners]  # type: ignore[attr-defined]
        else:
            del self.fields["partner"]


class InviteManyForm(forms.Form):
    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"), max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("One in each line, or separated by commas. At most 100."),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = InviteForm(actor).fields
        self.fields |= {name: others[name] for name in ("role", "partner") if name in others}

    def clean_emails(self) -> list[str]:
        return [part for part in re.split(r"[\s,;，；、]+", self.cleaned_data["emails"]) if part]


class MoveForm(forms.Form):
    partner = forms.ChoiceField(label=gettext_lazy("New partner"))

    def __init__(self, actor: Actor, present: UUID | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(key, name) for key, name in invitable_partners(actor) if key != str(present)]
        self.fields["partner"].choices = [("", "—"), *others]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, actor: Actor, side: frozenset[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor, side)  # type: ignore[attr-defined]


@page(*TEAM)
def team(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    filters = MemberFilters(request.GET, actor)
    values = filters.values
    side = "" if actor.is_partner else values["side"] or ("partner" if values["partner"] else "vendor")
    partner_id = values["partner"] or None
    members = member_list(actor, side=side, partner_id=partner_id, role=values["role"], search=values["q"])
    context = {
        "page": page_of(request, members),
        "invitations": invitation_list(actor, side=side, partner_id=partner_id)[:50],
        "filters": filters,
        "grantable": grantable_roles(actor),
        "invite_form": InviteForm(actor, initial={"partner": str(values["partner"] or "")}),
        "side": side,
        "roles": _roles_told(actor),
    }
    return page_response(request, "portal/shared/team/list.html", context)


@page(*TEAM)
def invite(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    form = InviteForm(actor, request.POST or None, initial={"partner": request.GET.get("partner", "")})

    def do(data: dict[str, Any]) -> None:
        partner = UUID(data["partner"]) if data.get("partner") else None
        invitation_create(actor=actor, email=data["email"], role=data["role"], partner_id=partner)

    if request.method == "POST" and attempt(form, do):
        return done(request, _team_url(form.cleaned_data["role"], actor), _("The invitation is on its way."))
    return form_response(request, "portal/shared/team/invite.html", {"roles": _roles_told(actor)}, form)


@page(*TEAM)
def invite_many(request: PortalRequest) -> HttpResponse:
    """Addresses that were refused stay in the form, each with its reason; the others are on their way."""
    actor = request.actor
    form = InviteManyForm(actor, request.POST or None, initial={"partner": request.GET.get("partner", "")})
    outcome: list[Any] = []

    def do(data: dict[str, Any]) -> None:
        partner = UUID(data["partner"]) if data.get("partner") else None
        outcome[:] = invitations_create(actor=actor, emails=data["emails"], role=data["role"], partner_id=partner)

    roles = {"roles": _roles_told(actor)}
    if request.method != "POST" or not attempt(form, do):
        return form_response(request, "portal/shared/team/invite_many.html", roles, form)
    made, refused = outcome
    sent = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", len(made))
    sent %= {"count": len(made)}
    if not refused:
        return done(request, _team_url(form.cleaned_data["role"], actor), sent)
    again = InviteManyForm(actor, initial=form.cleaned_data | {"emails": "\n".join(one.email for one in refused)})
    context = {"form": again, "refused": refused, "sent": sent if made else "", **roles}
    # Not 422: that would take back the invitations that were made.
    return page_response(request, "portal/shared/team/invite_many.html", context, status=200 if made else 422)


@page(Right.TEAM_MANAGE)
def move(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    actor, member = request.actor, member_get(request.actor, membership_id)
    form = MoveForm(actor, member.partner_id, request.POST or None)
    back = _team_url(member.role, actor)
    text = _(
        "Access to %(partner)s ends at once. The role stays, and certificates count for the new partner from today."
    )
    return confirmed(
        request, form,
        do=lambda data: membership_move(actor=actor, membership_id=membership_id, partner_id=UUID(data["partner"])),
        page={"title": _("Move %(name)s to another partner") % {"name": member.user}, "submit": _("Move"),
              "text": text % {"partner": member.partner}, "back": back},
        then=back, text=_("%(name)s has moved.") % {"name": member.user},
    )  # fmt: skip


@page(*TEAM)
def change_role(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    actor, member = request.actor, member_get(request.actor, membership_id)
    side = PARTNER_ROLES if member.partner_id else VENDOR_ROLES
    form = RoleForm(actor, side, request.POST or None, initial={"role": member.role})
    question = {"title": _("Change the role of %(name)s") % {"name": member.user}, "submit": _("Change the role")}
    return confirmed(
        request, form,
        do=lambda data: membership_change_role(actor=actor, membership_id=membership_id, role=data["role"]),
        page={**question, "back": _team_url(member.role, actor)}, then=_team_url(member.role, actor),
        text=_("The role was changed."),
    )  # fmt: skip


@page(*TEAM)
def deactivate(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    actor, member = request.actor, member_get(request.actor, membership_id)
    question = {
        "title": _("Deactivate %(name)s") % {"name": member.user},
        "text": _("Access ends at once, also of the API keys this person has made. It can be given back later."),
        "submit": _("Deactivate"),
        "danger": True,
    }
    return confirmed(
        request, ReasonForm(request.POST or None),
        do=lambda data: membership_deactivate(actor=actor, membership_id=membership_id, reason=data["reason"]),
        page={**question, "back": _team_url(member.role, actor)}, then=_team_url(member.role, actor),
        text=_("The member was deactivated."),
    )  # fmt: skip


@require_POST
@page(*TEAM)
def reactivate(request: PortalRequest, membership_id: UUID) -> HttpResponse:
    member = membership_reactivate(actor=request.actor, membership_id=membership_id)
    return done(request, _team_url(member.role, request.actor), _("The member is active again."))


@require_POST
@page(*TEAM)
def resend(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    invitation = invitation_resend(actor=request.actor, invitation_id=invitation_id)
    return done(request, _team_url(invitation.role, request.actor), _("The invitation was sent again."))


@page(*TEAM)
def revoke(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    actor, found = request.actor, invitation_get(request.actor, invitation_id)
    question = {
        "title": _("Withdraw the invitation of %(email)s") % {"email": found.email},
        "text": _("The link in the mail ends at once."),
        "submit": _("Withdraw"),
        "danger": True,
    }
    return confirmed(
        request, forms.Form(request.POST or None),
        do=lambda _data: invitation_revoke(actor=actor, invitation_id=invitation_id),
        page={**question, "back": _team_url(found.role, actor)}, then=_team_url(found.role, actor),
        text=_("The invitation was withdrawn."),
    )  # fmt: skip


def _team_url(role: str, actor: Actor) -> str:
    """The list that shows people of this role."""
    is_partners = role in PARTNER_ROLES and not actor.is_partner
    return reverse("shared:team") + ("?side=partner" if is_partners else "")
