"""What nobody reads any more goes."""

from __future__ import annotations

from celery import shared_task
from celery.utils.log import get_task_logger

from prm.notifications.services.forgetting import notices_prune
from prm.tenancy.celery import TenantTask, send_daily

logger = get_task_logger(__name__)


@shared_task(name="notifications.prune_all")
def prune_all() -> int:
    return send_daily(prune)


@shared_task(base=TenantTask, name="notifications.prune")
def prune() -> None:
    logger.info("pruned %s notices", notices_prune())
