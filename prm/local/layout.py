"""Where the embedded servers keep their files, and how paths stay short enough for Unix sockets."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POSTGRES_PORT = 5432

# sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero.
SOCKET_PATH_LIMIT = 103
LONGEST_SOCKET_NAME = f"pg/.s.PGSQL.{POSTGRES_PORT}"


class LocalError(Exception):
    """A condition the person at the terminal can act on; its text is shown without a traceback."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The directories of one set of embedded servers; `home` is `var/` for `make up`, `var/test/` for tests."""

    home: Path

    @property
    def postgres_data(self) -> Path:
        return self.home / "pg"

    @property
    def redis_data(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets.json"

    @property
    def sockets(self) -> Path:
        """Inside the checkout when the path fits into a socket address, else a private temporary directory."""
        inside = self.run / "s"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        name = f"qudao-{os.getuid()}-{key}"
        outside = Path(tempfile.gettempdir()) / name
        if len(os.fsencode(outside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return outside
        return Path("/tmp") / name  # noqa: S108 (ownership and mode are verified by make_private)

    @property
    def postgres_socket_dir(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def create(self) -> None:
        """Make the directories; safe to repeat."""
        for directory in (self.home, self.logs, self.run, self.redis_data):
            directory.mkdir(parents=True, exist_ok=True)
        make_private(self.sockets)


def local_layout() -> Layout:
    """The servers of this checkout; `PRM_VAR_DIR` moves them."""
    return Layout(Path(os.environ.get("PRM_VAR_DIR") or ROOT / "var").resolve())


def make_private(directory: Path) -> None:
    """Create `directory` for this user alone, refusing one that somebody else prepared (the name is guessable)."""
    directory.mkdir(parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        message = f"{directory} belongs to somebody else; remove it or set TMPDIR to a directory of your own."
        raise LocalError(message)
    # Root gives the PostgreSQL account a directory below this one, which that account has to be able to enter.
    directory.chmod(0o711 if os.getuid() == 0 else 0o700)
