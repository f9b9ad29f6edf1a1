"""The work of one leakage report: claim it, replay from one snapshot, keep what was found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from prm import clock
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.progress import Teller, clear
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work, snapshot
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition
from rebates.doubles import Double, doubles
from rebates.leakage import Leak, leaks
from rebates.models import LeakageRow, LeakageRun

ACTOR = Actor.system("rebates.leakage")
MAX_ATTEMPTS = 5


def leakage_run(tenant: Tenant, run_id: UUID) -> None:
    """Work it out, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    run = WORK.claim(tenant, run_id)
    if run is None:
        return
    try:
        with snapshot(tenant), translation.override(tenant.locale):
            WORK.hold(run_id)
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


def _keep(tenant: Tenant, run_id: UUID, found: list[Leak], twice: list[Double]) -> None:
    with tenant_context(tenant):
        run = LeakageRun.objects.select_for_update().filter(pk=run_id, status=RunStatus.RUNNING).first()
        if run is None:
            return
        LeakageRow.objects.bulk_create([_row(run, one) for one in found], batch_size=2000)
        run.found, run.doubles = len(found), [_plain(asdict(one)) for one in twice]
        run.save(update_fields=["found", "doubles"])
        _end(run, "finish", "rebates.leakage.finished")
        _forget()


def _forget() -> None:
    """Reports are large; that they were asked for stays in the audit trail."""
    ended = LeakageRun.objects.exclude(status__in=RUN_ACTIVE)
    kept = ended.order_by("-created_at", "-id").values_list("pk", flat=True)[: settings.PRM_LEAKAGE_REPORTS_KEPT]
    ended.exclude(pk__in=list(kept)).delete()


def _end(run: LeakageRun, verb: str, action: str) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    transition(run, verb, table=RUN_TRANSITIONS, actor=ACTOR, action=action)
    emit(action, {"run_id": str(run.pk), "found": run.found})


def _fail(run: LeakageRun) -> None:
    _end(run, "fail", "rebates.leakage.failed")


WORK = Work("rebates.leakage", LeakageRun, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)


def _row(run: LeakageRun, one: Leak) -> LeakageRow:
    return LeakageRow(
        run=run, partner_id=one.partner_id, partner_code=one.partner_code, partner_name=one.partner_name,
        program_id=one.program_id, program_code=one.program_code, period_key=one.period_key,
        currency=one.currency, stated=one.stated, due=one.due, cause=one.cause, amount=one.amount,
        is_booked=one.is_booked, lines=one.lines,
    )  # fmt: skip


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: numbers, days and ids as texts."""
    encoder = DjangoJSONEncoder()
    return {name: value if isinstance(value, (str, tuple)) else encoder.default(value) for name, value in found.items()}
