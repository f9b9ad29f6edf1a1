"""The work of one leakage report: claim it, replay from one snapshot, keep what was found. Three transactions.

A worker that is killed in any of them leaves either nothing or the whole. Attempts are counted before the work, so that
a report which kills its worker fails after `MAX_ATTEMPTS`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import translation

from prm import clock
from prm.exports.progress import clear
from prm.exports.work import Busy, Teller, snapshot
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition
from rebates.doubles import Double, doubles
from rebates.leakage import Leak, leaks
from rebates.models import LeakageRow, LeakageRun
from rebates.states import LEAKAGE_ACTIVE, LEAKAGE_TRANSITIONS, LeakageStatus

ACTOR = Actor.system("rebates.leakage")
MAX_ATTEMPTS = 5


def leakage_run(tenant: Tenant, run_id: UUID) -> None:
    """Work it out, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    run = _claim(tenant, run_id)
    if run is None:
        return
    try:
        with snapshot(tenant), translation.override(tenant.locale):
            _hold(run_id)
            tell = _Steps(run_id)
            found, twice = leaks(tell), doubles()
        _keep(tenant, run_id, found, twice)
    finally:
        clear(run_id)


class _Steps:
    """How many results of the replay are there, told now and then."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._teller: Teller | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._teller is None:
            self._teller = Teller(self._run_id, total)
        self._teller(done)


def _claim(tenant: Tenant, run_id: UUID) -> LeakageRun | None:
    with tenant_context(tenant):
        _hold(run_id)
        run: LeakageRun | None = (
            LeakageRun.objects.select_for_update().filter(pk=run_id, status__in=LEAKAGE_ACTIVE).first()
        )  # fmt: skip
        if run is None:
            return None
        if run.attempts >= MAX_ATTEMPTS:
            _end(run, "fail", "rebates.leakage.failed")
            return None
        run.attempts += 1
        run.started_at = run.started_at or clock.now()
        run.save(update_fields=["attempts", "started_at"])
        if run.status == LeakageStatus.QUEUED:
            transition(run, "run", table=LEAKAGE_TRANSITIONS, actor=ACTOR, action="rebates.leakage.started")
        return run


def _hold(run_id: UUID) -> None:
    """Until the transaction ends; a killed process lets go of it with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"rebates.leakage:{run_id}"])
        if not cursor.fetchone()[0]:
            raise Busy


def _keep(tenant: Tenant, run_id: UUID, found: list[Leak], twice: list[Double]) -> None:
    with tenant_context(tenant):
        run = LeakageRun.objects.select_for_update().filter(pk=run_id, status=LeakageStatus.RUNNING).first()
        if run is None:
            return
        LeakageRow.objects.bulk_create([_row(run, one) for one in found], batch_size=2000)
        run.found, run.doubles = len(found), [_plain(asdict(one)) for one in twice]
        run.save(update_fields=["found", "doubles"])
        _end(run, "finish", "rebates.leakage.finished")


def _end(run: LeakageRun, verb: str, action: str) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    transition(run, verb, table=LEAKAGE_TRANSITIONS, actor=ACTOR, action=action)
    emit(action, {"run_id": str(run.pk), "found": run.found})


def _row(run: LeakageRun, one: Leak) -> LeakageRow:
    return LeakageRow(
        run=run, partner_id=one.partner_id, program_id=one.program_id, period_key=one.period_key,
        currency=one.currency, stated=one.stated, due=one.due, cause=one.cause, amount=one.amount,
        is_booked=one.is_booked, lines=one.lines,
    )  # fmt: skip


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: numbers, days and ids as texts."""
    encoder = DjangoJSONEncoder()
    return {name: value if isinstance(value, (str, tuple)) else encoder.default(value) for name, value in found.items()}
