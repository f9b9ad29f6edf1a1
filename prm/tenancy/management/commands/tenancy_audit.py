from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from prm.tenancy.audit import findings


class Command(BaseCommand):
    help = "Look in the database catalog for holes in the walls between vendors; fails when there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="default", help="Database alias to look at.")

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            found = findings(cursor)
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} findings.", returncode=1)
        self.stdout.write("No findings: every table has its walls.")
