from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from prm.outbox.relay import relay_forever


class Command(BaseCommand):
    help = "Carry outbox messages to Celery until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        relay_forever()
