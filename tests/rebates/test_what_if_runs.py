"""A what-if is asked once, worked out by whoever gets to it, however often, and kept as it was worked out."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation

from partners.models import Partner
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.runs.work import Busy
from rebates.models import Program, WhatIfRun
from rebates.selectors.what_if import what_if_get, what_if_list
from rebates.services.programs import program_amend, program_discard_draft, program_update_draft
from rebates.services.what_if import WATCH, what_if_start
from rebates.whatif import work
from rebates.whatif.files import what_if_file
from rebates.whatif.outcome import outcome_read, outcome_written
from rebates.whatif.work import MAX_ATTEMPTS, what_if_run
from tests.rebates.world import World, definition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

STEP = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.01"}, {"from": "40000", "rate": "0.03"}]}


@pytest.fixture
def november() -> Any:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


@pytest.fixture
def sold(world: World) -> World:
    """P1 at 2 % and 4 % from 50,000, to be STEP. Q3: A 60,000, B 39,500, a late sale and its return included."""
    world.published("P1")
    world.sale("A", "2026-08-05", "60000")
    world.sale("B", "2026-08-06", "39000")
    world.sale("B", "2026-09-28", "1000", quantity="2", external_id="LATE")
    world.sale("B", "2026-10-08", "-500", quantity="-1", reverses="LATE")
    world.update()
    program_amend(
        actor=world.system, program_id=Program.objects.get().pk,
        definition=definition("P1", calculation=STEP, valid_from="2027-01-01"),
    )  # fmt: skip
    return world


def start(world: World, **said: Any) -> WhatIfRun:
    actor = said.pop("actor", None) or world.actor(Role.FINANCE)
    return what_if_start(actor=actor, program_id=Program.objects.get(code="P1").pk, **{"periods": 1} | said)


def ended(world: World, run: WhatIfRun) -> WhatIfRun:
    what_if_run(world.tenant, run.pk)
    return what_if_get(world.actor(Role.FINANCE), run.pk)


def test_the_answer_is_kept_to_the_last_digit(sold):
    run = ended(sold, start(sold))
    found = outcome_read(run.outcome)
    # A 1,000 + 400 → 1,800 (60,000 at 3 %), B 790 → 395.
    assert (run.status, run.version_number, run.sums) == ("done", 2, [("USD", Decimal(2190), Decimal(2195))])
    assert [(one.partner.code, one.difference) for one in found.replay.moves] == [
        ("A", Decimal(400)), ("B", Decimal(-395)),
    ]  # fmt: skip
    [cliff] = found.replay.cliffs
    assert [(one.partner.name, one.missing, one.period.key) for one in cliff.near] == [
        ("Partner B", Decimal(500), "2026-Q3")
    ]
    assert outcome_written(found) == run.outcome


def test_what_a_killed_worker_did_not_end_is_worked_out_again_alike(sold, monkeypatch):
    run = start(sold)
    with monkeypatch.context() as patch:
        patch.setattr(work, "_keep", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            what_if_run(sold.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts, run.outcome) == ("running", 1, None)
    # The quarter has ended when the task is delivered again: it asks of the same periods.
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        late = ended(sold, run)
    assert (late.status, late.attempts) == ("done", 2)
    direct = ended(sold, start(sold))
    assert late.outcome == direct.outcome


def test_a_task_delivered_twice_changes_nothing(sold):
    run = ended(sold, start(sold))
    sold.sale("A", "2026-08-07", "1000")
    again = ended(sold, run)
    assert (again.outcome, again.attempts, again.finished_at) == (run.outcome, 1, run.finished_at)
    assert Message.objects.filter(topic="rebates.what_if.finished").count() == 1


def test_who_works_on_it_holds_it(sold, monkeypatch):
    run = start(sold)
    monkeypatch.setattr("prm.runs.work.Work.hold", lambda *_: (_ for _ in ()).throw(Busy))
    with pytest.raises(Busy):
        what_if_run(sold.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("queued", 0)


def test_what_goes_wrong_again_and_again_fails(sold, monkeypatch):
    run = start(sold)
    with monkeypatch.context() as patch:
        patch.setattr(work, "replay", lambda *_: (_ for _ in ()).throw(MemoryError))
        for _attempt in range(MAX_ATTEMPTS):
            with pytest.raises(MemoryError):
                what_if_run(sold.tenant, run.pk)
        what_if_run(sold.tenant, run.pk)
    assert ended(sold, run).status == "failed"
    assert Message.objects.filter(topic="rebates.what_if.failed").count() == 1
    assert start(sold).pk != run.pk


def test_a_form_sent_twice_asks_once_and_so_does_the_same_question_while_it_waits(sold):
    key = uuid4()
    first = start(sold, key=key)
    assert start(sold, key=key).pk == first.pk
    assert start(sold, actor=sold.actor(Role.CHANNEL_MANAGER)).pk == first.pk
    ended(sold, first)
    assert start(sold, key=key).pk == first.pk
    assert start(sold, key=uuid4()).pk != first.pk
    assert start(sold, periods=2).pk != first.pk
    assert Message.objects.filter(topic=WATCH).count() == 3
    assert AuditEntry.objects.filter(action="rebates.what_if.requested").count() == 3


def test_the_database_keeps_one_of_a_question_at_a_time(sold):
    run = start(sold)
    run.pk = uuid4()
    with pytest.raises(IntegrityError, match="whatif_one_at_a_time"), transaction.atomic():
        run.save(force_insert=True)
    with pytest.raises(IntegrityError, match="whatif_done_is_whole"), transaction.atomic():
        WhatIfRun.objects.update(status="done")


def test_a_configuration_of_its_own_is_replayed_and_saved_nowhere_else(sold):
    flat = definition("P1", calculation={"type": "marginal", "bands": [{"from": "0", "rate": "0.1"}]})
    run = ended(sold, start(sold, definition=flat))
    assert (run.version_number, run.sums) == (None, [("USD", Decimal(2190), Decimal(9950))])
    assert Program.objects.get().versions.count() == 2
    draft = Program.objects.get().versions.get(status="draft").definition
    assert start(sold, definition=draft).version_number == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"periods": 0}, "periods"),
        ({"periods": 9}, "periods"),
        ({"definition": definition("P2")}, "$.code"),
        ({"definition": definition("P1", currency="XXY")}, "$.currency"),
        ({"definition": "{"}, "$"),
    ],
)
def test_what_cannot_be_replayed_is_refused_at_its_place(sold, said, field):
    with pytest.raises(Invalid) as refused:
        start(sold, **said)
    assert list(refused.value.fields) == [field]
    assert not WhatIfRun.objects.exists()


def test_a_group_of_two_rules_is_refused(sold):
    sold.published("Q1", stacking={"group": "G", "rule": "best"})
    wrong = definition("P1", stacking={"group": "G", "rule": "priority", "priority": 1})
    with pytest.raises(Invalid) as refused:
        start(sold, definition=wrong)
    assert list(refused.value.fields) == ["$.stacking.rule"]


def test_many_wait_and_no_more(sold, monkeypatch):
    monkeypatch.setattr("rebates.services.what_if.WAITING_AT_MOST", 1)
    start(sold)
    with pytest.raises(Conflict) as refused:
        start(sold, periods=2)
    assert refused.value.code == "too_many"


def test_an_answer_stays_when_the_draft_changes_and_goes_with_its_program(sold):
    run = ended(sold, start(sold))
    program = Program.objects.get()
    program_update_draft(actor=sold.system, program_id=program.pk, definition=definition("P1", valid_from="2027-01-01"))
    assert what_if_get(sold.actor(Role.FINANCE), run.pk).definition["calculation"]["type"] == "retroactive"
    program_discard_draft(actor=sold.system, program_id=program.pk)
    assert [one.pk for one in what_if_list(sold.actor(Role.FINANCE), program.pk)] == [run.pk]


def test_the_newest_answers_of_a_program_stay(sold, monkeypatch):
    monkeypatch.setattr(work, "KEPT", 2)
    with time_machine.travel("2026-11-22T04:00:00Z", tick=False):
        first = ended(sold, start(sold))
    runs = [ended(sold, start(sold, periods=count)) for count in (1, 2)]
    waiting = start(sold, periods=3)
    assert {one.pk for one in what_if_list(sold.actor(Role.FINANCE), first.program_id)} == {
        waiting.pk, *(one.pk for one in runs),
    }  # fmt: skip


def test_marketing_sees_no_money_and_nobody_what_is_not_there(sold):
    run = start(sold)
    marketing = sold.actor(Role.MARKETING)
    with pytest.raises(Forbidden):
        start(sold, actor=marketing)
    for look in (lambda: what_if_get(marketing, run.pk), lambda: what_if_list(marketing, run.program_id)):
        with pytest.raises(Forbidden):
            look()
    with pytest.raises(NotFound):
        what_if_get(sold.actor(Role.FINANCE), uuid4())


def test_winners_and_losers_as_a_file_that_runs_no_formula(sold):
    Partner.objects.filter(code="B").update(name='=HYPERLINK("x")')
    run = start(sold)
    with pytest.raises(StateError):
        what_if_file(sold.actor(Role.FINANCE), run.pk)
    ended(sold, run)
    with translation.override("en"):
        file = what_if_file(sold.actor(Role.FINANCE), run.pk)
    assert file.name == "P1-what-if-2026-11-23.csv"
    assert list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")))) == [
        ["Partner code", "Partner", "Currency", "As it was", "By this version", "Difference"],
        ["A", "Partner A", "USD", "1400.00", "1800.00", "400.00"],
        ["B", '\'=HYPERLINK("x")', "USD", "790.00", "395.00", "-395.00"],
    ]
