"""`manage.py up` as a user meets it: real processes, killed and stopped, in a place of their own without demo data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from prm.local.layout import ROOT, Layout, LocalError
from prm.local.lock import held
from prm.local.process import is_alive
from prm.testing.processes import free_port, http_status, wait_until
from prm.testing.up import Up, descendants, surroundings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("supervisor")]

PROGRAMS = {"postgres", "redis", "web", "worker", "relay", "beat"}


def second_start_limit() -> float:
    """Promised: 15 seconds on a machine with nothing else to do; as many times more as this one is busy."""
    return 15.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def listening_ports(home: Path) -> set[int]:
    found = (each for process in descendants(home) for each in process.net_connections("inet"))
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found = tmp_path_factory.mktemp("up") / "var"
    yield found
    for process in descendants(found):
        process.kill()


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start_one(port: int = 0) -> Up:
        up = Up(home, port or free_port())
        started.append(up)
        return up

    yield start_one
    for up in started:
        if up.process.poll() is None:
            up.stop()


def test_start_stop_start_kill_start(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.wait_ready()
    assert up.answers()
    assert {name for name in PROGRAMS if up.is_running(name)} == PROGRAMS
    assert listening_ports(home) == {up.port}
    up.query("CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)")
    assert up.stop() < 10
    assert up.process.returncode == 0
    assert descendants(home) == []

    up = start(up.port)
    assert up.wait_ready() < second_start_limit()
    assert up.query("SELECT sum(id) FROM kept") == (42,)
    up.query("INSERT INTO kept VALUES (43)")
    before = {process.pid for process in descendants(home)}
    assert len(before) >= len(PROGRAMS)
    up.process.kill()
    up.process.wait()

    up = start(up.port)
    assert up.wait_ready() < second_start_limit() + 5
    assert not before & {process.pid for process in descendants(home)}
    assert up.query("SELECT sum(id) FROM kept") == (85,)
    assert up.answers()


def test_children_come_back_pools_end_and_a_second_up_is_refused(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.wait_ready()
    command = [sys.executable, "manage.py", "up"]
    environment = surroundings(home, free_port())
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"is running in this checkout already: process {up.process.pid}" in second.stderr

    wait_until(lambda: len(up.child("worker").children()) >= 2, 40, "the worker's pool")
    pool = up.child("worker").children()
    for name in ("web", "worker", "postgres", "redis"):
        killed = up.child(name)
        killed.send_signal(signal.SIGKILL)
        wait_until(lambda killed=killed: not is_alive(killed), 5, f"the end of {name}")
        wait_until(lambda name=name: up.is_running(name), 20, f"a new {name}")
        assert f"{name} ended (killed by SIGKILL)" in up.text()
    assert not any(is_alive(process) for process in pool)
    wait_until(up.answers, 30, "an answer after everything was killed")


def test_up_ends_when_its_make_is_killed(home: Path) -> None:
    """`kill -9` of make reaches nobody else: the supervisor has to notice."""
    script = "import subprocess, sys; subprocess.run([sys.executable, 'manage.py', 'up'])"
    port = free_port()
    environment = surroundings(home, port) | {"PRM_STOP_WITH_PARENT": "1"}
    make = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: make.poll() is not None or http_status(port, "/healthz") == 200, 120, "an answer")
    assert make.poll() is None
    make.kill()
    make.wait()
    wait_until(lambda: descendants(home) == [], 12, "the end of everything")


def test_up_waits_for_one_that_is_ending_and_for_no_other(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.create()
    with held(layout, 8000) as tell_ending:
        with (
            pytest.raises(LocalError, match=f"already: process {os.getpid()}, http://demo.localhost:8000"),
            held(layout, 1),
        ):
            pass
        tell_ending()
        script = (
            "from prm.local.layout import local_layout; from prm.local.lock import held\n"
            "with held(local_layout(), 1): pass"
        )
        environment = surroundings(tmp_path, 1)
        waiting = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1.5)
    assert waiting.wait(10) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_taken_port_is_named_before_anything_starts(tmp_path: Path, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with taken:
        port = taken.getsockname()[1]
        up = Up(tmp_path / "var", port)
        assert up.process.wait(20) == 1
    assert f"Port {port} is taken by" in up.text()
    assert f"process {os.getpid()}" in up.text()
    assert not up.layout.postgres_data.exists()


def test_stop_while_still_preparing(tmp_path: Path) -> None:
    up = Up(tmp_path / "var", free_port())
    wait_until(lambda: "Preparing" in up.text() or up.process.poll() is not None, 30, "the preparation")
    assert up.stop() < 10
    assert "Ready" not in up.text()
    assert descendants(tmp_path / "var") == []


def test_plain_database_url_alone_is_explained(tmp_path: Path) -> None:
    up = Up(tmp_path / "var", free_port(), DATABASE_URL=f"postgresql://prm_app@/prm?host={tmp_path}")
    assert up.process.wait(30) == 1
    assert "The database in DATABASE_URL cannot be reached" in up.text()
    assert descendants(tmp_path / "var") == []
