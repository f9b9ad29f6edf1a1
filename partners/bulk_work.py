"""The work of a bulk run, chunk by chunk: what is committed stays, so a worker that is killed goes on where it was."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.translation import ngettext

from partners.models import BulkRow, BulkRun
from partners.services.bulk import actor_of, bulk_chunk
from partners.states.bulk import BULK_ACTIVE, BULK_TRANSITIONS, BulkOutcome
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.runs.progress import clear, progress_set
from prm.runs.work import Work
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("partners.bulk")
MAX_ATTEMPTS = 8


def bulk_run(tenant: Tenant, run_id: UUID) -> None:
    """Work until the run has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
    if WORK.claim(tenant, run_id) is None:
        return
    done = 0
    while count := _chunk(tenant, run_id):
        done += count
        progress_set(run_id, done, max(done, _total(tenant, run_id)))
    clear(run_id)


def _chunk(tenant: Tenant, run_id: UUID) -> int:
    with tenant_context(tenant):
        WORK.hold(run_id)
        run = BulkRun.objects.select_for_update().filter(pk=run_id, status__in=BULK_ACTIVE).first()
        if run is None:
            return 0
        actor = actor_of(run)
        if actor is None:
            _fail(run)
            return 0
        return bulk_chunk(run, actor)


def _total(tenant: Tenant, run_id: UUID) -> int:
    with tenant_context(tenant):
        return int(BulkRun.objects.values_list("total", flat=True).get(pk=run_id))


def _fail(run: BulkRun) -> None:
    """Rows that were not reached keep saying so."""
    left = BulkRow.objects.filter(run=run, outcome=BulkOutcome.WAITING).count()
    with translation.override(require_tenant().locale):
        reason = ngettext("%(count)d partner was not reached.", "%(count)d partners were not reached.", left)
    reason %= {"count": left}
    transition(run, "fail", table=BULK_TRANSITIONS, actor=ACTOR, action="partners.bulk.failed", reason=reason)


WORK = Work("partners.bulk", BulkRun, BULK_TRANSITIONS, BULK_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)
