"""The relay: hands due deliveries to Celery, through the worker role's own connection.

At least once: a relay killed between sending and committing sends again, a lost task is sent again when its lease
ends; the delivery's row makes both harmless.
"""

from __future__ import annotations

import logging
import select
import time
from typing import Any

from django.db import Error as DatabaseError
from django.db import connections, transaction
from kombu.exceptions import OperationalError as BrokerError

from prm.outbox.services import CHANNEL
from prm.outbox.tasks import deliver
from prm.tenancy.celery import HEADER

logger = logging.getLogger(__name__)

BATCH = 200
POLL_SECONDS = 1.0
LEASE_SECONDS = 60

DUE_SQL = """
    UPDATE outbox_delivery SET due_at = clock_timestamp() + make_interval(secs => %s)
    WHERE id IN (SELECT id FROM outbox_delivery
                 WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= clock_timestamp()
                 ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant_id
"""


def relay_once(alias: str = "worker", *, lease_seconds: float = LEASE_SECONDS) -> int:
    """Send up to `BATCH` due deliveries; returns how many were sent."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(DUE_SQL, [lease_seconds, BATCH])
        due = cursor.fetchall()
        for delivery_id, tenant_id in due:
            deliver.apply_async(args=[str(delivery_id)], headers={HEADER: str(tenant_id)})
    return len(due)


def relay_forever(alias: str = "worker", *, lease_seconds: float = LEASE_SECONDS) -> None:
    """Wake on each commit that emitted something; look every second besides, for what is due again."""
    while True:
        try:
            _serve(alias, lease_seconds)
        except (BrokerError, DatabaseError, OSError):
            logger.warning("relay: broker or database is away, trying again", exc_info=True)
            connections[alias].close()
            time.sleep(POLL_SECONDS)


def _serve(alias: str, lease_seconds: float) -> None:
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    while True:
        if relay_once(alias, lease_seconds=lease_seconds) < BATCH:
            # Errors of the driver become Django's, which `relay_forever` knows.
            with connection.wrap_database_errors:
                _wait(connection.connection)


def _wait(raw: Any) -> None:
    select.select([raw], [], [], POLL_SECONDS)
    raw.poll()
    raw.notifies.clear()
