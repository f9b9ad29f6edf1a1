"""`manage.py up` as a process of its own, in a place of its own, with what it supervises."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2

from prm.local.layout import ROOT, Layout
from prm.local.postgres import Postgres
from prm.local.process import is_alive, recorded
from prm.testing.processes import http_status, wait_until


def surroundings(home: Path, port: int) -> dict[str, str]:
    """The environment of a user's shell: without the addresses of this test's own servers."""
    ours = ("DATABASE_", "REDIS_", "PRM_", "DJANGO_", "PYTEST_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return inherited | {"PRM_VAR_DIR": str(home), "PORT": str(port), "PRM_DEMO": "0"}


class Up:
    """One `manage.py up` in `home`, its output in a file."""

    def __init__(self, home: Path, port: int, **environment: str) -> None:
        self.layout = Layout(home)
        self.port = port
        self.output = home.parent / "output"
        command = [sys.executable, "manage.py", "up"]
        environment = surroundings(home, port) | environment
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)

    def text(self) -> str:
        return self.output.read_text()

    def wait_ready(self, seconds: float = 120.0) -> float:
        """Seconds until it says that it is ready."""
        begun = time.monotonic()

        def is_ready() -> bool:
            assert self.process.poll() is None, self.text()  # noqa: S101 (test support)
            return f"Ready: http://localhost:{self.port}" in self.text()

        wait_until(is_ready, seconds, "Ready")
        return time.monotonic() - begun

    def answers(self) -> bool:
        return http_status(self.port, "/healthz") == 200

    def child(self, name: str) -> psutil.Process:
        found = recorded(self.layout, name)
        assert found is not None, name  # noqa: S101 (test support)
        return found

    def is_running(self, name: str) -> bool:
        return recorded(self.layout, name) is not None

    def stop(self) -> float:
        """Seconds from SIGTERM to the end."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - begun

    def query(self, statement: str) -> object:
        connection = psycopg2.connect(Postgres(self.layout).admin_url("prm"))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone() if cursor.description else None
        finally:
            connection.close()


def descendants(home: Path) -> list[psutil.Process]:
    """Every living process that was started for `home`, whatever its parent is now."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PRM_VAR_DIR") == str(home) and is_alive(process):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
