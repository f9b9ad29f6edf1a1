"""Amendments that look back: shown before, asked for by one and published by another, booked as adjustments."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from prm.errors import Forbidden, Invalid, StateError
from prm.identity.rights import Right, Role
from prm.testing.make import key_actor
from rebates.handlers import program_published
from rebates.models import Accrual, Adjustment, ProgramVersion
from rebates.proof import accruals_differences
from rebates.selectors.amendments import amendment_difference, totals_by_period
from rebates.services.amendments import program_amendment_request
from rebates.services.periods import period_close
from rebates.services.programs import program_amend, program_publish, program_update_draft
from tests.rebates.world import definition

pytestmark = pytest.mark.django_db
NOW = "2026-10-05T04:00:00Z"


def flat(rate: str) -> dict[str, object]:
    return {"type": "retroactive", "bands": [{"rate": rate}]}


@pytest.fixture
def closed(world):
    """2 % on 500,000 in a closed quarter and on 1,000 in the open one; a draft of 2.5 % from its first day."""
    with time_machine.travel(NOW, tick=False):
        program = world.published(calculation=flat("0.02"), valid_from="2026-01-01")
        world.sale("A", "2026-07-10", "500000")
        world.sale("A", "2026-10-01", "1000")
        world.sale("B", "2026-04-10", "1000")
        world.update()
        for key in ("2026-Q2", "2026-Q3"):
            period_close(actor=world.actor(Role.FINANCE), kind="quarter", key=key)
        richer = definition(calculation=flat("0.025"), valid_from="2026-07-01")
        program_amend(actor=world.system, program_id=program.pk, definition=richer)
        yield program


def published(program) -> None:
    version = program.versions.get(number=2)
    payload = {"program_id": str(program.pk), "version_id": str(version.pk), "since": "2026-07-01"}
    program_published(payload)


def test_the_difference_is_shown_in_money_before_anything_is_posted(world, closed):
    found = amendment_difference(world.system, closed.pk)
    assert [(one.partner.code, one.period_key, one.before, one.after, one.amount, one.is_closed) for one in found] == [
        ("A", "2026-Q3", Decimal(10000), Decimal(12500), Decimal(2500), True),
        ("A", "2026-Q4", Decimal(20), Decimal(25), Decimal(5), False),
    ]
    assert [(row["period"], row["amount"], row["partners"]) for row in totals_by_period(found)] == [
        ("2026-Q3", Decimal(2500), 1), ("2026-Q4", Decimal(5), 1),
    ]  # fmt: skip
    assert Adjustment.objects.count() == 0
    assert accruals_differences() == []


def test_two_people_publish_and_the_adjustment_names_the_version(world, closed):
    manager, other = world.actor(Role.ADMINISTRATOR, "ann"), world.actor(Role.ADMINISTRATOR, "bob")
    with pytest.raises(StateError) as caught:
        program_publish(actor=manager, program_id=closed.pk)
    assert caught.value.code == "request_needed"
    with pytest.raises(Invalid):
        program_amendment_request(actor=manager, program_id=closed.pk, reason=" ")
    program_amendment_request(actor=manager, program_id=closed.pk, reason="agreed in July")
    with pytest.raises(Forbidden) as refused:
        program_publish(actor=manager, program_id=closed.pk)
    assert refused.value.code == "same_person"
    version = program_publish(actor=other, program_id=closed.pk)
    published(closed)
    booked = Adjustment.objects.order_by("amount").values_list(
        "version__number", "origin_period_key", "booked_period_key", "amount", "cause_type", "cause_id"
    )
    assert list(booked) == [
        (1, "2026-Q3", "2026-Q4", Decimal(-10000), "rebates.programversion", str(version.pk)),
        (2, "2026-Q3", "2026-Q4", Decimal(12500), "rebates.programversion", str(version.pk)),
    ]
    assert Accrual.objects.get(period_key="2026-Q4").payout == 25
    assert accruals_differences() == []
    published(closed)
    assert Adjustment.objects.count() == 2


def test_another_text_must_be_asked_for_again(world, closed):
    program_amendment_request(actor=world.actor(Role.ADMINISTRATOR, "ann"), program_id=closed.pk, reason="agreed")
    dearer = definition(calculation=flat("0.03"), valid_from="2026-07-01")
    program_update_draft(actor=world.system, program_id=closed.pk, definition=dearer)
    with pytest.raises(StateError):
        program_publish(actor=world.actor(Role.ADMINISTRATOR, "bob"), program_id=closed.pk)


def test_the_database_knows_that_it_takes_two(world, closed):
    draft = closed.versions.get(number=2)
    person = world.actor(Role.ADMINISTRATOR, "ann").id
    with pytest.raises(IntegrityError, match="version_two_people"), transaction.atomic():
        ProgramVersion.objects.filter(pk=draft.pk).update(requested_by_id=person, published_by_id=person)


def test_nothing_to_ask_for_when_nothing_closed_changes(world, closed):
    later = definition(calculation=flat("0.03"), valid_from="2026-10-01")
    program_update_draft(actor=world.system, program_id=closed.pk, definition=later)
    with pytest.raises(StateError):
        program_amendment_request(actor=world.system, program_id=closed.pk, reason="agreed")
    program_publish(actor=world.system, program_id=closed.pk)


def test_a_keys_maker_does_not_publish_what_the_key_asked_for(world, closed):
    ann, bob = world.actor(Role.ADMINISTRATOR, "ann"), world.actor(Role.ADMINISTRATOR, "bob")
    key = key_actor(ann, Right.PROGRAMS_PUBLISH)
    draft = program_amendment_request(actor=key, program_id=closed.pk, reason="agreed in July")
    assert draft.requested_by_id == ann.id
    for actor in (ann, key):
        with pytest.raises(Forbidden) as refused:
            program_publish(actor=actor, program_id=closed.pk)
        assert refused.value.code == "same_person"
    assert program_publish(actor=bob, program_id=closed.pk).published_by_id == bob.id
