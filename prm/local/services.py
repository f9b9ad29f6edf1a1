"""The embedded servers of a checkout: their addresses, and starting and stopping them without the supervisor.

`addresses()` starts nothing, so settings may call it.
"""

from __future__ import annotations

import contextlib
import fcntl
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from prm.local.layout import Layout, LocalError, local_layout
from prm.local.postgres import Postgres, socket_url
from prm.local.process import (
    Program,
    forget,
    is_alive,
    recorded,
    signal_group,
    spawn,
    wait_gone,
)
from prm.local.redis import Redis

DATABASE = "prm"
START_SECONDS = 60.0
ENDING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """What settings need: three database logins and Redis, as URLs."""

    database_url: str
    database_owner_url: str
    database_worker_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "DATABASE_WORKER_URL": self.database_worker_url,
            "REDIS_URL": self.redis_url,
        }


def addresses(layout: Layout | None = None, *, database: str = DATABASE, redis_database: int = 0) -> Addresses:
    """Where the embedded servers listen, running or not."""
    layout = layout or local_layout()
    sockets = layout.postgres_socket_dir
    return Addresses(
        database_url=socket_url("prm_app", database, sockets),
        database_owner_url=socket_url("prm_owner", database, sockets),
        database_worker_url=socket_url("prm_worker", database, sockets),
        redis_url=f"unix://{layout.redis_socket}?db={redis_database}",
    )


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a file lock; the kernel releases it when the holder dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start(layout: Layout, servers: list[Postgres | Redis], *, supervised: bool) -> dict[str, subprocess.Popen[bytes]]:
    """Start the servers that are not running and wait until they answer; returns the processes started now."""
    started = {}
    with exclusive(layout.run / "services.lock"):
        for server in servers:
            server.prepare()
            if not _is_running(server):
                started[server.name] = spawn(server.program(), layout, supervised=supervised)
        for server in servers:
            _wait_ready(server, started.get(server.name))
    return started


def stop(layout: Layout, servers: list[Postgres | Redis], *, seconds: float = 8.0) -> list[str]:
    """Stop whatever of `servers` is running, whoever started it; returns the names of those stopped."""
    stopped = []
    with exclusive(layout.run / "services.lock"):
        for server in reversed(servers):
            process = _running(server)
            if process is None:
                continue
            end(server.program(), process.pid, seconds=seconds)
            forget(layout, server.name)
            stopped.append(server.name)
    return stopped


def end(program: Program, pid: int, *, seconds: float) -> None:
    """Ask, insist, kill: at most `seconds` in all."""
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return
    process.send_signal(program.stop_signal)
    if not wait_gone(process, seconds * 0.7):
        process.send_signal(program.impatient_signal or program.stop_signal)
        if not wait_gone(process, seconds * 0.3):
            signal_group(pid, signal.SIGKILL)
            wait_gone(process, 2)


def _running(server: Postgres | Redis) -> psutil.Process | None:
    """The living server, also one whose record was lost: a second one on its data would destroy it."""
    process = recorded(server.layout, server.name)
    return server.postmaster() if process is None and isinstance(server, Postgres) else process


def _is_running(server: Postgres | Redis) -> bool:
    """False once a server that is just ending (its supervisor was killed) has gone."""
    process = _running(server)
    if process is None:
        return False
    deadline = time.monotonic() + ENDING_SECONDS
    while not server.is_ready() and is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_alive(process)


def _wait_ready(server: Postgres | Redis, process: subprocess.Popen[bytes] | None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready():
        if process is not None and process.poll() is not None:
            raise LocalError(_failure(server, f"ended with status {process.returncode}"))
        if time.monotonic() > deadline:
            raise LocalError(_failure(server, f"did not answer within {START_SECONDS:.0f} seconds"))
        time.sleep(0.05)


def _failure(server: Postgres | Redis, what: str) -> str:
    log = server.layout.logs / f"{server.name}.log"
    return f"The embedded {server.name} {what}. Last lines of {log}:\n{tail(log, 15)}"


def tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def status(layout: Layout, servers: list[Postgres | Redis]) -> dict[str, int | None]:
    """Process id per server, None when it is not running."""
    found = {}
    for server in servers:
        process = _running(server)
        found[server.name] = process.pid if process is not None else None
    return found
