"""What the shells' menus show. Surfaces register their entries; nothing here knows a page by name.

    # portal/finance/navigation.py
    from prm.web.navigation import NavItem, register

    register(
        NavItem("finance", _("Accruals"), "receipt-text", "finance:accruals", right=Right.ACCRUALS_VIEW, tab=2),
        NavItem("finance", _("Audit log"), "scroll-text", "finance:audit", group=_("Control"), right=Right.AUDIT_VIEW),
    )

Modules called `navigation` in installed apps are imported when the project is ready. Groups and entries appear in the
order in which they were registered. An entry whose right the reader lacks is not shown; its page refuses them anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from prm.identity.rights import PARTNER_ROLES, VENDOR_ROLES, Right, Role

Text = str | Promise
Count = Callable[[HttpRequest], int]


@dataclass(frozen=True, slots=True)
class Surface:
    key: str
    prefix: str
    label: Text
    roles: frozenset[Role]


SURFACES: dict[str, Surface] = {
    "partner": Surface("partner", "/p/", _("Partner portal"), PARTNER_ROLES),
    "manager": Surface("manager", "/m/", _("Channel management"), VENDOR_ROLES),
    "finance": Surface("finance", "/f/", _("Finance"), frozenset({Role.ADMINISTRATOR, Role.FINANCE})),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """`tab` puts the entry in the phone's bar at that place (1 to 4); `action` makes it the round button in the middle.

    `count` is a callable (or its dotted path) from the request to a number; zero is not shown. `below` are further path
    prefixes for which the entry is the current one.
    """

    surface: str
    label: Text
    icon: str
    url_name: str
    right: Right | None = None
    group: Text = ""
    count: Count | str | None = None
    tab: int | None = None
    action: bool = False
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    icon: str
    url: str
    current: bool
    count: int = 0


@dataclass(slots=True)
class Group:
    label: str
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Menu:
    """Groups for the sidebar, `tabs` and `action` for the phone's bar."""

    groups: list[Group] = field(default_factory=list)
    tabs: list[Link] = field(default_factory=list)
    action: Link | None = None

    @property
    def links(self) -> list[Link]:
        return [link for group in self.groups for link in group.links]


_items: list[NavItem] = []


def register(*items: NavItem) -> None:
    """Add entries. The same entry twice (a reloaded module) counts once; an unknown surface raises `ValueError`."""
    for item in items:
        if item.surface not in SURFACES:
            raise ValueError(f"unknown surface {item.surface!r}")
        if item not in _items:
            _items.append(item)


def registered(surface: str) -> list[NavItem]:
    return [item for item in _items if item.surface == surface]


def surface_of(request: HttpRequest) -> str:
    """The surface a page belongs to: by its path, else the home of the reader's role."""
    for surface in SURFACES.values():
        if request.path.startswith(surface.prefix):
            return surface.key
    return home_surface(_role(request))


def home_surface(role: Role | None) -> str:
    """Where a role works: finance and the partner roles have their own, everybody else the manager's."""
    if role in PARTNER_ROLES:
        return "partner"
    return "finance" if role == Role.FINANCE else "manager"


def surfaces_for(request: HttpRequest) -> list[Surface]:
    """The surfaces the reader may enter, for the switcher."""
    role = _role(request)
    return [surface for surface in SURFACES.values() if role in surface.roles]


def menu_for(request: HttpRequest, surface: str) -> Menu:
    """The menu of a surface as this reader sees it."""
    actor = getattr(request, "actor", None)
    shown = [
        item for item in registered(surface) if item.right is None or (actor is not None and actor.can(item.right))
    ]
    urls = [reverse(item.url_name) for item in shown]
    here = _current(request.path, shown, urls)
    menu, tabs = Menu(), []
    for i, (item, url) in enumerate(zip(shown, urls, strict=True)):
        link = Link(str(item.label), item.icon, url, i == here, _count(item, request))
        _group(menu, str(item.group)).links.append(link)
        if item.action:
            menu.action = link
        elif item.tab is not None:
            tabs.append((item.tab, link))
    menu.tabs = [link for _, link in sorted(tabs, key=lambda pair: pair[0])]
    return menu


def _group(menu: Menu, label: str) -> Group:
    for group in menu.groups:
        if group.label == label:
            return group
    menu.groups.append(Group(label))
    return menu.groups[-1]


def _current(path: str, items: list[NavItem], urls: list[str]) -> int | None:
    """The entry whose address is the longest beginning of the path; the surface's own root only matches itself."""
    roots = {surface.prefix for surface in SURFACES.values()}
    best, length = None, 0
    for i, (item, url) in enumerate(zip(items, urls, strict=True)):
        for prefix in (url, *item.below):
            matches = path == prefix if prefix in roots else path.startswith(prefix)
            if matches and len(prefix) > length:
                best, length = i, len(prefix)
    return best


def _count(item: NavItem, request: HttpRequest) -> int:
    if item.count is None:
        return 0
    counter: Count = import_string(item.count) if isinstance(item.count, str) else item.count
    return counter(request)


def _role(request: HttpRequest) -> Role | None:
    actor = getattr(request, "actor", None)
    return getattr(actor, "role", None)
