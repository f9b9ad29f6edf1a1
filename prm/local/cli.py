"""`manage.py up` and `manage.py services`: the commands that must work before settings can."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence

from prm.db.bootstrap import bootstrap
from prm.local import services, testing
from prm.local.layout import Layout, LocalError, local_layout
from prm.local.lock import held
from prm.local.postgres import Postgres
from prm.local.redis import Redis


def embedded(layout: Layout) -> list[Postgres | Redis]:
    return [Postgres(layout), Redis(layout)]


def services_start(layout: Layout) -> None:
    """Start the embedded servers in the background and prepare the roles; safe to repeat."""
    servers = embedded(layout)
    services.start(layout, servers, supervised=False)
    bootstrap(Postgres(layout).admin_url(), services.DATABASE)
    for name, value in services.addresses(layout).environment().items():
        _say(f"{name}={value}")


def services_stop(layout: Layout) -> None:
    stopped = services.stop(layout, embedded(layout))
    _say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


def services_status(layout: Layout) -> None:
    for name, pid in services.status(layout, embedded(layout)).items():
        _say(f"{name}: {f'running, process {pid}' if pid else 'not running'}")


def clean(layout: Layout) -> None:
    """Stop the embedded servers, the tests' too, and delete their directory."""
    layout.create()
    with held(layout, port=0):
        for each in (layout, testing.test_layout()):
            services.stop(each, embedded(each))
    shutil.rmtree(layout.home)
    _say(f"Deleted {layout.home}.")


SERVICES: dict[str, Callable[[Layout], None]] = {
    "start": services_start,
    "stop": services_stop,
    "status": services_status,
}


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; returns the exit status."""
    parser = argparse.ArgumentParser(prog="manage.py")
    commands = parser.add_subparsers(dest="command", required=True)
    verb = commands.add_parser("services", help="the embedded PostgreSQL and Redis, without the application")
    verb.add_argument("verb", choices=sorted(SERVICES))
    commands.add_parser("up", help="everything: servers, migrations, web, worker, beat and relay, supervised")
    commands.add_parser("clean", help="stop the embedded servers and delete var/ with all its data")
    options = parser.parse_args(arguments)
    layout = local_layout()
    try:
        if options.command == "services":
            SERVICES[options.verb](layout)
            return 0
        if options.command == "clean":
            clean(layout)
            return 0
        from prm.local.supervisor import up

        return up(layout)
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
