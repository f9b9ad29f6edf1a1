from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.imports.kinds import kinds
from prm.imports.run import counts
from prm.imports.selectors import error_reason
from prm.imports.services import import_run, import_start, import_upload
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

ACTOR = Actor.system("manage.py import_file")


class Command(BaseCommand):
    help = "Import a CSV or XLSX file, as an import that can be listed and undone. Prints one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, help="subdomain of the vendor")
        parser.add_argument("--kind", required=True, choices=[kind.name for kind in kinds()])
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--update-existing", action="store_true", help="change master data that differs")
        parser.add_argument("--sender", default="", help="whose column mapping to use and remember")
        parser.add_argument("--mapping", type=json.loads, default=None, help='{"our column": "header in the file"}')

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            message = f"There is no vendor {options['tenant']!r}."
            raise CommandError(message, returncode=2)
        try:
            with tenant_context(tenant):
                self._import(options)
        except (DomainError, OSError) as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from error

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        with path.open("rb") as content:
            run = import_upload(
                actor=ACTOR, kind=options["kind"], name=path.name, content=content, sender=options["sender"],
                update_existing=options["update_existing"],
            )  # fmt: skip
        import_start(actor=ACTOR, import_id=run.pk, mapping=options["mapping"], dry_run=options["dry_run"])
        # Here and now; the queued delivery finds it done.
        run = import_run(actor=ACTOR, import_id=run.pk)
        self.stdout.write(
            json.dumps({"import": str(run.pk), "status": run.status, **counts(run), "message": run.message})
        )
        for error in run.errors.order_by("row", "id")[:20]:
            self.stderr.write(f"row {error.row} {error.column}: {error_reason(error)}")
