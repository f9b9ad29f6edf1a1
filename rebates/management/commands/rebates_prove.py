from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.proof import accruals_differences
from rebates.selectors.payments import paid_differences


class Command(BaseCommand):
    help = (
        "Prove that accrued + payable + paid + forfeited equals what the engine evaluates, and paid what the lines of "
        "paid payments come to; exit 1 when not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the vendor's subdomain")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no vendor {options['tenant']!r}.", returncode=2)
        with tenant_context(tenant):
            differences, unpaid = accruals_differences(), paid_differences()
        for one in differences:
            place = f"partner {one.partner_code}, program {one.program_code}" + (one.period and f", {one.period}")
            self.stdout.write(f"{place}: ledger {one.ledger:f}, engine {one.engine:f} {one.currency}")
        for partner_id, program_id, period, currency, ledger, lines in unpaid:
            place = f"paid, partner {partner_id}, program {program_id}, {period}"
            self.stdout.write(f"{place}: ledger {ledger:f}, settled lines {lines:f} {currency}")
        if differences or unpaid:
            raise CommandError(f"{len(differences) + len(unpaid)} differences.", returncode=1)
        self.stdout.write(self.style.SUCCESS("No differences."))
