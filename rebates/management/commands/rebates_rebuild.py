from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.models import Rebuild
from rebates.selectors.rebuilds import rebuild_progress
from rebates.services.accruals import accruals_rebuild
from rebates.services.rebuild import rebuild_start
from rebates.states import RebuildStatus

POLL_SECONDS = 1.0


class Command(BaseCommand):
    help = "Recalculate all accruals of a vendor and bring the ledger's open periods to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the vendor's subdomain")
        parser.add_argument("--workers", action="store_true", help="split the work over the workers and wait for them")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no vendor {options['tenant']!r}.", returncode=2)
        actor = Actor.system("rebates_rebuild")
        if options["workers"]:
            self._by_workers(tenant, actor)
            return
        with tenant_context(tenant):
            change = accruals_rebuild(actor=actor)
        self.stdout.write(
            f"{change.written} written, {change.deleted} deleted, {change.adjustments} adjustments,"
            f" {change.exceptions} exceptions changed."
        )

    def _by_workers(self, tenant: Tenant, actor: Actor) -> None:
        with tenant_context(tenant):
            rebuild = rebuild_start(actor=actor)
        seen = -1
        while True:
            with tenant_context(tenant):
                rebuild = Rebuild.objects.get(pk=rebuild.pk)
                progress = rebuild_progress(rebuild)
            if progress.done != seen:
                seen = progress.done
                self.stdout.write(f"{progress.done} of {progress.total} parts, {progress.changed} rows changed")
            if rebuild.status == RebuildStatus.DONE:
                self.stdout.write(f"Done; {rebuild.corrected} accounts of the ledger corrected.")
                return
            time.sleep(POLL_SECONDS)
