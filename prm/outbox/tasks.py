"""Delivery of one message to one handler. Attempts are counted in the database, so that a task which kills its
worker is parked after `MAX_ATTEMPTS` instead of going round for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.utils.log import get_task_logger
from django.db import connection

from prm import clock
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named
from prm.tenancy.celery import HEADER, TenantTask
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

logger = get_task_logger(__name__)

MAX_ATTEMPTS = 6
FIRST_RETRY = dt.timedelta(seconds=2)
BUSY_SECONDS = 2
BUSY_RETRIES = 5
KILLED = "The last attempt did not come to an end: its worker or the database was killed."

KEEP_DAYS = 90


@shared_task(name="outbox.prune")
def prune() -> None:
    """Forget what was done `KEEP_DAYS` ago, at every vendor. Parked deliveries and their messages stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prm_secure.outbox_prune(%s)", [KEEP_DAYS])
        logger.info("pruned %s outbox messages", cursor.fetchone()[0])


class Busy(Exception):
    """Another process holds the delivery."""


class DeliverTask(TenantTask):
    abstract = True
    own_transactions = True


@shared_task(base=DeliverTask, bind=True, name="outbox.deliver")
def deliver(self: Any, delivery_id: str) -> None:
    """Run one handler once; do nothing when it is done or parked, look again shortly when another process is at it."""
    tenant, key = self.tenant, UUID(delivery_id)
    try:
        if _count_attempt(tenant, key):
            _run(tenant, key)
    except Busy:
        # A killed worker's connection holds the row a moment longer; a living one works on, and the lease goes on.
        if self.request.retries < BUSY_RETRIES:
            raise self.retry(countdown=BUSY_SECONDS, headers={HEADER: str(tenant.pk)}) from None
    except Exception as error:  # the row keeps the error and its due time; the relay sends it again
        _note_failure(tenant, key, error)
        logger.exception("delivery %s failed", delivery_id)


def _locked(key: UUID) -> Delivery | None:
    """The open delivery under its lock; None when it is done or parked. Raises `Busy` when another process has it."""
    open_ones = Delivery.objects.filter(pk=key, done_at=None, parked_at=None)
    found = open_ones.select_related("message").select_for_update(skip_locked=True, of=("self",)).first()
    if found is None and open_ones.exists():
        raise Busy
    return found


def _count_attempt(tenant: Tenant, key: UUID) -> bool:
    """Commit the attempt before the work starts: a kill in the middle must have been counted."""
    with tenant_context(tenant):
        delivery = _locked(key)
        if delivery is None:
            return False
        if delivery.attempts >= MAX_ATTEMPTS:
            # What fails by itself is parked in `_note_failure`: this one took its worker along, or the database.
            delivery.parked_at = clock.now()
            delivery.last_error = delivery.last_error or KILLED
            delivery.save(update_fields=["parked_at", "last_error"])
            logger.error("delivery %s of %s is parked", key, delivery.message.topic)
            return False
        delivery.attempts += 1
        delivery.save(update_fields=["attempts"])
        return True


def _run(tenant: Tenant, key: UUID) -> None:
    with tenant_context(tenant):
        delivery = _locked(key)
        if delivery is None:
            return
        handler_named(delivery.handler)(delivery.message.payload)
        delivery.done_at = clock.now()
        delivery.last_error = ""
        delivery.save(update_fields=["done_at", "last_error"])


def _note_failure(tenant: Tenant, key: UUID, error: Exception) -> None:
    with tenant_context(tenant):
        delivery = Delivery.objects.select_for_update().get(pk=key)
        delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
        delivery.due_at = clock.now() + FIRST_RETRY * 2**delivery.attempts
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.parked_at = clock.now()
            logger.error("delivery %s is parked", key)
        delivery.save(update_fields=["last_error", "due_at", "parked_at"])
