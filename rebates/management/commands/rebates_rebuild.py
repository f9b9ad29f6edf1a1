from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.services.accruals import accruals_rebuild


class Command(BaseCommand):
    help = "Recalculate all accruals of a vendor and bring the ledger's open periods to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the vendor's subdomain")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no vendor {options['tenant']!r}.", returncode=2)
        with tenant_context(tenant):
            change = accruals_rebuild(actor=Actor.system("rebates_rebuild"))
        self.stdout.write(
            f"{change.written} written, {change.deleted} deleted, {change.adjustments} adjustments,"
            f" {change.exceptions} exceptions changed."
        )
