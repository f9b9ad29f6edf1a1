"""The application's own processes, as command lines. `docker-compose.yml` and docs/howto/deploy.md run the same."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping

from prm.local.layout import ROOT, Layout
from prm.local.ports import bind_host
from prm.local.process import Program

# People wait for pages: on a small machine they come before evaluation, and before everything that starts beside them.
BACKGROUND = 5


def application_programs(layout: Layout, port: int, environment: Mapping[str, str]) -> list[Program]:
    env = {**environment, "PYTHONUNBUFFERED": "1"}
    celery = (sys.executable, "-m", "celery", "-A", "prm.celery")
    return [
        Program("web", _web(port), ROOT, env),
        Program(
            "worker",
            (*celery, "worker", "--pool=prefork", "--concurrency=2", "--loglevel=INFO", "--without-gossip"),
            ROOT,
            env,
            # A task that is longer than our patience goes back to the queue.
            impatient_signal=signal.SIGQUIT,
            niceness=BACKGROUND,
        ),
        Program("relay", (sys.executable, "manage.py", "relay"), ROOT, env, niceness=BACKGROUND),
        Program(
            "beat",
            (*celery, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={layout.run / 'beat-schedule'}"),
            ROOT,
            env,
            niceness=BACKGROUND,
        ),
    ]


def _web(port: int) -> tuple[str, ...]:
    workers = max(1, min(4, (os.cpu_count() or 1) // 2))
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1"),
        *("--host", bind_host(), "--port", str(port), "--no-ws"),
        *("--workers", str(workers), "--blocking-threads", "6", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "3", "prm.wsgi:application"),
    )
