"""What the relay and a worker would do, inside a test's own transaction."""

from __future__ import annotations

from django.test import TestCase

from prm import clock
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named


def relay() -> int:
    """Run what is due at the active vendor, and what comes of it, until nothing is; returns how many deliveries."""
    count = 0
    while True:
        due = Delivery.objects.filter(done_at=None, due_at__lte=clock.now()).select_related("message")
        one = due.order_by("due_at", "pk").first()
        if one is None:
            return count
        with TestCase.captureOnCommitCallbacks(execute=True):
            handler_named(one.handler)(one.message.payload)
            Delivery.objects.filter(pk=one.pk).update(done_at=clock.now())
        count += 1
