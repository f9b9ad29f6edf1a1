"""What `make up` does between starting the servers and starting the programs; each step only when something changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from prm.local import translations
from prm.local.layout import ROOT
from prm.local.ports import has_demo
from prm.tenancy.models import Tenant

OWNER_ALIAS = "owner"
DEMO_VENDORS = 2


class Command(BaseCommand):
    help = "Bring assets, translations, database and demo data up to date for `make up`."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        translations.compile_stale()
        self._assets()
        self._migrate()
        if has_demo():
            self._demo()

    def _assets(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        fingerprint = static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self._say("Preparing styles, scripts, fonts and icons ...")
        call_command("build_ui_assets", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(static_fingerprint())

    def _migrate(self) -> None:
        executor = MigrationExecutor(connections[OWNER_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Migrating the database ...")
            call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
        connections[OWNER_ALIAS].close()

    def _demo(self) -> None:
        if Tenant.objects.filter(is_demo=True).count() < DEMO_VENDORS:
            self._say("Creating the demo vendors (about a minute, once) ...")
            call_command("demo_create")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def static_fingerprint() -> str:
    """Changes with every file that ends up in the static directory, and with the packages."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in _static_sources():
        found = path.stat()
        digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_sources() -> Iterator[Path]:
    for directory in sorted({*ROOT.glob("*/static"), *ROOT.glob("*/*/static"), *ROOT.glob("*/*/management/commands")}):
        if ".venv" not in directory.parts and "var" not in directory.relative_to(ROOT).parts:
            for parent, _directories, names in os.walk(directory):
                yield from (Path(parent) / name for name in sorted(names) if not name.endswith(".pyc"))
