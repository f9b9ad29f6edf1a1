"""The database roles and what each may do; idempotent, run by an administrator before the first migration.

`prm_owner` owns the schema and migrates. `prm_app` serves requests and tasks: it reads and writes rows, and nothing
else. `prm_worker` relays the outbox: it may touch only what migrations grant it by name. No role bypasses row-level
security. `prm_secure` holds the SECURITY DEFINER functions; they run as `prm_worker`, so they cannot do more than it.

Imports neither Django nor settings: settings need the roles that this makes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg2
from psycopg2 import extensions, sql

OWNER = "prm_owner"
APP = "prm_app"
WORKER = "prm_worker"
ROLES = (OWNER, APP, WORKER)
SECURE_SCHEMA = "prm_secure"

# Any number, the same in every process: two deployments must not create the roles at once.
ADVISORY_LOCK = 7_205_511_940


@dataclass(frozen=True, slots=True)
class LoginRights:
    """What a login may do to roles, as far as preparing a database is concerned."""

    name: str
    is_superuser: bool
    may_create_roles: bool

    @property
    def is_administrator(self) -> bool:
        return self.is_superuser or self.may_create_roles


def login_rights(dsn: str) -> LoginRights:
    """The rights of the login in `dsn`; raises psycopg2.OperationalError when the server cannot be reached."""
    with _connected(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        name, is_superuser, may_create_roles = cursor.fetchone() or ("", False, False)
    return LoginRights(name, is_superuser, may_create_roles)


def bootstrap(admin_dsn: str, database: str | None = None, passwords: Mapping[str, str] | None = None) -> None:
    """Create or repair roles, database, schemas, privileges and the extension `vector`.

    `admin_dsn` names a superuser, or a login with CREATEROLE that owns the database. `database` is created when it does
    not exist; None means the database of `admin_dsn`. `passwords` maps role names to passwords to set.
    """
    with _connected(admin_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        for role in ROLES:
            _role_ensure(cursor, role, (passwords or {}).get(role))
        _memberships_ensure(cursor)
        if database is not None:
            _database_ensure(cursor, database)
        target = extensions.make_dsn(admin_dsn, dbname=database) if database else admin_dsn
        with _connected(target) as inner, inner.cursor() as inner_cursor:
            privileges_ensure(inner_cursor)


def privileges_ensure(cursor: extensions.cursor) -> None:
    """Ownership, schemas, extension and default privileges in the database that `cursor` is connected to."""
    cursor.execute("SELECT current_database()")
    (database,) = cursor.fetchone() or ("",)
    name = sql.Identifier(database)
    cursor.execute(sql.SQL("ALTER DATABASE {} OWNER TO prm_owner").format(name))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO prm_app").format(name))
    cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO prm_worker").format(name))
    cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
    cursor.execute(PRIVILEGES)


# TRUNCATE is withheld because it ignores row-level security. REVOKE of the functions' default has to be global:
# a default for one schema can only add to it.
PRIVILEGES = """
ALTER SCHEMA public OWNER TO prm_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO prm_app, prm_worker;
CREATE SCHEMA IF NOT EXISTS prm_secure AUTHORIZATION prm_worker;
GRANT USAGE, CREATE ON SCHEMA prm_secure TO prm_owner;
GRANT USAGE ON SCHEMA prm_secure TO prm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO prm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO prm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE prm_worker REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE prm_worker IN SCHEMA prm_secure GRANT EXECUTE ON FUNCTIONS TO prm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA prm_secure GRANT EXECUTE ON FUNCTIONS TO prm_app;
"""


def _role_ensure(cursor: extensions.cursor, role: str, password: str | None) -> None:
    name = sql.Identifier(role)
    cursor.execute("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN NOCREATEDB NOCREATEROLE").format(name))
    elif found != (False, False, True):
        # Only a superuser may name these attributes, so they are named only when they are wrong.
        cursor.execute(sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(name))
    if password:
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))


def _memberships_ensure(cursor: extensions.cursor) -> None:
    # Migrations run as prm_owner and replace functions that belong to prm_worker.
    cursor.execute("GRANT prm_worker TO prm_owner WITH INHERIT TRUE, SET TRUE")
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() == (True,):
        return
    # The maker of a role may administer it, yet not act for it, until it says so.
    for role in (OWNER, WORKER):
        statement = sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
        cursor.execute(statement.format(sql.Identifier(role)))


def _database_ensure(cursor: extensions.cursor, database: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    if cursor.fetchone() is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER prm_owner TEMPLATE template0 ENCODING 'UTF8'")
        cursor.execute(statement.format(sql.Identifier(database)))


@contextlib.contextmanager
def _connected(dsn: str) -> Iterator[extensions.connection]:
    """An autocommit connection that is closed at the end; psycopg2's own context manager only commits."""
    connection: extensions.connection = psycopg2.connect(dsn, connect_timeout=10)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()
