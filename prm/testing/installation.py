"""A whole installation for one test module to break: `manage.py up` with servers of its own, none of them the suite's.

What is killed here, the product's own supervisor brings back. A test does not sleep in the hope of meeting the work in
its middle: `paused` holds a table, so that whoever has come to write to it stands still until it is let go or killed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import redis
from django.conf import settings
from django.db import connections
from django.test import Client
from psycopg2 import extensions

from prm.db.bootstrap import bootstrap, privileges_ensure
from prm.identity.models import User
from prm.local import services, testing
from prm.local.layout import Layout
from prm.local.management.commands.local_prepare import static_fingerprint
from prm.local.postgres import Postgres, binary
from prm.local.process import wait_gone
from prm.local.redis import Redis
from prm.testing.processes import free_port, wait_until
from prm.testing.up import Up, descendants

PATIENCE = 120.0
"""Seconds that anything may take on a machine that is busy with other things."""

OVERDUE_SQL = "UPDATE outbox_delivery SET due_at = now() WHERE done_at IS NULL AND parked_at IS NULL"
WAITING_SQL = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
HOLDING_UP_SQL = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got over the wire; status 0 when nobody answered."""

    status: int
    body: Any = None
    is_replay: bool = False


class Installation:
    """Its programs, what to do to them, and its database."""

    def __init__(self, home: Path) -> None:
        self.layout = Layout(home)
        # Files and sessions that this process makes are the installation's, too.
        shared = {"PRM_MEDIA_ROOT": str(settings.MEDIA_ROOT), "PRM_SECRET_KEY": settings.SECRET_KEY}
        self.up = Up(home, free_port(), PRM_VISIBILITY_TIMEOUT="5", **shared)
        self._pool = ThreadPoolExecutor(8)

    def stop(self) -> None:
        self._pool.shutdown()
        if self.up.process.poll() is None:
            self.up.stop()
        for process in descendants(self.layout.home):
            process.kill()

    # Faults

    def kill(self, *names: str) -> None:
        """SIGKILL to every process of these programs at once, as when the machine that runs them fails."""
        victims = [self.up.child(name) for name in names]
        for victim in victims:
            os.killpg(victim.pid, signal.SIGKILL)
        for victim in victims:
            if not wait_gone(victim, 10):
                message = f"{victim} survived SIGKILL"
                raise AssertionError(message)
        connections["default"].close()

    def kill_pool(self) -> None:
        """SIGKILL to the processes below the worker's main one, which takes in others and sends their tasks again."""
        for child in self.up.child("worker").children():
            child.kill()

    def lose_redis(self) -> None:
        """Kill Redis, and its disk with it: queue and cache are empty when it is back."""
        with self.unsupervised():
            self.kill("redis")
            shutil.rmtree(self.layout.redis_data)
            self.layout.redis_data.mkdir()

    def wait_back(self, *names: str) -> None:
        """Until the supervisor has brought them back and the servers answer."""
        for name in names:
            wait_until(lambda name=name: self.up.is_running(name), PATIENCE, f"a new {name}")
        servers: list[Postgres | Redis] = [Postgres(self.layout), Redis(self.layout)]
        wait_until(lambda: all(server.is_ready() for server in servers), PATIENCE, "servers that answer")
        wait_until(self.up.answers, PATIENCE, "an answering site")

    @contextlib.contextmanager
    def frozen(self, *processes: psutil.Process) -> Iterator[None]:
        """They stand still, and what waits for them waits."""
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    @contextlib.contextmanager
    def unsupervised(self) -> Iterator[None]:
        """What dies in the block stays dead until its end."""
        with self.frozen(psutil.Process(self.up.process.pid)):
            yield

    # Pauses

    @contextlib.contextmanager
    def paused(self, *tables: str) -> Iterator[None]:
        """Whoever wants to write to one of the tables waits until the block ends, or the database does."""
        connection = psycopg2.connect(self.admin_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
            yield
        finally:
            connection.close()

    def wait_paused(self, table: str, count: int = 1) -> None:
        wait_until(lambda: self.count(WAITING_SQL, table) >= count, PATIENCE, f"{count} who wait for {table}")

    def wait_let_go(self, table: str) -> None:
        """Until the database has noticed that nobody is there any more to wait for the table."""
        wait_until(lambda: not self.count(WAITING_SQL, table), PATIENCE, f"the end of who waits for {table}")

    def wait_held_up(self) -> None:
        """Until somebody waits for a vendor's lock that another one holds."""
        wait_until(lambda: self.count(HOLDING_UP_SQL) > 0, PATIENCE, "somebody who waits for a vendor's lock")

    def pass_a_minute(self) -> None:
        """Leases end and whoever looks again does so now: what the installation would do by itself within a minute."""
        with self.admin() as connection, connection.cursor() as cursor:
            cursor.execute(OVERDUE_SQL)

    def unacknowledged(self) -> int:
        """Tasks that a worker has taken, or nobody yet, and of which the broker does not know the end."""
        client = redis.Redis.from_url(Redis(self.layout).url())
        try:
            return int(client.hlen("unacked")) + int(client.llen("celery"))
        finally:
            client.close()

    # The database

    @property
    def admin_url(self) -> str:
        return Postgres(self.layout).admin_url(services.DATABASE)

    def admin(self) -> contextlib.AbstractContextManager[extensions.connection]:
        return testing.admin(self.admin_url)

    def count(self, statement: str, *values: Any) -> int:
        with self.admin() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    @contextlib.contextmanager
    def queried(self) -> Iterator[None]:
        """In the block, the queries of this process go to the installation's database, as `prm_app`."""
        default = connections["default"]
        default.close()
        kept = default.settings_dict.copy()
        default.settings_dict.update(HOST=str(self.layout.postgres_socket_dir), NAME=services.DATABASE)
        try:
            yield
        finally:
            default.close()
            default.settings_dict.update(kept)

    # Requests

    def post(self, slug: str, token: str, path: str, body: Any, *, key: str) -> Future[Answer]:
        """POST to the API in a thread of its own, because its answer may have to wait for the test."""
        return self._pool.submit(self._post, slug, token, path, body, key)

    def way(self, slug: str, user: User) -> str:
        """Where the vendor's front door sends this member."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        headers = {"Host": f"{slug}.localhost", "Cookie": f"{name}={client.cookies[name].value}"}
        wire = http.client.HTTPConnection("127.0.0.1", self.up.port, timeout=PATIENCE)
        try:
            wire.request("GET", "/", headers=headers)
            return wire.getresponse().getheader("Location", "")
        finally:
            wire.close()

    def _post(self, slug: str, token: str, path: str, body: Any, key: str) -> Answer:
        headers = {"Host": f"{slug}.localhost", "Authorization": f"Bearer {token}", "Idempotency-Key": key}
        wire = http.client.HTTPConnection("127.0.0.1", self.up.port, timeout=PATIENCE)
        try:
            wire.request(
                "POST", f"/api/v1/{path}", json.dumps(body).encode(), headers | {"Content-Type": "application/json"}
            )
            response = wire.getresponse()
            text = response.read()
            return Answer(
                response.status, json.loads(text) if text else None, "Idempotency-Replayed" in response.headers
            )
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            wire.close()


def installation_start(home: Path) -> Installation:
    """With the schema of this session's database, so that the first start has nothing to migrate or to build."""
    layout = Layout(home)
    layout.create()
    server = Postgres(layout)
    services.start(layout, [server], supervised=False)
    try:
        _schema_copy(server)
    finally:
        services.stop(layout, [server])
    stamp = home / "static" / ".stamp"
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(static_fingerprint())
    installation = Installation(home)
    try:
        installation.up.wait_ready(PATIENCE)
    except AssertionError:
        installation.stop()
        raise
    return installation


def _schema_copy(server: Postgres) -> None:
    bootstrap(server.admin_url())
    with testing.admin(server.admin_url()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {services.DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    dump = [str(binary("pg_dump")), "--format=plain", testing.claimed_slot().admin_url]
    text = subprocess.run(dump, check=True, capture_output=True).stdout
    target = server.admin_url(services.DATABASE)
    load = [str(binary("psql")), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", target]
    subprocess.run(load, check=True, capture_output=True, input=text)
    with testing.admin(target) as connection, connection.cursor() as cursor:
        privileges_ensure(cursor)
