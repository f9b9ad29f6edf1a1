"""The relay: hands due deliveries to Celery, through the worker role's own connection.

At least once: what a killed relay had leased and not sent, and a task that got lost, are sent again when the lease
ends; the delivery's row makes sending twice harmless.
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


GIVE_BACK_SQL = "UPDATE outbox_delivery SET due_at = clock_timestamp() WHERE id = ANY(%s::uuid[])"


def relay_once(alias: str = "worker", *, lease_seconds: float = LEASE_SECONDS) -> int:
    """Send up to `BATCH` due deliveries; returns how many were sent. Raises `BrokerError`; nothing is lost by it."""
    # The lease is committed before anything is sent: a worker is quicker than a commit, would find the row locked by
    # the relay itself and leave it to the end of the lease.
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(DUE_SQL, [lease_seconds, BATCH])
        due = cursor.fetchall()
    for number, (delivery_id, tenant_id) in enumerate(due):
        try:
            deliver.apply_async(args=[str(delivery_id)], headers={HEADER: str(tenant_id)})
        except BrokerError:
            _give_back(alias, [str(unsent) for unsent, _tenant in due[number:]])
            raise
    return len(due)


def _give_back(alias: str, delivery_ids: list[str]) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(GIVE_BACK_SQL, [delivery_ids])


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
