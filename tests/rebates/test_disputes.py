"""Disputes of statement lines: who may what when, what is held back, what is booked, and the clock."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError, TooLarge
from prm.files.models import StoredFile
from prm.identity.rights import Role
from prm.ledger.models import Entry
from prm.outbox.models import Message
from rebates.models import Adjustment, Dispute, DisputeEntry, Statement, StatementLine
from rebates.proof import accruals_differences
from rebates.selectors.disputes import (
    appeal_until,
    dispute_entries,
    dispute_file,
    dispute_get,
    dispute_list,
    dispute_totals,
    held_line_ids,
)
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import (
    dispute_acknowledge,
    dispute_answer,
    dispute_ask,
    dispute_escalate,
    dispute_open,
    dispute_withdraw,
    disputes_escalate_due,
)
from rebates.services.periods import period_checklist, period_close
from rebates.services.reviews import reviews_lapse, statement_agree
from rebates.services.statements import statement_approve
from tests.rebates.test_reviews import windows
from tests.rebates.world import day

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%a scan of the invoice\n"
NOW = "2026-10-05T01:00:00Z"  # a Monday in the review


@pytest.fixture
def reviewed(world):
    """Partner A's statement of two programs: 1400 and 600, in review until 12 October; it is 5 October."""
    world.published("P1")
    world.published("P2", calculation={"type": "marginal", "bands": [{"from": "0", "rate": "0.01"}]})
    world.sale("A", "2026-07-01", "60000")
    world.sale("B", "2026-07-01", "1000")
    windows(world)
    world.first, world.second = world.actor(Role.FINANCE, "first"), world.actor(Role.FINANCE, "second")
    world.people = world.actor(Role.PARTNER_FINANCE, "a", world.partner("A"))
    with time_machine.travel("2026-10-02T01:00:00Z", tick=False):
        world.update()
        period_close(actor=world.first, kind="quarter", key="2026-Q3")
        statement_approve(actor=world.second, statement_ids=list(Statement.objects.values_list("pk", flat=True)))
    with time_machine.travel(NOW, tick=True):
        yield world


def line(program: str = "P1", partner: str = "A") -> StatementLine:
    return StatementLine.objects.get(version__program__code=program, statement__partner__code=partner)


def opened(world, claimed: str = "1500", program: str = "P1", **more) -> Dispute:
    values = {"reason": "missing_sales", "text": "Two invoices are missing."} | more
    return dispute_open(actor=world.people, line_id=line(program).pk, claimed=Decimal(claimed), **values)


def decide(actor, dispute: Dispute, decision: str = "accepted", **more) -> Dispute:
    values = {"outcome": "our_error", "text": "Checked."} | more
    return dispute_decide(actor=actor, dispute_id=dispute.pk, decision=decision, **values)


def topics() -> list[str]:
    return list(
        Message.objects.filter(topic__contains="dispute").order_by("created_at").values_list("topic", flat=True)
    )


def test_a_disputed_line_is_held_back_and_the_others_are_not(reviewed):
    dispute = opened(reviewed, files=[("invoice.pdf", io.BytesIO(PDF))])
    statement = dispute.statement
    assert (str(dispute), dispute.stated, dispute.due_on) == ("D-00001", Decimal(1400), day("2026-10-19"))
    assert held_line_ids([statement.pk]) == {line("P1").pk}
    assert held_line_ids([line("P1", "B").statement_id]) == set()
    [entry] = dispute_entries(reviewed.first, dispute.pk)
    assert (entry.side, entry.verb, entry.text) == ("partner", "open", "Two invoices are missing.")
    file = entry.files.get().file
    assert (file.name, file.content_type) == ("invoice.pdf", "application/pdf")
    assert dispute_file(reviewed.people, dispute.pk, file.pk) == file
    statement_agree(actor=reviewed.people, statement_id=statement.pk)
    assert held_line_ids([statement.pk]) == {line("P1").pk}  # the rest is agreed, this line still waits
    assert dispute_totals(dispute_list(reviewed.first)) == [
        {"currency": "USD", "at_stake": Decimal(100), "held": Decimal(1400), "count": 1}
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"text": "  "}, "text"),
        ({"claimed": "1400.00"}, "claimed"),
        ({"claimed": "1500.001"}, "claimed"),
        ({"claimed": "1e17"}, "claimed"),
    ],
)
def test_what_a_dispute_must_say(reviewed, changes, field):
    with pytest.raises(Invalid) as caught:
        opened(reviewed, **changes)
    assert list(caught.value.fields) == [field]
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"PK\x03\x04nonsense", b""])
def test_evidence_is_what_it_is_not_what_it_is_called(reviewed, content):
    with pytest.raises(Invalid), transaction.atomic():
        opened(reviewed, files=[("invoice.pdf", io.BytesIO(content))])
    assert not StoredFile.objects.filter(purpose="document").exists()


def test_evidence_has_a_size_and_a_number(reviewed, settings):
    dispute = opened(reviewed)
    with pytest.raises(Invalid):
        dispute_answer(actor=reviewed.people, dispute_id=dispute.pk, text="", files=[("a.pdf", io.BytesIO(PDF))] * 6)
    settings.PRM_UPLOAD_MAX_BYTES = 10
    with pytest.raises(TooLarge):
        dispute_answer(actor=reviewed.people, dispute_id=dispute.pk, text="", files=[("a.pdf", io.BytesIO(PDF))])


def test_only_the_partners_people_dispute_and_only_in_the_review(reviewed):
    stranger = reviewed.actor(Role.PARTNER_FINANCE, "b", reviewed.partner("B"))
    for actor, error in ((stranger, NotFound), (reviewed.first, Forbidden)):
        with pytest.raises(error):
            dispute_open(actor=actor, line_id=line().pk, reason="other", claimed=Decimal(1), text="No")
    dispute = opened(reviewed)
    with pytest.raises(NotFound):
        dispute_get(stranger, dispute.pk)
    with pytest.raises(NotFound):
        dispute_answer(actor=stranger, dispute_id=dispute.pk, text="Me too")
    with pytest.raises(Conflict) as caught:
        opened(reviewed, claimed="1600")
    assert caught.value.code == "disputed_already"
    with time_machine.travel("2026-10-12T16:01:00Z", tick=False), pytest.raises(StateError) as late:
        opened(reviewed, claimed="700", program="P2")
    assert late.value.code == "review_over"


def test_a_withdrawn_dispute_frees_the_line_and_may_be_opened_again(reviewed):
    dispute = dispute_withdraw(actor=reviewed.people, dispute_id=opened(reviewed).pk, text="Found them.")
    assert dispute.status == "withdrawn"
    assert held_line_ids([dispute.statement_id]) == set()
    assert str(opened(reviewed)) == "D-00002"


def test_accepting_books_the_difference_with_its_cause(reviewed):
    dispute = decide(reviewed.first, opened(reviewed))
    assert (dispute.status, dispute.outcome, dispute.granted) == ("accepted", "our_error", Decimal(100))
    assert held_line_ids([dispute.statement_id]) == set()
    [adjustment] = Adjustment.objects.all()
    assert (adjustment.amount, adjustment.origin_period_key, adjustment.booked_period_key) == (
        Decimal(100), "2026-Q3", "2026-Q4",
    )  # fmt: skip
    assert (adjustment.cause_type, adjustment.cause_id) == ("rebates.dispute", str(dispute.pk))
    booked = Entry.objects.filter(journal__kind="rebates.dispute").values_list("account", "debit", "credit", "period")
    assert sorted(booked) == [
        ("accrued", Decimal(0), Decimal(100), "2026-Q4"), ("expense", Decimal(100), Decimal(0), "2026-Q4"),
    ]  # fmt: skip
    assert topics() == ["rebates.dispute.opened", "rebates.dispute.decided"]
    assert accruals_differences() == []


def test_what_was_granted_survives_every_recalculation_and_is_stated_next(reviewed):
    decide(reviewed.first, opened(reviewed))
    reviewed.update()
    assert Adjustment.objects.count() == 1
    reviewed.sale("A", "2026-09-30", "10000")  # a late fact of the same program and period: 400 and 100 more
    reviewed.update()
    amounts = Adjustment.objects.order_by("created_at").values_list("version__program__code", "amount")
    assert amounts[0] == ("P1", Decimal(100))
    assert sorted(amounts[1:]) == [("P1", Decimal(400)), ("P2", Decimal(100))]
    assert accruals_differences() == []
    with time_machine.travel("2027-01-04T01:00:00Z", tick=False):
        period_close(actor=reviewed.first, kind="quarter", key="2026-Q4")
        stated = Statement.objects.get(period__key="2026-Q4", partner__code="A")
        assert stated.total == Decimal(600)
        assert accruals_differences() == []


def test_a_part_is_granted_within_the_claim(reviewed):
    dispute = opened(reviewed)
    for granted in (None, "0", "100", "120", "-5", "50.001"):
        with pytest.raises(Invalid) as caught, transaction.atomic():
            decide(reviewed.first, dispute, "partly_accepted", granted=None if granted is None else Decimal(granted))
        assert list(caught.value.fields) == ["granted"]
    decided = decide(reviewed.first, dispute, "partly_accepted", granted=Decimal("33.10"))
    assert (decided.status, decided.granted) == ("partly_accepted", Decimal("33.10"))
    assert Adjustment.objects.get().amount == Decimal("33.10")


def test_a_claim_below_the_statement_takes_money_back(reviewed):
    dispute = decide(reviewed.first, opened(reviewed, claimed="1000"))
    assert dispute.granted == Decimal(-400)
    assert Adjustment.objects.get().amount == Decimal(-400)
    assert accruals_differences() == []


def test_corrected_data_brings_the_difference_only_once(reviewed):
    dispute = decide(reviewed.first, opened(reviewed), by_data=True, outcome="data_missing")
    assert (dispute.status, dispute.granted, dispute.by_data) == ("accepted", Decimal(0), True)
    assert not Adjustment.objects.exists()
    reviewed.sale("A", "2026-09-30", "2500")
    reviewed.update()
    assert Adjustment.objects.get(version__program__code="P1").amount == Decimal(100)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "maybe"}, "decision"),
        ({"outcome": ""}, "outcome"),
        ({"decision": "rejected", "text": " "}, "text"),
    ],
)
def test_what_a_decision_must_say(reviewed, changes, field):
    with pytest.raises(Invalid) as caught:
        decide(reviewed.first, opened(reviewed), **changes)
    assert list(caught.value.fields) == [field]


def test_only_people_of_finance_decide_and_only_once(reviewed):
    dispute = opened(reviewed)
    for actor in (reviewed.people, reviewed.actor(Role.CHANNEL_MANAGER), reviewed.system):
        with pytest.raises(Forbidden):
            decide(actor, dispute)
    decide(reviewed.first, dispute)
    with pytest.raises(StateError):
        decide(reviewed.second, dispute)
    with pytest.raises(StateError):
        dispute_answer(actor=reviewed.people, dispute_id=dispute.pk, text="One more thing")


def test_a_question_stops_the_clock_for_the_days_that_the_partner_takes(reviewed):
    dispute = opened(reviewed)
    dispute_acknowledge(actor=reviewed.first, dispute_id=dispute.pk)
    with pytest.raises(Invalid):
        dispute_ask(actor=reviewed.first, dispute_id=dispute.pk, text=" ")
    dispute_ask(actor=reviewed.first, dispute_id=dispute.pk, text="Which invoices?")
    with time_machine.travel("2026-10-21T01:00:00Z", tick=False):
        assert disputes_escalate_due(actor=reviewed.system) == 0  # past its day, but it waits for the partner
        answered = dispute_answer(actor=reviewed.people, dispute_id=dispute.pk, text="F-1 and F-2")
    assert (answered.status, answered.reviewer_label) == ("awaiting_vendor", "first@acme.test")
    assert answered.due_on == day("2026-11-04")  # 12 business days later than 19 October
    verbs = DisputeEntry.objects.order_by("at", "id").values_list("verb", "side")
    assert list(verbs) == [("open", "partner"), ("acknowledge", "vendor"), ("ask", "vendor"), ("answer", "partner")]


def test_days_off_do_not_count(reviewed):
    holidays = [day(f"2026-10-0{number}") for number in range(1, 9)]
    windows(reviewed, days_off=holidays)
    assert opened(reviewed).due_on == day("2026-10-22")


def test_the_clock_counts_the_working_days_of_the_vendors_country(reviewed):
    reviewed.tenant.workday_calendar = "CN"
    # From Friday 2 October: the 8th to the 10th, a worked Saturday, then Monday the 12th on.
    assert opened(reviewed).due_on == day("2026-10-20")


def test_past_its_day_somebody_else_decides_for_good(reviewed):
    dispute = opened(reviewed)
    dispute_acknowledge(actor=reviewed.first, dispute_id=dispute.pk)
    for now, count in (("2026-10-19T15:00:00Z", 0), ("2026-10-19T16:01:00Z", 1), ("2026-10-19T17:00:00Z", 0)):
        with time_machine.travel(now, tick=False):
            assert disputes_escalate_due(actor=reviewed.system) == count
    dispute = dispute_get(reviewed.first, dispute.pk)
    assert (dispute.status, dispute.due_on) == ("escalated", day("2026-11-03"))
    assert held_line_ids([dispute.statement_id]) == {dispute.line_id}
    with pytest.raises(Forbidden) as caught:
        decide(reviewed.first, dispute)
    assert caught.value.code == "same_person"
    final = decide(reviewed.second, dispute)
    assert (final.status, final.decision) == ("final", "accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(decided_by_id=reviewed.first.id)


def test_what_nobody_took_on_is_decided_by_anybody_once_escalated(reviewed):
    dispute = opened(reviewed)
    with time_machine.travel("2026-10-20T01:00:00Z", tick=False):
        disputes_escalate_due(actor=reviewed.system)
        assert decide(reviewed.first, dispute).status == "final"


def test_the_partner_takes_a_decision_further_once_and_in_time(reviewed):
    dispute = decide(reviewed.first, opened(reviewed), "partly_accepted", granted=Decimal(40))
    assert appeal_until(dispute) == day("2026-10-19")
    with pytest.raises(StateError):
        dispute_escalate(actor=reviewed.second, dispute_id=dispute.pk, text="Not mine to take further")
    with time_machine.travel("2026-10-19T16:01:00Z", tick=False), pytest.raises(StateError) as late:
        dispute_escalate(actor=reviewed.people, dispute_id=dispute.pk, text="Too late")
    assert late.value.code == "too_late"
    with pytest.raises(Invalid):
        dispute_escalate(actor=reviewed.people, dispute_id=dispute.pk, text="")
    dispute_escalate(actor=reviewed.people, dispute_id=dispute.pk, text="All of it was sold.")
    assert held_line_ids([dispute.statement_id]) == {dispute.line_id}
    final = decide(reviewed.second, dispute, "accepted")
    assert (final.status, final.granted) == ("final", Decimal(100))
    assert list(Adjustment.objects.order_by("created_at").values_list("amount", flat=True)) == [40, 60]
    assert accruals_differences() == []
    with pytest.raises(StateError):
        dispute_escalate(actor=reviewed.people, dispute_id=dispute.pk, text="Again")


def test_a_final_rejection_leaves_what_was_granted(reviewed):
    dispute = decide(reviewed.first, opened(reviewed), "partly_accepted", granted=Decimal(40))
    dispute_escalate(actor=reviewed.people, dispute_id=dispute.pk, text="All of it.")
    final = decide(reviewed.second, dispute, "rejected", outcome="partner_error")
    assert (final.status, final.decision, final.granted) == ("final", "rejected", Decimal(40))
    assert Adjustment.objects.count() == 1


def test_lists_by_state_and_words(reviewed):
    first, other = opened(reviewed), opened(reviewed, claimed="700", program="P2")
    dispute_ask(actor=reviewed.first, dispute_id=other.pk, text="Which?")
    found = lambda **filters: [str(one) for one in dispute_list(reviewed.first, **filters)]  # noqa: E731
    assert found(state="open") == ["D-00002", "D-00001"]
    assert found(state="waiting") == found(search="d-00002") == ["D-00002"]
    with time_machine.travel("2026-10-20T01:00:00Z", tick=False):
        assert found(state="late") == ["D-00001"]
    decide(reviewed.first, first)
    assert found(state="decided") == ["D-00001"]
    assert found(search="Partner A", status="accepted") == ["D-00001"]
    assert found(state="nonsense") == []


def test_open_disputes_of_earlier_periods_inform_a_close_and_do_not_stop_it(reviewed):
    opened(reviewed)
    reviews_lapse(actor=reviewed.system)
    reviewed.sale("A", "2026-10-06", "1000")
    with time_machine.travel("2027-01-04T01:00:00Z", tick=False):
        reviewed.update()
        checks = {check.name: (check.ok, check.count, check.blocks) for check in period_checklist(
            reviewed.first, "quarter", "2026-Q4"
        )}  # fmt: skip
        assert checks["disputes"] == (False, 1, False)
        assert period_close(actor=reviewed.first, kind="quarter", key="2026-Q4").status == "closed"
