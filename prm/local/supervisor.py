"""`manage.py up`: starts everything, keeps it running, ends everything.

One process, one thread, no Django. Order matters: lock, then clear what a killed supervisor left (it may hold the
port), then the port, then servers, then preparation, then programs. Ending goes backwards and is bounded: the
application has half of `STOP_SECONDS`, the servers that hold the data the rest.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from prm.db.bootstrap import bootstrap
from prm.local import services
from prm.local.database import external_urls
from prm.local.layout import ROOT, Layout, LocalError
from prm.local.lock import held
from prm.local.ports import base_domain, bind_host, check_port, chosen_port, front_host, has_demo, site_answers
from prm.local.postgres import Postgres
from prm.local.process import Program, forget, group_alive, recorded, recorded_names, signal_group, spawn
from prm.local.programs import application_programs
from prm.local.redis import Redis
from prm.local.secrets import secret

STOP_SECONDS = 8.0
TICK_SECONDS = 0.2
CALM_SECONDS = 30.0
LONGEST_PAUSE = 30.0


class Stopped(Exception):
    """Somebody asked to stop while things were still being prepared."""


@dataclass
class Child:
    """A supervised program. `program` is called at each start: a server puts its data in order first."""

    name: str
    program: Callable[[], Program]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def pause(self) -> float:
        """Seconds to wait before the next start: 0.5, 1, 2 ... `LONGEST_PAUSE`."""
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** (self.failures - 1))


class Supervisor:
    """The running set of servers and programs of one checkout."""

    def __init__(self, layout: Layout, port: int) -> None:
        self.layout = layout
        self.port = port
        self.children: list[Child] = []
        self.stopping = False
        self.parent = os.getppid()

    def watch_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def should_stop(self) -> bool:
        """True after a signal, or when the `make` that started this was killed without one."""
        if os.environ.get("PRM_STOP_WITH_PARENT") and os.getppid() != self.parent:
            self.stopping = True
        return self.stopping

    def start_servers(self, servers: list[Postgres | Redis]) -> None:
        # Also those of `services start`: what this supervises it must have started.
        services.stop(self.layout, servers)
        started = services.start(self.layout, servers, supervised=True)
        for server in servers:
            child = Child(server.name, _server_program(server), started[server.name], time.monotonic())
            self.children.append(child)

    def run_to_end(self, arguments: list[str], environment: dict[str, str]) -> None:
        """Run a preparing command on the terminal; LocalError when it fails, Stopped when asked to stop meanwhile."""
        command = [sys.executable, "manage.py", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL)
        while process.poll() is None:
            if self.should_stop():
                process.terminate()
                try:
                    process.wait(2)
                except subprocess.TimeoutExpired:
                    process.kill()
                raise Stopped
            time.sleep(0.05)
        if process.returncode != 0:
            message = f"`manage.py {' '.join(arguments)}` failed; see above."
            raise LocalError(message)

    def start_program(self, program: Program) -> None:
        child = Child(program.name, lambda: program)
        self.children.append(child)
        self._start(child)

    def _start(self, child: Child) -> None:
        child.process = spawn(child.program(), self.layout, supervised=True)
        child.started = time.monotonic()

    def tick(self) -> None:
        """Notice children that ended; start those whose pause is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    self._start(child)
            elif child.process.poll() is not None:
                self._ended(child, child.process, now)

    def _ended(self, child: Child, process: subprocess.Popen[bytes], now: float) -> None:
        # Its own children (pool, web workers) may live on and hold the port.
        signal_group(process.pid, signal.SIGKILL)
        child.failures = 1 if now - child.started > CALM_SECONDS else child.failures + 1
        child.process = None
        child.due = now + child.pause()
        log = self.layout.logs / f"{child.name}.log"
        say(f"{child.name} ended ({_cause(process.returncode)}); starting it again in {child.pause():g} s. Log: {log}")
        if child.failures > 1:
            say(services.tail(log, 8))

    def stop(self) -> None:
        """End everything: programs first, then the servers that hold the data."""
        names = {"postgres", "redis"}
        self._end([child for child in self.children if child.name not in names], STOP_SECONDS / 2)
        self._end([child for child in self.children if child.name in names], STOP_SECONDS / 2)

    def _end(self, children: list[Child], seconds: float) -> None:
        living = [(child, child.process) for child in children if child.process is not None]
        begun = time.monotonic()
        for child, process in living:
            if process.poll() is None:
                process.send_signal(child.program().stop_signal)
        insisted = False
        while any(process.poll() is None for _, process in living):
            passed = time.monotonic() - begun
            if passed > seconds:
                break
            if passed > seconds * 0.7 and not insisted:
                insisted = True
                for child, process in living:
                    impatient = child.program().impatient_signal
                    if impatient and process.poll() is None:
                        process.send_signal(impatient)
            time.sleep(0.05)
        for child, process in living:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
            forget(self.layout, child.name)


def _server_program(server: Postgres | Redis) -> Callable[[], Program]:
    def program() -> Program:
        server.prepare()
        return server.program()

    return program


def clear_orphans(layout: Layout) -> None:
    """End what is left of a supervisor that was killed, and of nothing else."""
    for name in recorded_names(layout):
        if name in ("postgres", "redis"):
            continue
        process = recorded(layout, name)
        if process is not None:
            say(f"Ending {name} (process {process.pid}), left over by a run that was killed.")
            signal_group(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + 3
            while group_alive(process.pid) and time.monotonic() < deadline:
                time.sleep(0.1)
            signal_group(process.pid, signal.SIGKILL)
        forget(layout, name)


def up(layout: Layout) -> int:
    """Run until told to stop; returns the exit status. Raises LocalError with what to do."""
    port = chosen_port(os.environ)
    supervisor = Supervisor(layout, port)
    supervisor.watch_signals()
    layout.create()
    with held(layout, port) as tell_ending:
        clear_orphans(layout)
        check_port(port)
        try:
            _bring_up(supervisor)
            _watch(supervisor)
        except Stopped:
            pass
        finally:
            tell_ending()
            say("Stopping ...")
            supervisor.stop()
            say("Stopped.")
    return 0


def _bring_up(supervisor: Supervisor) -> None:
    layout = supervisor.layout
    servers: list[Postgres | Redis] = []
    if "DATABASE_URL" not in os.environ:
        servers.append(Postgres(layout))
    if "REDIS_URL" not in os.environ:
        servers.append(Redis(layout))
    supervisor.start_servers(servers)
    environment = _environment(supervisor, servers)
    supervisor.run_to_end(["local_prepare"], environment)
    for program in application_programs(layout, supervisor.port, environment):
        supervisor.start_program(program)


def _environment(supervisor: Supervisor, servers: list[Postgres | Redis]) -> dict[str, str]:
    """What the programs are told: addresses of servers, secrets, the port."""
    layout = supervisor.layout
    environment = services.addresses(layout).environment()
    if "REDIS_URL" in os.environ:
        environment["REDIS_URL"] = os.environ["REDIS_URL"]
    if "DATABASE_URL" in os.environ:
        environment |= external_urls(os.environ, layout)
    else:
        bootstrap(Postgres(layout).admin_url(), services.DATABASE)
    environment["PRM_SECRET_KEY"] = os.environ.get("PRM_SECRET_KEY") or secret(layout, "secret_key")
    environment["DJANGO_SETTINGS_MODULE"] = "prm.settings.local"
    environment["PORT"] = str(supervisor.port)
    return environment


def _watch(supervisor: Supervisor) -> None:
    announced = False
    while not supervisor.should_stop():
        supervisor.tick()
        if not announced and site_answers(supervisor.port):
            announced = True
            announce(supervisor.port)
        time.sleep(TICK_SECONDS)


def announce(port: int) -> None:
    say(f"Ready: http://{front_host()}:{port}")
    if has_demo():
        given = os.environ.get("PRM_DEMO_PASSWORD")
        say(f"Demo logins (password: {'the one in PRM_DEMO_PASSWORD' if given else 'demo-demo-demo'})")
        for vendor in ("demo", "rival"):
            logins = "  ".join(f"{name}@{vendor}.test" for name in ("admin", "manager", "finance", "partner"))
            say(f"  http://{vendor}.{base_domain()}:{port}  {logins}")
    if "EMAIL_URL" not in os.environ:
        say(f"Mails: http://{front_host()}:{port}/mails/")
    if bind_host() != "127.0.0.1":
        say(f"Listening on {bind_host()}, so others on the network reach it too.")
    say("Ctrl-C stops everything; the data stays.")


def _cause(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
