"""Evaluating everybody: the SQL agrees with the rules in Python; killed half-way it goes on; debounced; two at once."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal as D
from random import Random
from typing import Any

import pytest
from django.db import connections

from partners.handlers.tiers import facts_changed
from partners.metrics import WindowKind, WindowSpec
from partners.models import MetricFact, Partner, TierChange, TierDue, TierEvaluation, TierStanding, TierStay, TierSweep
from partners.services import tier_sweeps
from partners.services.tier_sweeps import partners_due, partners_due_work, sweep_part, sweep_run, sweep_start
from partners.tiers.assess import assess
from partners.tiers.scheme import Criterion, Key, Scheme, Tier, Words
from partners.tiers.sql import counts
from prm.identity.actor import Actor
from prm.runs.states import RunStatus
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_partner
from tests.partners.ladder import document, evaluate, more, on, publish, tier

DAY = dt.date(2026, 6, 30)
SYSTEM = Actor.system("test")
FACTS = ["satisfaction", "deals_registered"]
SPEC = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
ALLY = document(tier("silver", more("deals_registered", "3")), tier("gold", more("deals_registered", "7")))


def told(partner: Partner, metric: str, value: str, day: dt.date = DAY) -> None:
    MetricFact.objects.create(partner=partner, metric=metric, as_of=day, value=D(value))


def any_scheme(random: Random) -> Scheme:
    tiers = []
    for number in range(random.randint(1, 4)):
        criteria = []
        for code in random.sample(FACTS, random.randint(0, 2)):
            least = D(random.randint(-2, 10)) / 2 if random.random() < 0.8 else None
            most = D(random.randint(0, 20)) if least is None or random.random() < 0.3 else None
            criteria.append(Criterion(Key(code, SPEC), least, most, random.choice([0, 0, 30, 60])))
        total = sum(one.points for one in criteria)
        tiers.append(Tier(f"t{number}", Words(f"T{number}", ""), tuple(criteria), random.randint(0, total)))
    return Scheme(tuple(tiers))


def test_sql_and_python_put_everybody_on_the_same_tier(cast: Cast) -> None:
    random = Random(17)  # noqa: S311 (the same schemes in every run)
    with tenant_context(cast.tenant):
        partners = [make_partner(cast.tenant, f"R-{number}") for number in range(12)]
        values: dict[Any, dict[str, D | None]] = {}
        for partner in partners:
            values[partner.pk] = {"satisfaction": None, "deals_registered": D(0)}
            for code in FACTS:
                if random.random() < 0.8:
                    values[partner.pk][code] = D(random.randint(0, 20)) / 2
                    told(partner, code, str(values[partner.pk][code]))
        for _round in range(60):
            scheme = any_scheme(random)
            expected = {
                key: assess(scheme, {Key(code, SPEC): value for code, value in found.items()}).rank
                for key, found in values.items()
            }
            assert counts(scheme, DAY, list(values)) == expected, scheme


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Seven more partners, worked on three at a time."""
    monkeypatch.setattr(tier_sweeps, "PART", 3)
    with on("2026-06-30"), tenant_context(cast.tenant):
        for number in range(7):
            told(make_partner(cast.tenant, f"R-{number}"), "deals_registered", str(number + 1))
        publish(cast.administrator, ALLY)
        TierSweep.objects.all().delete()
    return cast


def outcome() -> list[tuple[str, str, str]]:
    rows = TierStanding.objects.order_by("partner__code").values_list("partner__code", "tier", "inputs_hash")
    changes = TierChange.objects.order_by("partner__code").values_list("partner__code", "tier", "valid_from")
    return [*rows, *((code, tier_, day.isoformat()) for code, tier_, day in changes)]


def test_killed_half_way_it_goes_on_and_comes_to_the_same(many: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = tier_sweeps.partners_evaluate

    def killed(**given: Any) -> int:
        calls.append(given["partner_ids"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**given)

    with on("2026-06-30"), tenant_context(many.tenant):
        sweep = sweep_start(actor=SYSTEM)
        assert sweep_start(actor=SYSTEM) == sweep
        monkeypatch.setattr(tier_sweeps, "partners_evaluate", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep_run(many.tenant, sweep.pk)
        sweep.refresh_from_db()
        assert (sweep.status, sweep.done, sweep.attempts) == (RunStatus.RUNNING, 3, 1)
        assert TierStanding.objects.count() == 3
    with on("2026-07-01"), tenant_context(many.tenant):
        sweep_run(many.tenant, sweep.pk)
        sweep.refresh_from_db()
        assert (sweep.status, sweep.done, sweep.written, sweep.attempts) == (RunStatus.DONE, 9, 9, 2)
        assert len(calls) == 4, "the part that was lost, and what was left"
        assert min(one for call in calls[1:] for one in call) not in calls[0]
        assert set(TierEvaluation.objects.values_list("as_of", flat=True)) == {DAY}
        resumed = outcome()
        evaluations = TierEvaluation.objects.count()
        again = sweep_start(actor=SYSTEM)
        monkeypatch.setattr(tier_sweeps, "partners_evaluate", real)
        sweep_run(many.tenant, again.pk)
        assert TierEvaluation.objects.count() == evaluations, "the same again is not kept"
        assert outcome() == resumed
    tiers = {code: tier_ for code, tier_, _hash in resumed[:9]}
    assert tiers["R-1"] == ""
    assert (tiers["R-2"], tiers["R-6"]) == ("silver", "gold")


def test_what_is_asked_while_it_runs_is_done_once_more(many: Cast) -> None:
    with on("2026-06-30"), tenant_context(many.tenant):
        sweep = sweep_start(actor=SYSTEM)
        TierSweep.objects.update(status=RunStatus.RUNNING)
        assert sweep_start(actor=SYSTEM) == sweep
        assert sweep_start(actor=SYSTEM).again
        while sweep_part(many.tenant, sweep.pk, 9):
            pass
        assert TierSweep.objects.filter(status=RunStatus.QUEUED).count() == 1


def test_a_late_run_of_yesterday_does_not_undo_today(many: Cast) -> None:
    with on("2026-07-02"), tenant_context(many.tenant):
        partner = Partner.objects.get(code="R-1")
        evaluate(partner)
        told(partner, "deals_registered", "5", dt.date(2026, 7, 2))
        evaluate(partner)
        assert TierStanding.objects.get(partner=partner).tier == "gold"
        evaluate(partner, day=DAY)
        assert TierStanding.objects.get(partner=partner).tier == "gold"


def test_facts_that_come_in_between_are_one_evaluation(many: Cast) -> None:
    with on("2026-07-02"), tenant_context(many.tenant):
        partner = Partner.objects.get(code="R-1")
        for value in ("1", "5"):
            told(partner, "deals_registered", value, dt.date(2026, 7, int(value) % 2 + int(value)))
            facts_changed({"partner_id": str(partner.pk)})
        facts_changed({"import_id": None, "partner_ids": [str(partner.pk)]})
        assert TierDue.objects.count() == 1
        assert partners_due_work() == 1
        assert partners_due_work() == 0
        assert TierDue.objects.count() == 0
        assert TierEvaluation.objects.filter(partner=partner).count() == 1
        facts_changed({"partner_ids": "all"})
        assert TierSweep.objects.filter(status=RunStatus.QUEUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_once_keep_one_stay_and_one_result(cast: Cast) -> None:
    with on("2026-06-30"):
        with tenant_context(cast.tenant):
            told(cast.partner, "deals_registered", "9")
            publish(cast.administrator, ALLY)
        errors: list[Exception] = []
        both = threading.Barrier(2)

        def work() -> None:
            try:
                both.wait()
                with tenant_context(cast.tenant):
                    evaluate(cast.partner)
            except Exception as error:  # the test shows it
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        with tenant_context(cast.tenant):
            assert TierEvaluation.objects.count() == 1
            assert [(one.tier, one.status) for one in TierStay.objects.all()] == [("gold", "active")]
            assert TierChange.objects.get().tier == "gold"


def test_partners_due_names_each_once(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        partners_due(partner_ids=[cast.partner.pk, cast.partner.pk])
        partners_due(partner_ids=[cast.partner.pk])
        assert TierDue.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_a_partner_is_evaluated_makes_it_due_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tier_sweeps.partners_evaluate

    def change() -> None:
        try:
            with tenant_context(cast.tenant):
                told(cast.partner, "deals_registered", "9")
                partners_due(partner_ids=[cast.partner.pk])
        finally:
            connections.close_all()

    def evaluated(**given: Any) -> int:
        count = real(**given)
        threads.append(threading.Thread(target=change))
        threads[0].start()
        threads[0].join(0.5)
        return count

    threads: list[threading.Thread] = []
    monkeypatch.setattr(tier_sweeps, "partners_evaluate", evaluated)
    with on("2026-06-30"):
        with tenant_context(cast.tenant):
            publish(cast.administrator, ALLY)
            partners_due(partner_ids=[cast.partner.pk])
        with tenant_context(cast.tenant):
            assert partners_due_work() == 1
        threads[0].join(60)
        monkeypatch.setattr(tier_sweeps, "partners_evaluate", real)
        with tenant_context(cast.tenant):
            assert (partners_due_work(), TierStay.objects.get().tier) == (1, "gold")
