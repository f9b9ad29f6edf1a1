"""The one network address that is used: the web server's."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import psutil

from prm.local.layout import LocalError

DEFAULT_PORT = 8000


def bind_host() -> str:
    """Loopback, unless PRM_BIND says otherwise (a container, a machine without a browser)."""
    return os.environ.get("PRM_BIND") or "127.0.0.1"


def base_domain() -> str:
    return os.environ.get("PRM_BASE_DOMAIN") or "localhost"


def has_demo() -> bool:
    """`PRM_DEMO=0` leaves the demo vendors out, for a database of one's own."""
    return os.environ.get("PRM_DEMO", "1") != "0"


def front_host() -> str:
    """The host a first visitor opens."""
    return f"demo.{base_domain()}" if has_demo() else base_domain()


def chosen_port(environ: Mapping[str, str]) -> int:
    text = environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        message = f"PORT must be a number from 1 to 65535, not {text!r}."
        raise LocalError(message)
    return int(text)


def check_port(port: int) -> None:
    """LocalError when somebody listens on the port, on IPv6 too: browsers may try `::1` first for `*.localhost`."""
    for family, host in ((socket.AF_INET, bind_host()), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"Port {port} is taken{_listener(port)}. Choose another: PORT={port + 1} make up"
            elif family == socket.AF_INET6:
                continue  # a machine without IPv6
            else:
                message = f"The web server may not listen on {host}, port {port}: {error.strerror}."
            raise LocalError(message) from error


def _listener(port: int) -> str:
    """` by <name> (process <id>)`, or nothing where the system does not tell."""
    with contextlib.suppress(psutil.Error, OSError, RuntimeError):
        for found in psutil.net_connections("tcp"):
            if found.laddr and found.laddr.port == port and found.status == psutil.CONN_LISTEN:
                if found.pid is None:
                    return " by another process"
                return f" by {psutil.Process(found.pid).name()} (process {found.pid})"
    return ""


def site_answers(port: int) -> bool:
    """True when a first visitor gets a page, following redirects."""
    path = "/" if has_demo() else "/healthz"
    for _ in range(4):
        status, location = _get(port, path)
        if status == 200:
            return True
        if status not in (301, 302, 303, 307, 308):
            return False
        target = urlsplit(location)
        path = target.path + (f"?{target.query}" if target.query else "")
    return False


def _get(port: int, path: str) -> tuple[int, str]:
    host = "127.0.0.1" if bind_host() in ("0.0.0.0", "::") else bind_host()  # noqa: S104 (compared, not bound)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{front_host()}:{port}"})
        response = connection.getresponse()
        response.read()
        return response.status, response.getheader("Location", "")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()
