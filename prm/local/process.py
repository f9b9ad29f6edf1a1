"""Starting, recognising and ending server processes.

A process is recognised by its id *and* its start time, written to `run/<name>.pid`: ids are reused, in containers
after every restart.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from prm.local.layout import Layout

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """One server program: what to execute and how to ask it to stop."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    capability: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    impatient_signal: signal.Signals | None = None
    niceness: int = 0


def launch_argv(program: Program, *, supervised: bool) -> list[str]:
    """The command line that runs `program` through the launcher; supervised programs die with this process."""
    argv = [sys.executable, "-I", "-S", str(LAUNCHER)]
    if program.account:
        argv += ["--account", program.account]
    if program.capability is not None:
        argv += ["--capability", str(program.capability)]
    if program.niceness:
        argv += ["--nice", str(program.niceness)]
    if supervised:
        argv += ["--parent", str(os.getpid()), "--death-signal", str(int(program.stop_signal))]
    return [*argv, "--", *program.argv]


def spawn(program: Program, layout: Layout, *, supervised: bool) -> subprocess.Popen[bytes]:
    """Start `program` in a session of its own, its output appended to `log/<name>.log`.

    Call it from the main thread: the kernel sends the death signal when the *thread* that started the child ends.
    """
    log = layout.logs / f"{program.name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            launch_argv(program, supervised=supervised),
            cwd=program.cwd,
            env={**os.environ, **program.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _record(layout, program.name, process.pid)
    return process


def _record(layout: Layout, name: str, pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        started = psutil.Process(pid).create_time()
        (layout.run / f"{name}.pid").write_text(f"{pid} {started}\n")


def recorded(layout: Layout, name: str) -> psutil.Process | None:
    """The living process last started under `name`, or None."""
    try:
        pid, started = (layout.run / f"{name}.pid").read_text().split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(started)) < 0.05
        return process if same and is_alive(process) else None
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None


def recorded_names(layout: Layout) -> list[str]:
    return sorted(path.stem for path in layout.run.glob("*.pid"))


def forget(layout: Layout, name: str) -> None:
    (layout.run / f"{name}.pid").unlink(missing_ok=True)


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """True once the process has ended; works for processes that are not our children."""
    deadline = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the whole session of a spawned program: pool workers of a killed parent are still in it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def group_alive(pid: int) -> bool:
    """True while any living process of the session is left (zombies do not count)."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == pid and is_alive(process):
                return True
    return False
