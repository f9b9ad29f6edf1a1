"""Every address × everybody. The URLconf is the list: an address without a row in `matrix/` fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter
from pytest_django.plugin import DjangoDbBlocker

from prm.identity.models import Membership, User
from prm.identity.rights import KEY_SCOPES, Role
from prm.identity.services import api_key_create
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_member
from tests.contracts.house import NOW, House, make_house
from tests.contracts.matrix.row import API, ELSEWHERE, MEMBER, OPERATOR, PUBLIC, SIGNED_IN, Row
from tests.contracts.role_matrix import ROWS

ROOT = Path(__file__).resolve().parent.parent.parent


def walk(patterns: list[Any], namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """(full name, pattern) of every address; an address without a name goes by its path."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
        else:
            yield ":".join([*namespaces, pattern.name or str(pattern.pattern)]), pattern


ADDRESSES = dict(walk(get_resolver().url_patterns))
ADMIN = sorted(name for name, pattern in ADDRESSES.items() if name.startswith("admin:") and pattern.name)
CASES = [
    pytest.param(name, row, id=f"{name}-{row.method}")
    for name, rows in sorted(ROWS.items())
    for row in (rows if isinstance(rows, list) else [rows])
]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    wanted = {name for name in ADDRESSES if not name.startswith("admin:")}
    assert sorted(wanted - ROWS.keys()) == [], "addresses without a row in tests/contracts/matrix"
    assert sorted(ROWS.keys() - wanted) == [], "rows without an address"


def test_every_page_declares_the_rights_of_its_row() -> None:
    differing = {}
    for name, rows in ROWS.items():
        first = rows[0] if isinstance(rows, list) else rows
        view = ADDRESSES[name].callback if name in ADDRESSES else None
        declared = getattr(view, "required_rights", None)
        if first.kind == MEMBER and first.only is None and declared is not None and set(declared) != set(first.rights):
            differing[name] = (declared, first.rights)
    assert differing == {}


def test_rows_that_are_tested_elsewhere_name_a_file_that_does() -> None:
    for name, rows in ROWS.items():
        for row in rows if isinstance(rows, list) else [rows]:
            if row.kind == ELSEWHERE:
                assert name in (ROOT / row.tests).read_text(), name


@dataclass
class World:
    """Two vendors with a member in every role and one of everything."""

    house: House
    rivals: House

    @property
    def cast(self) -> Cast:
        return self.house.cast

    @property
    def rival(self) -> Cast:
        return self.rivals.cast

    def url(self, name: str, row: Row, house: House | None) -> str:
        """The address with objects of `house`; None for ids that nothing has."""
        made = {
            parameter: house.id_of(thing, **row.make.get(parameter, {})) if house else unknown_id(name, parameter)
            for parameter, thing in row.ids.items()
        }
        return reverse(name, kwargs={**row.values, **made})


def unknown_id(name: str, parameter: str) -> Any:
    converter = getattr(ADDRESSES[name].pattern, "converters", {}).get(parameter)
    return 2**40 + 7 if isinstance(converter, IntConverter) else uuid4()


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: every request is rolled back, and so is all of it in the end."""
    with django_db_blocker.unblock(), time_machine.travel(NOW), transaction.atomic():
        world = World(make_house("acme"), make_house("rival"))
        for cast in (world.cast, world.rival):
            sign_everybody_in(cast)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield built
        transaction.set_rollback(True)
    cache.clear()


def ask(client: Client, row: Row, url: str, **headers: str) -> HttpResponse:
    """Send the row's request; nothing it does stays."""
    kind = {"content_type": "application/json"} if row.kind == API and row.method != "GET" else {}
    headers |= {"Idempotency-Key": uuid4().hex} if kind else {}
    with transaction.atomic():
        response = getattr(client, row.method.lower())(url, dict(row.data), headers=headers, **kind)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def client_of(cast: Cast, role: Role | None, host: str = "acme.localhost") -> Client:
    client = Client(SERVER_NAME=host)
    if role is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = _sessions[cast.user(role).pk]
    return client


def sign_everybody_in(cast: Cast) -> None:
    """Once for all tests: signing in anew for each request would take a third of their time."""
    for role in Role:
        client = Client(SERVER_NAME="acme.localhost")
        client.force_login(cast.user(role))
        _sessions[cast.user(role).pk] = client.cookies[settings.SESSION_COOKIE_NAME].value


_sessions: dict[Any, str] = {}


def is_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and "/accounts/login/" in response["Location"]


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].kind == MEMBER])
def test_pages(world: World, name: str, row: Row) -> None:
    url = world.url(name, row, world.house)
    assert is_login(ask(client_of(world.cast, None), row, url)), f"a stranger at {url}"
    for role in (Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR):
        assert ask(client_of(world.rival, role), row, url).status_code == 404, f"the rival's {role} at {url}"
    assert ask(client_of(world.cast, Role.ADMINISTRATOR, "localhost"), row, url).status_code == 404, "at no vendor"
    answers = {role.value: ask(client_of(world.cast, role), row, url).status_code for role in Role}
    assert answers == {role.value: row.code if role in row.roles else row.refusal for role in Role}, url


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].kind == MEMBER])
def test_a_deactivated_member_is_out(world: World, name: str, row: Row) -> None:
    role = min(row.roles)
    with tenant_context(world.cast.tenant):
        Membership.objects.filter(pk=world.cast.members[role].pk).update(is_active=False)
    assert ask(client_of(world.cast, role), row, world.url(name, row, world.house)).status_code == 404


@pytest.mark.parametrize(
    ("name", "row"), [case for case in CASES if case.values[1].kind in {MEMBER, API} and case.values[1].ids]
)
def test_foreign_ids_answer_as_ids_that_never_were(world: World, name: str, row: Row) -> None:
    for role in sorted(row.roles):
        client = client_of(world.cast, role)
        foreign, unknown = (ask(client, row, world.url(name, row, house)) for house in (world.rivals, None))
        # A body that is refused may be refused before anything is looked up.
        assert unknown.status_code in {404, row.code if row.code >= 400 else 404}, f"{role} at {name}"
        assert foreign.status_code == unknown.status_code, f"{role} at {name}"
        assert comparable(foreign) == comparable(unknown), f"{role} at {name}"


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].ids])
def test_another_partners_things_answer_as_ids_that_never_were(world: World, name: str, row: Row) -> None:
    """For a partner's people, the vendor's other partner is as far away as another vendor."""
    client = client_of(world.cast, None)
    with tenant_context(world.cast.tenant):
        stranger = make_member(world.cast.tenant, Role.PARTNER_ADMINISTRATOR, world.cast.other_partner, "far@acme.test")
    if Role.PARTNER_ADMINISTRATOR not in row.roles:
        return
    client.force_login(stranger.user)
    far, unknown = (ask(client, row, world.url(name, row, house)) for house in (world.house, None))
    assert far.status_code == unknown.status_code == 404, name
    assert comparable(far) == comparable(unknown), name


def comparable(response: HttpResponse) -> str:
    """The body without what differs between any two answers: ids, nonces, tokens."""
    text = response.content.decode()
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r'(nonce=|csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1", text)
    return re.sub(r"/\d+/", "/<number>/", text)


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].kind == API])
def test_operations(world: World, name: str, row: Row) -> None:
    url = world.url(name, row, world.house)
    strangers = {
        "nobody": ask(client_of(world.cast, None), row, url),
        "rival's session": ask(client_of(world.rival, Role.ADMINISTRATOR), row, url),
        "rival's key": ask(Client(SERVER_NAME="acme.localhost"), row, url, **key_of(world.rival, KEY_SCOPES)),
        "nonsense": ask(Client(SERVER_NAME="acme.localhost"), row, url, Authorization="Bearer prm_abc_def"),
    }
    assert {who: response.status_code for who, response in strangers.items()} == dict.fromkeys(strangers, 401), url
    answers = {role.value: ask(client_of(world.cast, role), row, url).status_code for role in Role}
    assert answers == {role.value: row.code if role in row.roles else row.refusal for role in Role}, url
    scopes = [right for right in (*row.rights, *row.also) if right in KEY_SCOPES]
    others = [right for right in KEY_SCOPES if right not in row.rights]
    plain = Client(SERVER_NAME="acme.localhost")
    if row.rights:
        assert ask(plain, row, url, **key_of(world.cast, others)).status_code == 403, f"a key without a right at {url}"
    if scopes and set(row.rights) & set(KEY_SCOPES):
        assert ask(plain, row, url, **key_of(world.cast, scopes)).status_code == row.code, f"a key at {url}"


def key_of(cast: Cast, scopes: Any) -> dict[str, str]:
    with tenant_context(cast.tenant):
        token = api_key_create(actor=cast.administrator, name="matrix", scopes=list(scopes)).token
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].kind == PUBLIC])
def test_public_pages(world: World, name: str, row: Row) -> None:
    url = world.url(name, row, world.house)
    for host, code in (("acme.localhost", row.code), ("localhost", row.platform or row.code)):
        response = ask(client_of(world.cast, None, host), row, url)
        assert response.status_code == code, f"{host}{url}"
        assert not (row.code == 200 and is_login(response))
    # Signed-in people may be sent on, but nobody is told more than a stranger, and nothing breaks.
    for cast, role in ((world.cast, Role.PARTNER_SALES), (world.rival, Role.ADMINISTRATOR)):
        assert ask(client_of(cast, role), row, url).status_code in {row.code, 302}, f"{role} at {url}"


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if case.values[1].kind == SIGNED_IN])
def test_pages_of_the_account(world: World, name: str, row: Row) -> None:
    url = world.url(name, row, world.house)
    for host in ("acme.localhost", "localhost"):
        stranger = ask(client_of(world.cast, None, host), row, url)
        assert stranger.status_code == 302, f"a stranger at {host}{url}"
        for cast, role in ((world.cast, Role.PARTNER_SALES), (world.rival, Role.ADMINISTRATOR)):
            response = ask(client_of(cast, role, host), row, url)
            assert response.status_code == row.code, f"{role} at {host}{url}"
            assert not is_login(response)


def admin_url(name: str) -> str:
    pattern = ADDRESSES[name].pattern
    names = [*getattr(pattern, "converters", {}), *getattr(getattr(pattern, "regex", None), "groupindex", {})]
    values = {"app_label": "tenancy", "content_type_id": 1, "url": "nothing"}
    return reverse(name, kwargs={parameter: values.get(parameter, str(uuid4())) for parameter in dict.fromkeys(names)})


def test_operators_pages_exist_on_the_platforms_host_only(world: World) -> None:
    member = world.cast.user(Role.ADMINISTRATOR)
    staff = User.objects.create_superuser("operator@platform.test", "demo-demo-demo", name="Operator")
    faults = []
    for name in ADMIN:
        url = admin_url(name)
        for user in (None, member, staff):
            for host in ("acme.localhost", "localhost"):
                client = Client(SERVER_NAME=host)
                if user is not None:
                    client.force_login(user)
                code = client.get(url).status_code
                if host != "localhost":
                    allowed = {404}
                elif user is staff:
                    allowed = {200, 302, 403, 404, 405}
                else:
                    allowed = {302, 403, 404}
                if code not in allowed:
                    faults.append((host, url, getattr(user, "email", None), code))
    assert faults == []
    assert OPERATOR not in {row.kind for _name, row in (case.values for case in CASES)}
