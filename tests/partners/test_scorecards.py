"""Scorecards: what counts, exact scores on both sides, months that stay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.commitments import Kept, kept_of
from partners.metrics import Window
from partners.models import JointAction, Partner, ScorecardVersion, ScoreFigure, ScoreSnapshot
from partners.selectors.scorecards import figures_of, score_list, score_of, scores_sorted, trends_of
from partners.services.metrics import metric_fact_set
from partners.services.scorecards import (
    line_remove,
    line_set,
    scorecard_create,
    scorecard_publish,
    scorecard_retire,
    scorecard_revise,
)
from partners.services.scores import score_of_value, scores_begin, scores_update
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.contracts.rows import make_row
from tests.rebates.world import World, day

NOW = "2026-03-16T04:00:00Z"
SYSTEM = Actor.system("partners.scores")
REVENUE = {"side": "partner", "metric": "revenue", "target": D(1000), "floor": D(200), "weight": 3}
SCORE = {"side": "partner", "metric": "satisfaction", "target": D(5), "floor": D(3), "weight": 1}
PROMISE = {"side": "vendor", "metric": "actions_on_time", "target": D("0.9"), "floor": D("0.5"), "weight": 2}


@pytest.fixture(autouse=True)
def _inside(cast: Cast, time_machine: Any) -> Any:
    time_machine.move_to(NOW, tick=False)
    with tenant_context(cast.tenant):
        yield


def published(cast: Cast, *lines: dict[str, Any], name: str = "All", types: tuple[str, ...] = ()) -> ScorecardVersion:
    card = scorecard_create(actor=cast.manager, name=name, partner_types=types)
    version = card.versions.get()
    for line in lines or (REVENUE, SCORE, PROMISE):
        line_set(actor=cast.manager, version_id=version.pk, **line)
    return scorecard_publish(actor=cast.manager, version_id=version.pk)


def act(partner: Partner, due_on: str, ended: str | None, status: str = "done") -> None:
    JointAction.objects.create(
        partner=partner, title="x", side="vendor", owner_label="y", due_on=day(due_on),
        status=status if ended else "open", ended_at=f"{ended}T04:00:00Z" if ended else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "target", "floor", "score", "state"),
    [
        ("600", "1000", "200", "50.0", "watch"), ("200", "1000", "200", "0.0", "watch"),
        ("199", "1000", "200", "0.0", "red"), ("1000", "1000", "200", "100.0", "good"),
        ("4000", "1000", "200", "100.0", "good"), ("0.05", "0.02", "0.10", "62.5", "watch"),
        ("0.11", "0.02", "0.10", "0.0", "red"), ("0.01", "0.02", "0.10", "100.0", "good"),
        ("333.3", "1000", "200", "16.7", "watch"),
    ],
)  # fmt: skip
def test_scores_are_exact(value: str, target: str, floor: str, score: str, state: str) -> None:
    assert score_of_value(D(value), D(target), D(floor)) == (D(score), state)


def test_unknown_values_do_not_count() -> None:
    assert score_of_value(None, D(2), D(1)) == (None, "unknown")


def test_promises_count_when_kept_or_broken(cast: Cast) -> None:
    partner = cast.partner
    act(partner, "2026-03-10", "2026-03-10")
    act(partner, "2026-03-10", "2026-03-11")
    act(partner, "2026-03-15", None)
    act(partner, "2026-03-16", None)
    act(partner, "2026-03-12", "2026-03-12", "dropped")
    act(partner, "2026-02-27", "2026-03-01")
    act(partner, "2026-04-30", "2026-03-02")
    act(cast.other_partner, "2026-03-01", None)
    march = Window(day("2026-03-01"), day("2026-03-16"))
    assert kept_of("actions_on_time", march) == {partner.pk: Kept(2, 4), cast.other_partner.pk: Kept(0, 1)}
    assert kept_of("actions_on_time", march, [partner.pk]) == {partner.pk: Kept(2, 4)}
    assert kept_of("actions_on_time", Window(day("2026-02-01"), day("2026-02-28"))) == {partner.pk: Kept(0, 1)}


def test_applications_count_to_the_minute(cast: Cast) -> None:
    due = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
    for minutes in (-1, 0, 1, 60 * 24 * 2):
        make_row(
            "partners.Application", partner=cast.partner, due_at=due, decided_at=due + dt.timedelta(minutes=minutes)
        )  # fmt: skip
    late = due + dt.timedelta(days=1)
    make_row("partners.Application", partner=cast.other_partner, due_at=due, paused_at=due, decided_at=late)
    make_row("partners.Application", partner=None, due_at=due, decided_at=due)
    march = Window(day("2026-03-01"), day("2026-03-16"))
    assert kept_of("applications_on_time", march) == {
        cast.partner.pk: Kept(2, 4), cast.other_partner.pk: Kept(1, 1),
    }  # fmt: skip
    assert kept_of("applications_on_time", Window(day("2026-03-10"), day("2026-03-10"))) == {
        cast.partner.pk: Kept(2, 2), cast.other_partner.pk: Kept(1, 1),
    }  # fmt: skip


def test_everybody_is_scored_at_once_on_both_sides(cast: Cast) -> None:
    world = World(cast.tenant)
    world.sale("P-1", "2026-03-01", "600", currency="CNY")
    metric_fact_set(
        actor=cast.manager, partner_id=cast.partner.pk, metric="satisfaction", as_of=day("2026-02-01"), value=D("4.5")
    )
    act(cast.partner, "2026-03-10", "2026-03-10")
    act(cast.partner, "2026-03-10", None)
    act(cast.partner, "2026-03-09", "2026-03-09")
    published(cast)
    assert scores_update(actor=SYSTEM) == 2
    mine = score_of(cast.partner_administrator, cast.partner.pk)
    assert mine is not None
    # (3 × 50.0 + 1 × 75.0) / 4 = 56.25, and 2 of 3 kept: (0.6667 - 0.5) / 0.4 = 41.7
    assert (mine.partner_score, mine.vendor_score, mine.reds) == (D("56.3"), D("41.7"), 0)
    assert (mine.month, mine.as_of) == (dt.date(2026, 3, 1), dt.date(2026, 3, 16))
    figures = figures_of(cast.manager, [cast.partner.pk], mine.month)[cast.partner.pk]
    promise, revenue = figures["vendor", "actions_on_time"], figures["partner", "revenue"]
    assert (promise.kept, promise.due, promise.state) == (2, 3, "watch")
    assert (revenue.value, revenue.score, revenue.since) == (D(600), D("50.0"), dt.date(2025, 3, 17))
    other = score_of(cast.manager, cast.other_partner.pk)
    assert other is not None
    assert (other.partner_score, other.vendor_score, other.reds) == (D("0.0"), None, 1)
    with pytest.raises(NotFound):
        score_of(cast.partner_administrator, cast.other_partner.pk)
    with pytest.raises(Forbidden):
        score_list(cast.actor(Role.MARKETING))


def test_this_month_is_scored_again_and_past_months_stay(cast: Cast, time_machine: Any) -> None:
    world = World(cast.tenant)
    world.sale("P-1", "2026-03-01", "600", currency="CNY")
    published(cast, REVENUE)
    scores_update(actor=SYSTEM)
    world.sale("P-1", "2026-03-02", "200", currency="CNY")
    assert [scores_update(actor=SYSTEM) for _twice in range(2)] == [2, 2]
    assert ScoreFigure.objects.get(partner=cast.partner).score == D("75.0")
    time_machine.move_to("2026-04-02T04:00:00Z", tick=False)
    world.sale("P-1", "2026-03-03", "200", currency="CNY")
    assert scores_update(actor=SYSTEM, day=dt.date(2026, 3, 31)) == 0
    scores_update(actor=SYSTEM)
    scores = ScoreSnapshot.objects.filter(partner=cast.partner).order_by("month").values_list("month", "partner_score")
    assert list(scores) == [(dt.date(2026, 3, 1), D("75.0")), (dt.date(2026, 4, 1), D("100.0"))]
    trend = trends_of(cast.manager, [cast.partner.pk], dt.date(2026, 4, 1))[cast.partner.pk]
    assert trend == [None] * 10 + [D("75.0"), D("100.0")]


def test_the_past_is_scored_as_far_as_it_is_known(cast: Cast) -> None:
    World(cast.tenant).sale("P-1", "2025-12-15", "1000", currency="CNY")
    people = {"side": "partner", "metric": "active_people", "target": D(5), "floor": D(1), "weight": 1}
    published(cast, REVENUE | {"window": "trailing_months", "length": 1}, people)
    assert scores_begin(actor=SYSTEM) == 24
    assert scores_begin(actor=SYSTEM) == 2
    rows = ScoreFigure.objects.filter(partner=cast.partner, metric="revenue").order_by("month")
    assert [row.value for row in rows] == [0] * 8 + [D(1000), 0, 0, 0]
    assert [row.until for row in rows][8:10] == [dt.date(2025, 12, 31), dt.date(2026, 1, 31)]
    states = ScoreFigure.objects.filter(partner=cast.partner, metric="active_people").order_by("month")
    assert [row.state for row in states] == ["unknown"] * 11 + ["watch"]


def test_published_versions_do_not_change(cast: Cast) -> None:
    version = published(cast)
    with pytest.raises(StateError):
        line_set(actor=cast.manager, version_id=version.pk, **REVENUE | {"weight": 9})
    draft = scorecard_revise(actor=cast.manager, scorecard_id=version.scorecard_id)
    assert scorecard_revise(actor=cast.manager, scorecard_id=version.scorecard_id) == draft
    assert (draft.number, draft.lines.count()) == (2, 3)
    line_remove(actor=cast.manager, version_id=draft.pk, line_id=draft.lines.get(metric="satisfaction").pk)
    scorecard_publish(actor=cast.manager, version_id=draft.pk)
    version.refresh_from_db()
    assert (version.status, version.lines.count()) == ("replaced", 3)
    with pytest.raises(Invalid):
        scorecard_retire(actor=cast.manager, scorecard_id=version.scorecard_id, reason="")
    scorecard_retire(actor=cast.manager, scorecard_id=version.scorecard_id, reason="Season's end")
    assert scores_update(actor=SYSTEM) == 0


def test_lines_are_checked(cast: Cast) -> None:
    version = scorecard_create(actor=cast.manager, name="A").versions.get()

    def faults(**changes: Any) -> set[str]:
        with pytest.raises(Invalid) as refused:
            line_set(actor=cast.manager, version_id=version.pk, **REVENUE | changes)
        return set(refused.value.fields)

    assert faults(metric="stones") == {"metric"}
    assert faults(side="vendor") == {"metric"}
    assert faults(floor=D(2000)) == {"floor"}
    assert faults(metric="return_rate", target=D("0.1"), floor=D("0.02")) == {"floor"}
    assert faults(weight=0) == {"weight"}
    assert faults(window="trailing_months", length=0) == {"length"}
    with pytest.raises(Invalid):
        scorecard_publish(actor=cast.manager, version_id=version.pk)
    with pytest.raises(Forbidden):
        line_set(actor=cast.finance, version_id=version.pk, **REVENUE)
    with pytest.raises(Forbidden):
        line_set(actor=cast.partner_administrator, version_id=version.pk, **REVENUE)
    with pytest.raises(Conflict):
        scorecard_create(actor=cast.manager, name="A")


def test_each_partner_has_one_scorecard(cast: Cast) -> None:
    published(cast, REVENUE)
    special = published(cast, SCORE, name="Integrators", types=("integrator",))
    Partner.objects.filter(pk=cast.other_partner.pk).update(type="integrator")
    with pytest.raises(Conflict):
        published(cast, REVENUE, name="Again")
    with pytest.raises(Conflict):
        published(cast, REVENUE, name="Integrators too", types=("integrator", "reseller"))
    scores_update(actor=SYSTEM)
    assert ScoreSnapshot.objects.get(partner=cast.other_partner).version == special
    assert ScoreFigure.objects.get(partner=cast.other_partner).metric == "satisfaction"


def test_the_matrix_sorts_by_any_figure(cast: Cast) -> None:
    world = World(cast.tenant)
    for number, amount in enumerate(("500", "900", "100"), 3):
        world.partner(f"P-{number}", name=f"N{number}")
        world.sale(f"P-{number}", "2026-03-01", amount, currency="CNY")
    published(cast)
    scores_update(actor=SYSTEM)
    rows = score_list(cast.manager)
    by_revenue = scores_sorted(rows, "partner:revenue", descending=True)
    assert [row.partner.code for row in by_revenue] == ["P-4", "P-3", "P-5", "P-1", "P-2"]
    assert [row.partner.code for row in scores_sorted(rows, "vendor", descending=True)] == [
        "P-1", "P-3", "P-4", "P-5", "P-2",
    ]  # fmt: skip
    assert score_list(cast.manager, state="red").count() == 3
    assert score_list(cast.manager, search="n4").get().partner.code == "P-4"


def test_scoring_costs_the_same_statements_for_many(cast: Cast) -> None:
    published(cast)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            scores_update(actor=SYSTEM)
        return len(queries)

    before = cost()
    Partner.objects.bulk_create([Partner(code=f"X{number}", name=f"X{number}") for number in range(200)])
    assert cost() == before
    assert before < 20
