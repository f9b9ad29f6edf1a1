"""The work of one what-if: claim it, work it out from one snapshot, keep the answer. Three transactions.

A worker that is killed in any of them leaves either nothing or the whole. Attempts are counted before the work, so that
a what-if which kills its worker fails after `MAX_ATTEMPTS`.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from prm import clock
from prm.exports.work import Busy, snapshot
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition
from rebates.engine.program import parse_program
from rebates.models import WhatIfRun
from rebates.states import WHAT_IF_ACTIVE, WHAT_IF_TRANSITIONS, WhatIfStatus
from rebates.whatif.gaming import Suspicion, by_money, suspicions
from rebates.whatif.outcome import Outcome, outcome_written
from rebates.whatif.progress import progress_set
from rebates.whatif.vendor import past_periods, replay

ACTOR = Actor.system("rebates.what_if")
MAX_ATTEMPTS = 3
KEPT = 50
"""Answers of a program."""


def what_if_run(tenant: Tenant, what_if_id: UUID) -> None:
    """Answer the what-if, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    run = _claim(tenant, what_if_id)
    if run is not None:
        _keep(tenant, what_if_id, _worked_out(tenant, run))


def _claim(tenant: Tenant, what_if_id: UUID) -> WhatIfRun | None:
    with tenant_context(tenant):
        _hold(what_if_id)
        active = WhatIfRun.objects.select_for_update().filter(pk=what_if_id, status__in=WHAT_IF_ACTIVE)
        run: WhatIfRun | None = active.first()
        if run is None:
            return None
        if run.attempts >= MAX_ATTEMPTS:
            _fail(run)
            return None
        run.attempts += 1
        run.started_at = run.started_at or clock.now()
        run.save(update_fields=["attempts", "started_at"])
        if run.status == WhatIfStatus.QUEUED:
            transition(run, "run", table=WHAT_IF_TRANSITIONS, actor=ACTOR, action="rebates.what_if.started")
        return run


def _fail(run: WhatIfRun) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    transition(run, "fail", table=WHAT_IF_TRANSITIONS, actor=ACTOR, action="rebates.what_if.failed")
    emit("rebates.what_if.failed", {"what_if_id": str(run.pk)})


def _hold(what_if_id: UUID) -> None:
    """Until the transaction ends; a killed process lets go of it with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"rebates.what_if:{what_if_id}"])
        if not cursor.fetchone()[0]:
            raise Busy


def _worked_out(tenant: Tenant, run: WhatIfRun) -> Outcome:
    """Everything of one moment; which periods was settled when it was asked."""
    with snapshot(tenant):
        _hold(run.pk)
        program, rules = run.program, parse_program(run.definition)
        days = past_periods(rules.period, run.periods, run.asked_on)
        steps = len(days) + 1
        progress_set(run.pk, 0, steps)
        found = replay(program, rules, days)
        doubts = list[Suspicion]()
        for number, period in enumerate(days, 1):
            progress_set(run.pk, number, steps)
            doubts += suspicions(program, period)
        return Outcome(found, by_money(doubts))


def _keep(tenant: Tenant, what_if_id: UUID, outcome: Outcome) -> None:
    with tenant_context(tenant):
        run = WhatIfRun.objects.select_for_update().filter(pk=what_if_id, status=WhatIfStatus.RUNNING).first()
        if run is None:
            return
        run.outcome = outcome_written(outcome)
        run.totals = [[currency, str(before), str(after)] for currency, before, after in outcome.replay.totals()]
        run.finished_at = clock.now()
        run.save(update_fields=["outcome", "totals", "finished_at"])
        transition(run, "finish", table=WHAT_IF_TRANSITIONS, actor=ACTOR, action="rebates.what_if.finished")
        emit("rebates.what_if.finished", {"what_if_id": str(run.pk)})
        _forget(run.program_id)


def _forget(program_id: UUID) -> None:
    """Answers are large; that they were asked for stays in the audit trail."""
    ended = WhatIfRun.objects.filter(program_id=program_id).exclude(status__in=WHAT_IF_ACTIVE)
    kept = ended.order_by("-created_at", "-id").values_list("pk", flat=True)[:KEPT]
    ended.exclude(pk__in=list(kept)).delete()
