"""One supervisor per checkout."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import IO

import psutil

from prm.local.layout import Layout, LocalError

# A supervisor whose `make` was killed ends by itself within this time; the next start waits for it.
PATIENCE_SECONDS = 12.0


@contextlib.contextmanager
def held(layout: Layout, port: int) -> Iterator[Callable[[], None]]:
    """Hold the checkout's lock; LocalError naming the holder when it is taken by a supervisor that goes on running.

    Yields a function that tells others that this one is ending, so that they wait instead of giving up.
    """
    with (layout.run / "up.lock").open("a+") as lock:
        _acquire(lock)
        _write(lock, port, is_ending=False)
        yield lambda: _write(lock, port, is_ending=True)


def _acquire(lock: IO[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        holder = _read(lock)
        if holder and not _is_ending(holder):
            message = (
                f"`make up` is running in this checkout already: process {holder['pid']},"
                f" http://demo.localhost:{holder['port']}. Stop it with Ctrl-C there, or `kill {holder['pid']}`."
            )
            raise LocalError(message)
        if time.monotonic() > deadline:
            message = "Another `make up` in this checkout is starting or stopping. Try again in a moment."
            raise LocalError(message)
        time.sleep(0.1)


def _write(lock: IO[str], port: int, *, is_ending: bool) -> None:
    lock.seek(0)
    lock.truncate()
    json.dump({"pid": os.getpid(), "port": port, "parent": _watched_parent(), "is_ending": is_ending}, lock)
    lock.flush()


def _read(lock: IO[str]) -> dict[str, int]:
    lock.seek(0)
    try:
        return dict(json.load(lock))
    except ValueError:
        return {}


def _watched_parent() -> int:
    return os.getppid() if os.environ.get("PRM_STOP_WITH_PARENT") else 0


def _is_ending(holder: dict[str, int]) -> bool:
    parent = holder.get("parent", 0)
    return bool(holder.get("is_ending")) or (parent > 1 and not psutil.pid_exists(parent))
