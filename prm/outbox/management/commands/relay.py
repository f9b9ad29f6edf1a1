from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from prm.outbox.relay import relay_forever
from prm.tenancy.checks import require_powerless_role


class Command(BaseCommand):
    help = "Carry outbox messages to Celery until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        require_powerless_role("worker")
        relay_forever()
