"""The audit trail: written with the change, gone with the change, never altered; read by those who may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction

from prm.audit.models import AuditEntry
from prm.audit.selectors import entries_about, entry_list
from prm.audit.services import record
from prm.errors import Forbidden
from prm.identity.actor import Actor
from prm.identity.rights import ROLE_RIGHTS, Right, Role
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant):
        yield


def test_an_entry_tells_who_did_what_to_which_thing_when(cast: Cast, inside: None) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        record(cast.finance, "tests.partner.praised", cast.partner, {"why": "sales"})
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == (
        "user", cast.user(Role.FINANCE).pk, "finance@acme.test",
    )  # fmt: skip
    assert (entry.action, entry.target_type, entry.target_id) == (
        "tests.partner.praised", "partners.partner", str(cast.partner.pk),
    )  # fmt: skip
    assert (entry.target_label, entry.data, entry.at.isoformat()) == (
        "Blue Harbour", {"why": "sales"}, "2026-03-01T10:00:00+00:00",
    )  # fmt: skip


def test_an_entry_shares_the_fate_of_its_change(inside: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError(record(Actor.system("t"), "tests.done"))
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditentry SET action = 'x'", "DELETE FROM audit_auditentry", "TRUNCATE audit_auditentry"],
)
def test_the_trail_is_append_only(inside: None, statement: str) -> None:
    record(Actor.system("t"), "tests.done")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "tests.done"


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_it(cast: Cast, inside: None, role: Role) -> None:
    record(cast.finance, "tests.done", cast.partner)
    if Right.AUDIT_VIEW in ROLE_RIGHTS[role]:
        assert entry_list(cast.actor(role)).count() == 1
        return
    with pytest.raises(Forbidden):
        entry_list(cast.actor(role))


def test_filters_and_order(cast: Cast, rival_cast: Cast) -> None:
    with tenant_context(rival_cast.tenant):
        record(rival_cast.finance, "tests.a.done")
    with tenant_context(cast.tenant):
        with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as traveller:
            for who, action in ((cast.finance, "tests.a.done"), (cast.manager, "tests.b.done"), (cast.finance, "x.y")):
                record(who, action, cast.partner)
                traveller.shift(60)
        actor = cast.administrator
        assert [entry.action for entry in entry_list(actor)] == ["x.y", "tests.b.done", "tests.a.done"]
        assert [entry.action for entry in entry_list(actor, action="tests.")] == ["tests.b.done", "tests.a.done"]
        assert [entry.action for entry in entry_list(actor, who="Finance@")] == ["x.y", "tests.a.done"]
        at = AuditEntry.objects.get(action="tests.b.done").at
        assert [entry.action for entry in entry_list(actor, since=at)] == ["x.y", "tests.b.done"]
        assert [entry.action for entry in entry_list(actor, until=at)] == ["tests.a.done"]
        assert entries_about(cast.partner).count() == 3
        assert not entries_about(cast.other_partner).exists()
