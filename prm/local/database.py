"""Which database `make up` uses: the embedded one, or the one that DATABASE_URL names."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2

from prm.db.bootstrap import APP, OWNER, ROLES, WORKER, bootstrap, login_rights
from prm.local.layout import Layout, LocalError
from prm.local.secrets import secret

VARIABLES = {APP: "DATABASE_URL", OWNER: "DATABASE_OWNER_URL", WORKER: "DATABASE_WORKER_URL"}


def external_urls(environ: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """The three URLs for a server that somebody else runs, as environment variables.

    An administrator's URL gets the roles made, with random passwords kept in `var/secrets.json`; an ordinary one has to
    come with the URLs of the other two. Raises LocalError with what to do.
    """
    url = environ["DATABASE_URL"]
    try:
        rights = login_rights(url)
    except psycopg2.OperationalError as error:
        message = f"The database in DATABASE_URL cannot be reached:\n{error}"
        raise LocalError(message) from error
    if rights.is_administrator:
        return _bootstrapped(url, layout)
    missing = [VARIABLES[role] for role in (OWNER, WORKER) if not environ.get(VARIABLES[role])]
    if missing:
        message = (
            f"DATABASE_URL logs in as {rights.name!r}, which may not create roles, so {' and '.join(missing)} must be"
            " set too. Either give the three URLs (make the roles with `manage.py db_prepare --admin-url ...`), or give"
            " DATABASE_URL a login that may create roles and let `make up` do it."
        )
        raise LocalError(message)
    return {name: environ[name] for name in VARIABLES.values()}


def _bootstrapped(admin_url: str, layout: Layout) -> dict[str, str]:
    passwords = {role: secret(layout, role) for role in ROLES}
    try:
        bootstrap(admin_url, passwords=passwords)
    except psycopg2.Error as error:
        message = f"The roles could not be made with the login in DATABASE_URL:\n{error}"
        raise LocalError(message) from error
    return {VARIABLES[role]: with_login(admin_url, role, password) for role, password in passwords.items()}


def with_login(url: str, role: str, password: str) -> str:
    """`url` with another user and password; host, port, database and options stay."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote(password, safe='')}@{host}"))
