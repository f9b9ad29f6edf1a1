from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.imports.services import import_undo
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Undo an import while nothing settled relies on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import_id", type=UUID)
        parser.add_argument("--tenant", required=True, help="subdomain of the vendor")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            message = f"There is no vendor {options['tenant']!r}."
            raise CommandError(message, returncode=2)
        try:
            with tenant_context(tenant):
                run = import_undo(actor=Actor.system("manage.py import_undo"), import_id=options["import_id"])
        except DomainError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"{run.file.name}: {run.status}")
