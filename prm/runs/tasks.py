"""What the tasks of runs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery.utils.log import get_task_logger

from prm.runs.work import Busy
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.models import Tenant

logger = get_task_logger(__name__)
BUSY_SECONDS, BUSY_RETRIES = 2, 5


class RunTask(TenantTask):
    """Works on what a row asks for, in transactions of its own."""

    abstract = True
    own_transactions = True


def work(task: Any, run: Callable[[Tenant, UUID], object], row_id: str) -> None:
    """Nothing when it has ended; when another process is at it, look again shortly, then leave it to that one."""
    tenant = task.tenant
    try:
        run(tenant, UUID(row_id))
    except Busy:
        # A killed worker's connection holds the lock a moment longer.
        if task.request.retries < BUSY_RETRIES:
            raise task.retry(countdown=BUSY_SECONDS, headers={HEADER: str(tenant.pk)}) from None
    except Exception:  # the row stays as it is; whoever watches it sends it again, until its attempts are used up
        logger.exception("%s: %s could not be worked out", task.name, row_id)
