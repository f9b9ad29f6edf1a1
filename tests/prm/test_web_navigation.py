"""Menus: what each reader sees, and which entry is the current one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import path

from prm.identity.rights import ROLE_RIGHTS, Right, Role
from prm.web import navigation
from prm.web.navigation import NavItem, menu_for, register, surface_of

urlpatterns = [
    path(address, lambda _request: None, name=name)
    for address, name in [
        ("f/", "t-home"),
        ("f/accruals/", "t-accruals"),
        ("f/accruals/rules/", "t-rules"),
        ("f/new/", "t-new"),
    ]
]


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", [])
    register(
        NavItem("finance", "Close", "lock", "t-home", tab=2),
        NavItem(
            "finance", "Accruals", "receipt-text", "t-accruals", right=Right.ACCRUALS_VIEW, tab=1, count=lambda _r: 37
        ),
        NavItem(
            "finance", "Rules", "list", "t-rules", group="Control", right=Right.PERIODS_CLOSE, below=("/f/other/",)
        ),
        NavItem("finance", "New", "plus", "t-new", action=True),
    )


def request_of(address: str, role: Role | None = Role.FINANCE) -> Any:
    request: Any = RequestFactory().get(address)
    rights = ROLE_RIGHTS[role] if role else frozenset()
    request.actor = SimpleNamespace(role=role, can=rights.__contains__) if role else None
    return request


pytestmark = pytest.mark.urls(__name__)


@pytest.mark.usefixtures("items")
def test_groups_tabs_and_action() -> None:
    menu = menu_for(request_of("/f/accruals/"), "finance")
    assert [(g.label, [link.label for link in g.links]) for g in menu.groups] == [
        ("", ["Close", "Accruals", "New"]),
        ("Control", ["Rules"]),
    ]
    assert [link.label for link in menu.tabs] == ["Accruals", "Close"]
    assert menu.action is not None
    assert menu.action.url == "/f/new/"
    assert next(link for link in menu.links if link.label == "Accruals").count == 37


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/f/", ["Close"]),
        ("/f/accruals/", ["Accruals"]),
        ("/f/accruals/17/", ["Accruals"]),
        ("/f/accruals/rules/3/", ["Rules"]),
        ("/f/other/", ["Rules"]),
        ("/f/elsewhere/", []),
    ],
)
def test_the_longest_address_is_current(address: str, current: list[str]) -> None:
    assert [link.label for link in menu_for(request_of(address), "finance").links if link.current] == current


@pytest.mark.usefixtures("items")
def test_entries_without_the_right_are_not_shown() -> None:
    assert [link.label for link in menu_for(request_of("/f/", Role.MARKETING), "finance").links] == ["Close", "New"]
    assert [link.label for link in menu_for(request_of("/f/", None), "finance").links] == ["Close", "New"]


@pytest.mark.usefixtures("items")
def test_registering_twice_counts_once_and_unknown_surfaces_are_refused() -> None:
    again = navigation.registered("finance")[0]
    register(again)
    assert len(navigation.registered("finance")) == 4
    with pytest.raises(ValueError, match="unknown surface"):
        register(NavItem("backstage", "x", "x", "t-home"))


@pytest.mark.parametrize(
    ("address", "role", "surface"),
    [
        ("/p/x/", Role.ADMINISTRATOR, "partner"),
        ("/f/", Role.ADMINISTRATOR, "finance"),
        ("/accounts/2fa/", Role.FINANCE, "finance"),
        ("/accounts/2fa/", Role.PARTNER_SALES, "partner"),
        ("/accounts/2fa/", Role.MARKETING, "manager"),
        ("/accounts/2fa/", None, "manager"),
    ],
)
def test_the_surface_of_a_page(address: str, role: Role | None, surface: str) -> None:
    assert surface_of(request_of(address, role)) == surface


def test_who_may_enter_which_surface() -> None:
    def keys(role: Role) -> list[str]:
        return [surface.key for surface in navigation.surfaces_for(request_of("/", role))]

    assert keys(Role.ADMINISTRATOR) == ["manager", "finance"]
    assert keys(Role.FINANCE) == ["manager", "finance"]
    assert keys(Role.CHANNEL_MANAGER) == ["manager"]
    assert keys(Role.PARTNER_FINANCE) == ["partner"]
