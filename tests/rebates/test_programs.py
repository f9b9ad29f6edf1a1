from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import translation

from prm.audit.models import AuditEntry
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.ids import new_id
from prm.outbox.models import Message
from rebates.models import Program, ProgramVersion
from rebates.selectors.programs import effective_versions, program_list
from rebates.services.periods import period_close
from rebates.services.programs import (
    program_amend,
    program_create,
    program_discard_draft,
    program_end,
    program_import,
    program_publish,
    program_update_draft,
)
from tests.rebates.world import BANDS, day, definition


def test_a_fault_is_named_by_its_path_in_the_readers_language(world):
    wrong = definition(calculation={"type": "marginal", "bands": [*BANDS, {"from": "60000", "rate": "-0.1"}]})
    with pytest.raises(Invalid) as caught:
        program_create(actor=world.system, definition=wrong)
    assert list(caught.value.fields) == ["$.calculation.bands[2].rate"]
    assert caught.value.code == "invalid_program"
    assert not Program.objects.exists()
    with translation.override("en"), pytest.raises(Invalid) as caught:
        program_create(actor=world.system, definition=definition(surprise=1))
    assert caught.value.fields == {"$.surprise": ["This key is unknown here."]}


def test_codes_are_unique_and_never_change(world):
    program = program_create(actor=world.system, definition=definition("P1"))
    with pytest.raises(Invalid) as caught:
        program_create(actor=world.system, definition=definition("P1"))
    assert list(caught.value.fields) == ["$.code"]
    with pytest.raises(Invalid):
        program_update_draft(actor=world.system, program_id=program.pk, definition=definition("P2"))
    assert Program.objects.count() == 1


def test_a_file_of_programs_is_taken_whole_or_not_at_all(world):
    world.published("OLD")
    document = json.dumps([definition("OLD", valid_from="2027-01-01"), definition("NEW")])
    assert [one.code for one in program_import(actor=world.system, document=document)] == ["OLD", "NEW"]
    assert ProgramVersion.objects.filter(program__code="OLD").count() == 2
    with pytest.raises(Invalid) as caught:
        program_import(actor=world.system, document=json.dumps([definition("X"), definition("Y", currency="EURO")]))
    assert list(caught.value.fields) == ["$[1].currency"]
    assert not Program.objects.filter(code__in=["X", "Y"]).exists()


def test_a_published_version_never_changes_whoever_asks(world, owner_db):
    program = world.published()
    version = program.versions.get()
    with pytest.raises(StateError):
        program_update_draft(actor=world.system, program_id=program.pk, definition=definition())
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ProgramVersion.objects.filter(pk=version.pk).update(valid_to=day("2027-01-01"))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ProgramVersion.objects.filter(pk=version.pk).delete()


def test_version_n_ends_the_day_before_version_n_plus_1(world):
    program = world.published(valid_from="2026-01-01")
    for start in ("2025-12-31", None):
        draft = program_amend(
            actor=world.system, program_id=program.pk, definition=definition(valid_from=start)
        )  # fmt: skip
        assert draft.number == 2
        with pytest.raises(Invalid) as caught:
            program_publish(actor=world.system, program_id=program.pk)
        assert list(caught.value.fields) == ["$.valid_from"]
        program_discard_draft(actor=world.system, program_id=program.pk)
    program_amend(actor=world.system, program_id=program.pk, definition=definition(valid_from="2026-05-16"))
    program_publish(actor=world.system, program_id=program.pk)
    found = effective_versions(world.system, day("2026-01-01"), day("2026-12-31"))
    assert [(one.valid_from, one.valid_to) for one in found] == [
        (day("2026-01-01"), day("2026-05-15")), (day("2026-05-16"), None),
    ]  # fmt: skip


def test_both_versions_of_a_quarter_earn_on_their_own_days(world):
    program = world.published(valid_from="2026-01-01")
    richer = definition(valid_from="2026-05-16", calculation={"type": "retroactive", "bands": [{"rate": "0.1"}]})
    program_amend(actor=world.system, program_id=program.pk, definition=richer)
    program_publish(actor=world.system, program_id=program.pk)
    world.sale("A", "2026-05-15", "100")
    world.sale("A", "2026-05-16", "100")
    world.update()
    rows = {row[0]: row[1:] for row in _by_version()}
    assert rows == {1: (100, 2), 2: (100, 10)}


def _by_version() -> list[tuple[int, ...]]:
    from rebates.models import Accrual

    return list(Accrual.objects.values_list("version__number", "measure", "payout"))


@time_machine.travel("2026-10-02T04:00:00Z", tick=False)
def test_closed_periods_are_out_of_reach_of_ends(world):
    program = world.published(valid_from="2026-01-01")
    period_close(actor=world.actor(Role.FINANCE), kind="quarter", key="2026-Q3")
    with pytest.raises(Invalid) as caught:
        program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-09-29"), reason="over")
    assert caught.value.code == "period_closed"
    program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-09-30"), reason="over")


def test_end_cuts_the_program_and_takes_later_accruals_away(world):
    program = world.published(valid_from="2026-01-01")
    world.sale("A", "2026-05-15", "100")
    world.sale("A", "2026-06-15", "100")
    world.sale("A", "2026-08-15", "100")
    world.update()
    with pytest.raises(Invalid):
        program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-05-31"), reason=" ")
    with pytest.raises(Invalid):
        program_end(actor=world.system, program_id=program.pk, ends_on=day("2025-12-31"), reason="over")
    program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-05-31"), reason="over")
    world.update(program_ids=[program.pk], since=day("2026-05-31"))
    assert world.accruals() == {("P1", "A", "2026-Q2"): ("100", "2.00", "")}
    with pytest.raises(StateError):
        program_end(actor=world.system, program_id=program.pk, ends_on=day("2026-06-30"), reason="again")
    assert Message.objects.filter(topic="rebates.program.ended").count() == 1


def test_discarding_the_only_draft_removes_the_program(world):
    program = program_create(actor=world.system, definition=definition())
    program_discard_draft(actor=world.system, program_id=program.pk)
    assert not Program.objects.exists()
    assert AuditEntry.objects.filter(action="rebates.program.draft_discarded").count() == 1


def test_rights_and_unknown_programs(world):
    marketing, manager = world.actor(Role.MARKETING), world.actor(Role.CHANNEL_MANAGER)
    with pytest.raises(Forbidden):
        program_create(actor=marketing, definition=definition())
    program = program_create(actor=manager, definition=definition())
    with pytest.raises(Forbidden):
        program_publish(actor=marketing, program_id=program.pk)
    with pytest.raises(NotFound):
        program_publish(actor=manager, program_id=new_id())
    assert program_publish(actor=manager, program_id=program.pk).published_at.date() >= dt.date(2026, 1, 1)


def test_search_looks_into_codes_and_both_names(world):
    world.published("ROAD", name={"en": "Road bikes", "zh-hans": "公路车返利"})
    world.published("MTN", name={"en": "Mountain"})
    assert [one.code for one in program_list(world.system, search="公路")] == ["ROAD"]
    assert [one.code for one in program_list(world.system, search="mount")] == ["MTN"]
    assert [one.code for one in program_list(world.system, search="ro")] == ["ROAD"]
