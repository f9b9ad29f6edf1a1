"""What time brings about: the nightly reconciliation, the ends of reviews, the days by which disputes are decided. And
the work on what-ifs, leakage reports, closes and bank results.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger

from prm import clock
from prm.audit.services import record
from prm.identity.actor import Actor
from prm.runs.tasks import RunTask, work
from prm.tenancy.celery import TenantTask, send_to_all
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.bank_results.work import APPLICATIONS
from rebates.close_work import CLOSES
from rebates.leak_work import leakage_run
from rebates.proof import accruals_differences
from rebates.recalculation import Cause
from rebates.services.accruals import accruals_update
from rebates.services.disputes import disputes_escalate_due
from rebates.services.provisions import provisions_update
from rebates.services.reminders import disputes_remind
from rebates.services.reviews import reviews_lapse, reviews_remind
from rebates.whatif.work import what_if_run

logger = get_task_logger(__name__)
ACTOR = Actor.system("rebates.reconcile")
WATCH = Actor.system("rebates.watch")


@shared_task(name="rebates.reconcile_all")
def reconcile_all() -> int:
    """Send one reconciliation for each vendor; returns how many. Two beats make one run of a slot."""
    return send_to_all(reconcile, "%Y-%m-%dT%H")


@shared_task(name="rebates.watch_all")
def watch_all() -> int:
    """Let each vendor look at what is due; returns how many. Two beats make one run of a slot."""
    return send_to_all(watch)


@shared_task(base=RunTask, bind=True, name="rebates.watch")
def watch(self: Any) -> None:
    vendor_watch(self.tenant)


def vendor_watch(tenant: Tenant) -> None:
    """Warn of reviews and disputes whose day is near, end reviews that are over, escalate disputes past their day.

    Each in a transaction of its own: one that fails keeps none of the others from their day.
    """
    for look in (reviews_remind, disputes_remind, reviews_lapse, disputes_escalate_due):
        try:
            with tenant_context(tenant):
                look(actor=WATCH)
        except Exception:  # the next run is in half an hour, and the log says what is wrong
            logger.exception("%s failed at %s", look.__name__, tenant)


@shared_task(base=TenantTask, name="rebates.reconcile")
def reconcile() -> None:
    """Recalculate everything of one vendor, then prove it."""
    change = accruals_update(actor=ACTOR, cause=Cause("rebates.reconciliation", clock.now().date().isoformat()))
    provisions_update(actor=ACTOR)
    differences = accruals_differences()
    if change.is_empty and not differences:
        return
    facts = {"written": change.written, "deleted": change.deleted, "adjustments": change.adjustments}
    record(ACTOR, "rebates.reconciled", data=facts | {"differences": len(differences)})
    for one in differences:
        logger.error(
            "ledger differs: partner %s program %s %s: ledger %s, engine %s",
            one.partner_code, one.program_code, one.currency, one.ledger, one.engine,
        )  # fmt: skip


@shared_task(base=RunTask, bind=True, name="rebates.what_if")
def what_if(self: Any, what_if_id: str) -> None:
    work(self, what_if_run, what_if_id)


@shared_task(base=RunTask, bind=True, name="rebates.leakage")
def leakage(self: Any, run_id: str) -> None:
    work(self, leakage_run, run_id)


@shared_task(base=RunTask, bind=True, name="rebates.close")
def close(self: Any, run_id: str) -> None:
    work(self, CLOSES.run, run_id)


@shared_task(base=RunTask, bind=True, name="rebates.bank_result")
def bank_result(self: Any, run_id: str) -> None:
    work(self, APPLICATIONS.run, run_id)
