"""Transitions: only what the table knows, with a transition row and an audit entry, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction

from partners.models import Partner
from partners.states.partner import PartnerStatus
from prm.audit.models import AuditEntry
from prm.errors import StateError
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast
from prm.workflow.models import Transition
from prm.workflow.services import transition

TABLE = {"active": {"suspend": "suspended"}, "suspended": {"resume": "active", "end": "ended"}, "ended": {}}


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant):
        yield


def move(cast: Cast, verb: str, reason: str = "") -> Transition:
    return transition(
        cast.partner, verb, table=TABLE, actor=cast.manager, action=f"tests.partner.{verb}", reason=reason
    )


def test_a_transition_changes_the_state_and_tells_why(cast: Cast, inside: None) -> None:
    move(cast, "suspend", "late payments")
    assert Partner.objects.get(pk=cast.partner.pk).status == PartnerStatus.SUSPENDED
    row = Transition.objects.get()
    assert (row.target_type, row.target_id, row.verb, row.from_state, row.to_state, row.actor_label, row.reason) == (
        "partners.partner", str(cast.partner.pk), "suspend", "active", "suspended", "channel_manager@acme.test",
        "late payments",
    )  # fmt: skip
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.data) == (
        "tests.partner.suspend", {"from": "active", "to": "suspended", "reason": "late payments"},
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["resume", "end", "nonsense", ""])
def test_what_the_table_does_not_know_changes_nothing(cast: Cast, inside: None, verb: str) -> None:
    with pytest.raises(StateError) as caught:
        move(cast, verb)
    assert "Blue Harbour" in str(caught.value.message)
    assert Partner.objects.get(pk=cast.partner.pk).status == PartnerStatus.ACTIVE
    assert not Transition.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_final_state_is_final(cast: Cast, inside: None) -> None:
    for verb in ("suspend", "end"):
        move(cast, verb)
    for verb in ("suspend", "resume", "end"):
        with pytest.raises(StateError):
            move(cast, verb)
    assert list(Transition.objects.order_by("at").values_list("to_state", flat=True)) == ["suspended", "ended"]


@pytest.mark.parametrize(
    "statement", ["UPDATE workflow_transition SET reason = 'x'", "DELETE FROM workflow_transition"]
)
def test_transitions_are_history(cast: Cast, inside: None, statement: str) -> None:
    move(cast, "suspend")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Transition.objects.get().reason == ""
