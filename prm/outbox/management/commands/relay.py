from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from prm.outbox.relay import relay_forever
from prm.tenancy.checks import require_powerless_role


class Command(BaseCommand):
    help = "Carry outbox messages to Celery until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        require_powerless_role("worker")
        if connections["worker"].settings_dict["USER"] == connections["default"].settings_dict["USER"]:
            # As the app's role it would see no tenant's deliveries, and nobody would be told.
            raise CommandError("The relay needs its own login: set DATABASE_WORKER_URL to that of prm_worker.")
        relay_forever()
