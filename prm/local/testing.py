"""The tests' own servers: one scratch cluster and Redis per checkout, one database of each per test process.

Settings call `environment()` while they load, which claims a slot (a database name and a Redis number) for the process
and starts nothing. The session's fixtures call the rest. A slot is a file lock, so a killed run frees it; programs that
a test starts inherit the claim through the environment and thereby use the same database.

Migrated once per state of the migrations into a template; each process clones the template.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import psycopg2
from psycopg2 import extensions, sql

from prm.db.bootstrap import bootstrap, privileges_ensure
from prm.local import services
from prm.local.layout import ROOT, Layout, LocalError, local_layout
from prm.local.postgres import Postgres
from prm.local.redis import Redis

SLOTS = 60
TEMPLATES_KEPT = 3
CLAIM_VARIABLE = "PRM_TEST_CLAIM"

# Everything whose change makes an existing template wrong.
SCHEMA_SOURCES = ("*/migrations/*.py", "*/*/migrations/*.py", "prm/db/*.py", "requirements.lock")


@dataclass(frozen=True, slots=True)
class Slot:
    """One test process's share of the scratch servers."""

    layout: Layout
    number: int
    lock: IO[str]

    @property
    def database(self) -> str:
        return f"test_{self.number}"

    @property
    def admin_url(self) -> str:
        return Postgres(self.layout).admin_url(self.database)

    @property
    def owner_url(self) -> str:
        return Postgres(self.layout).url("prm_owner", self.database)


def test_layout() -> Layout:
    return Layout(local_layout().home / "test")


def environment() -> None:
    """Point this process, and those it starts, at a database of its own; keep the claim of a test that started it."""
    claim = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if os.environ.get(CLAIM_VARIABLE) == claim:
        return
    slot = claimed_slot()
    found = services.addresses(slot.layout, database=slot.database, redis_database=slot.number)
    os.environ.update(found.environment())
    os.environ[CLAIM_VARIABLE] = claim


@cache
def claimed_slot() -> Slot:
    """The slot of this process, held until it ends."""
    layout = test_layout()
    directory = layout.run / "slots"
    directory.mkdir(parents=True, exist_ok=True)
    for number in range(1, SLOTS + 1):
        lock = (directory / str(number)).open("a")
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Slot(layout, number, lock)
        lock.close()
    message = f"{SLOTS} test processes are running in this checkout already."
    raise LocalError(message)


@contextlib.contextmanager
def running_servers(layout: Layout) -> Iterator[None]:
    """Scratch servers for the time of the block; the last of several test runs to leave stops them."""
    layout.create()
    servers: list[Postgres | Redis] = [
        Postgres(layout, durable=False),
        Redis(layout, durable=False, databases=SLOTS + 1),
    ]
    with (layout.run / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        services.start(layout, servers, supervised=False)
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                services.stop(layout, servers)


def create_database(slot: Slot, migrate: Callable[[str], None]) -> frozenset[str]:
    """Make the slot's database from the template; returns the tables that migrations filled.

    `migrate(database)` runs the migrations as the owner when there is no template for their present state.
    """
    admin_url = Postgres(slot.layout).admin_url()
    template = f"template_{schema_fingerprint()}"
    with services.exclusive(slot.layout.run / "template.lock"), admin(admin_url) as server:
        if not _is_template(server, template):
            _build_template(server, slot, template, migrate)
            _prune_templates(server, keep=template)
        _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", slot.database)
        _execute(server, "CREATE DATABASE {} TEMPLATE {} OWNER prm_owner", slot.database, template)
    with admin(slot.admin_url) as connection, connection.cursor() as cursor:
        # Privileges on the database itself are not cloned.
        privileges_ensure(cursor)
        return _filled_tables(connection)


def drop_database(slot: Slot) -> None:
    with admin(Postgres(slot.layout).admin_url()) as server:
        _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", slot.database)


def empty_database(slot: Slot, keep: frozenset[str]) -> None:
    """Delete all rows but those of `keep`, as the administrator: append-only tables refuse everybody else.

    A worker that a test left at work may hold some of them: the server then ends one of the two, and we try again.
    """
    for _attempt in range(EMPTY_ATTEMPTS - 1):
        with contextlib.suppress(psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable):
            return _empty(slot, keep)
    return _empty(slot, keep)


def _empty(slot: Slot, keep: frozenset[str]) -> None:
    with admin(slot.admin_url) as connection, connection.cursor() as cursor:
        # DELETE of a few rows is many times faster than TRUNCATE of every table. "replica" silences triggers.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET lock_timeout = '15s'")
        cursor.execute("SELECT set_config('prm.kept', %s, false)", [",".join(sorted(keep))])
        cursor.execute(EMPTY_TABLES)


EMPTY_ATTEMPTS = 5
EMPTY_TABLES = """
DO $$
DECLARE
    name text;
    filled boolean;
    kept text[] := string_to_array(current_setting('prm.kept'), ',');
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY (kept) LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM public.%I', name);
        END IF;
    END LOOP;
END $$
"""


@cache
def schema_fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SCHEMA_SOURCES for path in ROOT.glob(pattern)}):
        if ".venv" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def admin(url: str) -> Iterator[extensions.connection]:
    connection: extensions.connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def _execute(connection: extensions.connection, statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _is_template(server: extensions.connection, name: str) -> bool:
    with server.cursor() as cursor:
        cursor.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() == (True,)


def _build_template(server: extensions.connection, slot: Slot, name: str, migrate: Callable[[str], None]) -> None:
    _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    bootstrap(Postgres(slot.layout).admin_url(), name)
    migrate(name)
    # Marked last: a template that a killed run left half-built is built again.
    _execute(server, "ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", name)


def _prune_templates(server: extensions.connection, keep: str) -> None:
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%' AND datname <> %s ORDER BY oid DESC",
            [keep],
        )
        old = [name for (name,) in cursor.fetchall()[TEMPLATES_KEPT - 1 :]]
        for name in old:
            cursor.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(name)))
            _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def _filled_tables(connection: extensions.connection) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        filled = set()
        for name in names:
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name)))
            if cursor.fetchone() == (True,):
                filled.add(name)
    return frozenset(filled)


def scratch_path(*parts: str) -> Path:
    """A path below the tests' directory, for logs and screenshots; its parent exists afterwards."""
    path = test_layout().home.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
