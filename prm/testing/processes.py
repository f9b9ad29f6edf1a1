"""A Celery worker with its outbox relay, and a web server, as processes of their own on the test's database and Redis.

They inherit the test process's environment, and with it its claim of a database (`prm.local.testing`).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from prm.local.layout import ROOT
from prm.local.process import Program, launch_argv
from prm.local.testing import scratch_path

PYTHON = sys.executable
READY_SECONDS = 60.0


@dataclass
class Child:
    """A process in a session of its own, its output in a file that a failing test can show.

    It ends with the process that started it: what a stopped run left behind would take the tasks of the next one.
    """

    name: str
    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return scratch_path("log", f"{self.name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.log")

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} is not running"  # noqa: S101 (test support)
        return self.process.pid

    def start(self) -> None:
        program = Program(self.name, tuple(self.argv), ROOT)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                launch_argv(program, supervised=True),
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As a crash would: the whole session at once, without a chance to clean up."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def stop(self, seconds: float = 8.0) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()

    def tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def wait_until(condition, seconds: float = 10.0, what: str = "the condition", step: float = 0.05) -> None:  # type: ignore[no-untyped-def]
    """Poll `condition()` until it is true; AssertionError naming `what` otherwise."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"{what} did not become true within {seconds:g} seconds"
            raise AssertionError(message)
        time.sleep(step)


class WorkerProcesses:
    """`celery worker` (prefork) and `manage.py relay`; restart them, kill parts of them, wait for them to be idle."""

    def __init__(self, concurrency: int = 1) -> None:
        celery = [PYTHON, "-m", "celery", "-A", "prm", "worker", "--loglevel=INFO", "--pool=prefork"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", f"--concurrency={concurrency}"]
        self.worker = Child("worker", [*celery, *quiet, f"--hostname=test{os.getpid()}@localhost"])
        self.relay = Child("relay", [PYTHON, "manage.py", "relay"])

    def start(self) -> None:
        self.worker.start()
        self.relay.start()
        self._wait_ready()

    def ensure(self) -> None:
        """Bring back what a test has killed."""
        dead = [child for child in (self.worker, self.relay) if not child.alive()]
        for child in dead:
            child.start()
        if dead:
            self._wait_ready()

    def stop(self) -> None:
        self.relay.stop()
        self.worker.stop()

    def pool_pids(self) -> list[int]:
        """Processes that run tasks, below the worker's main process."""
        return [child.pid for child in psutil.Process(self.worker.pid).children()]

    def wait_idle(self, seconds: float = 20.0) -> None:
        """Until nothing is queued and nothing is running or reserved."""
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        try:
            wait_until(lambda: not _pending(client), seconds, f"an idle worker; its log:\n{self.worker.tail()}")
        finally:
            client.close()

    def _wait_ready(self) -> None:
        from prm.celery import app

        def answers() -> bool:
            if not self.worker.alive():
                message = f"The worker ended:\n{self.worker.tail()}"
                raise AssertionError(message)
            return bool(app.control.ping(timeout=1.0, limit=1))

        wait_until(answers, READY_SECONDS, "an answering worker")


def _pending(client: redis.Redis) -> int:
    """Messages queued or delivered and not yet acknowledged."""
    queues = [key for key in client.scan_iter(_type="LIST") if b"reply" not in key and b"pidbox" not in key]
    return sum(int(client.llen(key)) for key in queues) + int(client.hlen("unacked"))


class SiteProcess:
    """The web server that production runs, on a free port of the loopback address."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        self.child = Child(
            "site",
            [*command, "--workers", "1", "--blocking-threads", "4", "prm.wsgi:application"],
            {"PORT": str(self.port)},
        )

    def start(self) -> None:
        self.child.start()
        wait_until(self._answers, READY_SECONDS, "an answering site")

    def stop(self) -> None:
        self.child.stop()

    def url(self, path: str = "/", tenant: str = "demo") -> str:
        return f"http://{tenant}.localhost:{self.port}{path}"

    def _answers(self) -> bool:
        if not self.child.alive():
            message = f"The site ended:\n{self.child.tail()}"
            raise AssertionError(message)
        return http_status(self.port, "/healthz") is not None


def http_status(port: int, path: str, host: str = "localhost") -> int | None:
    """Status of a GET on the loopback address, None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(processes: WorkerProcesses | SiteProcess) -> Iterator[None]:
    try:
        processes.start()
        yield
    finally:
        processes.stop()
