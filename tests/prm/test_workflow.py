from __future__ import annotations

import pytest

from partners.models import Partner
from partners.states import PARTNER_TRANSITIONS
from prm.audit.models import AuditEntry
from prm.errors import Conflict, StateError
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.workflow.models import Transition
from prm.workflow.services import transition, transition_all

SYSTEM = Actor.system("tests")


def partners(count: int) -> list[Partner]:
    return [Partner.objects.create(code=f"C{number}", name="x") for number in range(count)]


def move(rows: list[Partner], verb: str, **columns: object) -> None:
    transition_all(rows, verb, table=PARTNER_TRANSITIONS, actor=SYSTEM, action="t.moved", reason="why", **columns)


def test_a_transition_leaves_a_row_and_an_audit_entry(tenant):
    with tenant_context(tenant):
        [partner] = partners(1)
        row = transition(partner, "suspend", table=PARTNER_TRANSITIONS, actor=SYSTEM, action="t.moved", reason="late")
        partner.refresh_from_db()
        assert (partner.status, row.from_state, row.to_state, row.reason) == (
            "suspended",
            "active",
            "suspended",
            "late",
        )
        assert AuditEntry.objects.get(action="t.moved").data == {"from": "active", "to": "suspended", "reason": "late"}
        with pytest.raises(StateError):
            transition(partner, "suspend", table=PARTNER_TRANSITIONS, actor=SYSTEM, action="t.moved")


def test_many_move_in_a_fixed_number_of_statements(tenant, django_assert_max_num_queries):
    with tenant_context(tenant):
        rows = partners(12)
        with django_assert_max_num_queries(5):
            move(rows, "suspend", region="East")
        assert set(Partner.objects.values_list("status", "region")) == {("suspended", "East")}
        assert {row.region for row in rows} == {"East"}
        assert Transition.objects.count() == AuditEntry.objects.filter(action="t.moved").count() == 12


def test_one_that_cannot_move_keeps_all_where_they_are(tenant):
    with tenant_context(tenant):
        rows = partners(3)
        move(rows[2:], "end")
        before = Transition.objects.count()
        with pytest.raises(StateError):
            move(rows, "suspend")
        assert sorted(Partner.objects.values_list("status", flat=True)) == ["active", "active", "ended"]
        assert Transition.objects.count() == before


def test_a_row_that_changed_behind_the_readers_back_is_a_conflict(tenant):
    with tenant_context(tenant):
        rows = partners(2)
        Partner.objects.filter(pk=rows[0].pk).update(status="ended")
        with pytest.raises(Conflict):
            move(rows, "suspend")
