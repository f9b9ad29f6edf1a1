"""What the page frame needs to know about its reader. Built when a template asks, so fragments do not pay for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.identity.selectors import Place as IdentityPlace
from prm.identity.selectors import places_of
from prm.notifications.selectors import unread_count
from prm.tenancy.hosts import tenant_url

from . import navigation

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """A membership as the switcher shows it: at this vendor a button with `membership_id`, elsewhere a link."""

    label: str
    sub: str
    url: str
    current: bool
    membership_id: str = ""


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def surface(self) -> navigation.Surface:
        return navigation.SURFACES[navigation.surface_of(self._request)]

    @cached_property
    def menu(self) -> navigation.Menu:
        if not self.signed_in:
            return navigation.Menu()
        return navigation.menu_for(self._request, self.surface.key)

    @property
    def surfaces(self) -> list[navigation.Surface]:
        return navigation.surfaces_for(self._request)

    @cached_property
    def signed_in(self) -> bool:
        """A member of this tenant is reading: only then there is a menu."""
        return getattr(self._request, "membership", None) is not None

    @cached_property
    def unread(self) -> int:
        """What waits in the reader's inbox at this vendor."""
        return unread_count(self._request.actor) if self.signed_in else 0  # type: ignore[attr-defined]

    @property
    def tenant(self) -> Any:
        return getattr(self._request, "tenant", None)

    @property
    def org(self) -> str:
        """The name at the top: a partner's company for its people, the vendor for everyone else."""
        membership = getattr(self._request, "membership", None)
        if membership is not None and membership.partner_id is not None:
            return str(membership.partner)
        return str(self.tenant) if self.tenant is not None else _("Qudao")

    @property
    def org_sub(self) -> str:
        membership = getattr(self._request, "membership", None)
        if membership is None:
            return ""
        return str(self.tenant) if membership.partner_id is not None else str(self.surface.label)

    @property
    def brand_url(self) -> str:
        if self.tenant is None:
            return ""
        color = self.tenant.brand_color.lstrip("#").lower()
        return f"{reverse('web:brand', args=[self.tenant.slug])}?v={color}"

    @property
    def mark(self) -> str:
        return str(self.tenant)[:1].upper() if self.tenant is not None else "Q"

    @property
    def theme(self) -> str:
        chosen = self._request.COOKIES.get(THEME_COOKIE, "system")
        return chosen if chosen in THEMES else "system"

    @property
    def user_name(self) -> str:
        user = self._request.user
        return str(user) if user.is_authenticated else ""

    @property
    def user_email(self) -> str:
        return str(getattr(self._request.user, "email", ""))

    @property
    def role(self) -> str:
        membership = getattr(self._request, "membership", None)
        return membership.get_role_display() if membership is not None else ""

    @cached_property
    def places(self) -> list[Place]:
        """Everywhere the reader works, this place included; one query."""
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return [self._place(place) for place in places_of(user.pk)]

    def _place(self, place: IdentityPlace) -> Place:
        label = place.partner_name or place.tenant_name
        sub = f"{place.tenant_name} · {place.role.label}" if place.partner_name else str(place.role.label)
        if self.tenant is not None and place.tenant_id == self.tenant.pk:
            current = getattr(self._request, "membership", None)
            is_current = current is not None and place.membership_id == current.pk
            return Place(label, sub, "", is_current, str(place.membership_id))
        origin = self.tenant.slug if self.tenant is not None else ""
        question = urlencode({"from": origin, "membership": str(place.membership_id)})
        return Place(
            label, sub, tenant_url(self._request, place.slug, f"{reverse('shared:session_start')}?{question}"), False
        )
