"""Every transition table: no state is out of reach, no dead end is a surprise, no bad end comes without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import models

from partners.states import onboarding
from partners.states.onboarding import PlanStatus
from prm.audit.models import AuditEntry
from prm.db.models import TenantModel
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.testing.make import make_tenant
from prm.workflow.diagrams import diagram, stale, text_with_diagrams
from prm.workflow.machines import Machine, collect, machines
from prm.workflow.models import Transition
from prm.workflow.services import transition, transition_all
from tests.contracts.rows import tenant_models

ACTOR = Actor.system("tests")
ALL = [pytest.param(machine, id=machine.name) for machine in machines()]
REASONED = [
    pytest.param(machine, verb, id=f"{machine.name}-{verb}")
    for machine in machines()
    for verb in sorted(machine.reasoned)
]

NEGATIVE = {
    "at_risk", "cancelled", "declined", "downgraded", "dropped", "ended", "exiting", "failed", "grace", "lapsed",
    "lifted", "lost", "parted", "refused", "rejected", "reversed", "revoked", "stopped", "suspended", "terminated",
    "voided", "waived",
}  # fmt: skip
"""States that somebody would rather not be in: whoever puts a thing there has to say why. What has expired has the
calendar for a reason, what was withdrawn was one's own."""
BY_ITSELF = {("partners.bulk", "fail")}
"""Ends that nobody brings about: a worker that was killed too often, told by the rows that it left."""


def test_there_are_machines_of_both_apps() -> None:
    assert {machine.app for machine in machines()} >= {"partners", "rebates"}
    names = {machine.name for machine in machines()}
    assert {"partners.partner", "partners.exit", "partners.suspension"} <= names
    assert {"partners.plan", "partners.onboarding_plan", "partners.onboarding_task"} <= names


def test_a_second_machine_of_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = len(machines())
    collect("partners.states")
    assert len(machines()) == known
    monkeypatch.setattr(onboarding, "PLAN_TRANSITIONS", {PlanStatus.RUNNING: {}}, raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"two transition tables are called partners\.plan"):
        collect("partners.states")


@pytest.mark.parametrize("machine", ALL)
def test_every_state_is_in_the_table_and_reachable(machine: Machine) -> None:
    assert {str(state) for state in machine.table} == set(machine.states.values)
    assert set(machine.start) <= set(machine.states.values)
    assert machine.reachable() == set(machine.states.values)
    assert {verb for _before, verb, _after in machine.edges()} >= machine.reasoned


@pytest.mark.parametrize("machine", ALL)
def test_every_negative_outcome_asks_for_a_reason(machine: Machine) -> None:
    verbs = {verb for _before, verb, after in machine.edges() if after in NEGATIVE}
    assert {verb for verb in verbs - machine.reasoned if (machine.name, verb) not in BY_ITSELF} == set()


@pytest.mark.parametrize(("machine", "verb"), REASONED)
@pytest.mark.django_db
def test_no_service_can_leave_the_reason_out(machine: Machine, verb: str) -> None:
    """The one way in which a status changes refuses it, whichever service asks, alone and for many."""
    before = next(state for state, known, _after in machine.edges() if known == verb)
    model = _model_of(machine)
    with tenant_context(make_tenant("acme")):
        row = model(status=before)
        for reason in ("", "  "):
            with pytest.raises(Invalid) as caught:
                transition(row, verb, table=machine.table, actor=ACTOR, action="tests", reason=reason)
            assert list(caught.value.fields) == ["reason"]
            with pytest.raises(Invalid):
                transition_all([row], verb, table=machine.table, actor=ACTOR, action="tests", reason=reason)
        assert row.status == before
        assert not Transition.objects.exists()
        assert not AuditEntry.objects.exists()


def _model_of(machine: Machine) -> type[TenantModel]:
    """The table whose `status` has these states."""
    for model in tenant_models():
        status = next((one for one in model._meta.local_fields if one.name == "status"), None)
        if isinstance(status, models.CharField) and list(status.choices or ()) == list(machine.states.choices):
            return model  # type: ignore[return-value]
    raise AssertionError(f"no model has the states of {machine.name}")


def test_a_diagram_says_what_the_table_says() -> None:
    suspension = next(machine for machine in machines() if machine.name == "partners.suspension")
    assert diagram(suspension) == "\n".join(
        [
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> planned",
            "    planned --> in_force: begin*",
            "    planned --> cancelled: cancel*",
            "    in_force --> over: run_out",
            "    in_force --> lifted: lift*",
            "    over --> [*]",
            "    lifted --> [*]",
            "    cancelled --> [*]",
            "```",
        ]
    )


def test_the_readmes_are_fresh_and_a_stale_one_is_found(tmp_path: Path) -> None:
    call_command("state_diagrams", check=True)
    readme = Path(apps.get_app_config("partners").path) / "README.md"
    text = readme.read_text()
    changed = text.replace("planned --> in_force: begin*", "planned --> in_force: start")
    assert changed != text
    assert text_with_diagrams(changed) == text
    path = tmp_path / "README.md"
    path.write_text(changed)
    assert stale([path, readme]) == [path]
