"""The migrated scratch database of this process, for the test session and for checks that need a real catalogue."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connections

from prm.local import testing


@contextlib.contextmanager
def scratch_database() -> Iterator[frozenset[str]]:
    """Servers and a fresh database in the process's slot for the time of the block; yields the tables to keep."""
    slot = testing.claimed_slot()
    with testing.running_servers(slot.layout):
        kept = testing.create_database(slot, _migrate)
        try:
            yield kept
        finally:
            connections.close_all()
            testing.drop_database(slot)


def _migrate(database: str) -> None:
    owner = connections["owner"]
    name = owner.settings_dict["NAME"]
    owner.settings_dict["NAME"] = database
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = name
