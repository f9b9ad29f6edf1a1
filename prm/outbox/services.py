from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from prm import clock
from prm.outbox.models import Delivery, Message
from prm.outbox.registry import handlers_of

CHANNEL = "prm_outbox"


def emit(topic: str, payload: Mapping[str, Any], *, delay: dt.timedelta = dt.timedelta(0)) -> Message:
    """Announce a fact in the caller's transaction. Payloads are thin: ids, not contents. `delay` puts delivery off."""
    message: Message = Message.objects.create(topic=topic, payload=dict(payload))
    due = clock.now() + delay
    deliveries = [Delivery(message=message, handler=name, due_at=due) for name in handlers_of(topic)]
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        with connection.cursor() as cursor:
            # Told by PostgreSQL on commit only, and folded into one notice per transaction.
            cursor.execute(f"NOTIFY {CHANNEL}")
    return message


def delivery_retry(delivery: Delivery) -> None:
    """Give a parked delivery a fresh set of attempts."""
    delivery.parked_at, delivery.attempts, delivery.due_at = None, 0, clock.now()
    delivery.save(update_fields=["parked_at", "attempts", "due_at"])


def deliveries_skip(handlers: Collection[str], *, before: dt.datetime) -> int:
    """Count as done what was announced before a moment and is no news any more; returns how many deliveries."""
    old = Delivery.objects.filter(handler__in=handlers, message__created_at__lt=before, done_at=None, parked_at=None)
    return old.update(done_at=clock.now())
