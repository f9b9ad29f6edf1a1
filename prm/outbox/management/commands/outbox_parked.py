from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.outbox.models import Delivery
from prm.outbox.services import delivery_retry
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant


class Command(BaseCommand):
    help = (
        "List what the outbox has given up after all attempts, of every vendor; exit 1 when there is any. "
        "With --retry each gets a fresh set of attempts, and the exit is 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="the subdomain of one vendor")
        parser.add_argument("--retry", action="store_true", help="try again, once the cause is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for tenant in _tenants(options["tenant"]):
            with tenant_context(tenant):
                parked = Delivery.objects.filter(parked_at__isnull=False).select_related("message")
                for delivery in parked.select_for_update(of=("self",)).order_by("parked_at"):
                    count += 1
                    self.stdout.write(_line(tenant, delivery))
                    if options["retry"]:
                        delivery_retry(delivery)
        if count and not options["retry"]:
            raise CommandError(f"{count} parked.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"{count} sent again." if options["retry"] else "Nothing is parked."))


def _tenants(slug: str | None) -> Iterator[Tenant]:
    found = Tenant.objects.filter(slug=slug) if slug else Tenant.objects.all()
    if slug and not found:
        raise CommandError(f"There is no vendor {slug!r}.", returncode=2)
    yield from found.order_by("slug")


def _line(tenant: Tenant, delivery: Delivery) -> str:
    moment = delivery.parked_at.isoformat(timespec="seconds") if delivery.parked_at else ""
    what = f"{delivery.message.topic} to {delivery.handler}"
    return f"{tenant.slug} {moment} {what}, {delivery.attempts} attempts: {delivery.last_error}"
