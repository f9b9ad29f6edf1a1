from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.db.bootstrap import APP, OWNER, WORKER, bootstrap

ALIASES = {APP: "default", OWNER: "owner", WORKER: "worker"}


class Command(BaseCommand):
    help = (
        "Create or repair the roles prm_owner, prm_app and prm_worker, the database and its privileges on a server. "
        "Their passwords are set to those in DATABASE_URL, DATABASE_OWNER_URL and DATABASE_WORKER_URL."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin-url", required=True, help="URL of a superuser, or of a role with CREATEROLE")

    def handle(self, **options: Any) -> None:
        try:
            bootstrap(options["admin_url"], _database(), _passwords())
        except psycopg2.Error as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Database {_database()} is ready for `manage.py migrate --database owner`.")


def _passwords() -> dict[str, str]:
    passwords = {}
    for role, alias in ALIASES.items():
        configured = settings.DATABASES[alias]
        if configured["USER"] != role:
            message = f"The URL for {role} logs in as {configured['USER']!r}."
            raise CommandError(message)
        if configured["PASSWORD"]:
            passwords[role] = configured["PASSWORD"]
    return passwords


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])
