"""The work of one what-if: claim it, work it out from one snapshot, keep the answer."""

from __future__ import annotations

from uuid import UUID

from prm import clock
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.progress import clear, progress_set
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work, snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition
from rebates.engine.program import parse_program
from rebates.models import WhatIfRun
from rebates.whatif.gaming import Suspicion, by_money, suspicions
from rebates.whatif.outcome import Outcome, outcome_written
from rebates.whatif.vendor import past_periods, replay

ACTOR = Actor.system("rebates.what_if")
MAX_ATTEMPTS = 3
KEPT = 50
"""Answers of a program."""


def what_if_run(tenant: Tenant, what_if_id: UUID) -> None:
    """Answer the what-if, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    run = WORK.claim(tenant, what_if_id)
    if run is None:
        return
    try:
        _keep(tenant, what_if_id, _worked_out(tenant, run))
    finally:
        clear(what_if_id)


def _fail(run: WhatIfRun) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    transition(run, "fail", table=RUN_TRANSITIONS, actor=ACTOR, action="rebates.what_if.failed")
    emit("rebates.what_if.failed", {"what_if_id": str(run.pk)})


WORK = Work("rebates.what_if", WhatIfRun, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)


def _worked_out(tenant: Tenant, run: WhatIfRun) -> Outcome:
    """Everything of one moment; which periods was settled when it was asked."""
    with snapshot(tenant):
        WORK.hold(run.pk)
        program, rules = run.program, parse_program(run.definition)
        days = past_periods(rules.period, run.periods, run.asked_on)
        steps = len(days) + 1
        progress_set(run.pk, 0, steps)
        found = replay(rules, days)
        doubts = list[Suspicion]()
        for number, period in enumerate(days, 1):
            progress_set(run.pk, number, steps)
            doubts += suspicions(program, period)
        return Outcome(found, by_money(doubts))


def _keep(tenant: Tenant, what_if_id: UUID, outcome: Outcome) -> None:
    with tenant_context(tenant):
        run = WhatIfRun.objects.select_for_update().filter(pk=what_if_id, status=RunStatus.RUNNING).first()
        if run is None:
            return
        run.outcome = outcome_written(outcome)
        run.totals = [[currency, str(before), str(after)] for currency, before, after in outcome.replay.totals()]
        run.finished_at = clock.now()
        run.save(update_fields=["outcome", "totals", "finished_at"])
        transition(run, "finish", table=RUN_TRANSITIONS, actor=ACTOR, action="rebates.what_if.finished")
        emit("rebates.what_if.finished", {"what_if_id": str(run.pk)})
        _forget(run.program_id)


def _forget(program_id: UUID) -> None:
    """Answers are large; that they were asked for stays in the audit trail."""
    ended = WhatIfRun.objects.filter(program_id=program_id).exclude(status__in=RUN_ACTIVE)
    kept = ended.order_by("-created_at", "-id").values_list("pk", flat=True)[:KEPT]
    ended.exclude(pk__in=list(kept)).delete()
