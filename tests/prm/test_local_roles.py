"""What the three database roles may and may not do, and that the application refuses a role that may do more."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections

from prm.db.bootstrap import ROLES, bootstrap, login_rights
from prm.local import testing
from prm.local.database import external_urls, with_login
from prm.local.layout import LocalError
from prm.local.postgres import Postgres


@pytest.fixture
def blank_database(django_db_setup: None, admin_db: Any) -> Iterator[str]:
    """Name of a new, bootstrapped database on the scratch cluster."""
    name = f"blank_{uuid.uuid4().hex[:8]}"
    server = Postgres(testing.test_layout())
    bootstrap(server.admin_url(), name)
    yield name
    with admin_db.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


# One process: a role belongs to the whole cluster.
pytestmark = pytest.mark.xdist_group("roles")


def run(role: str, database: str, statement: str) -> list[Any]:
    with testing.admin(Postgres(testing.test_layout()).url(role, database)) as session, session.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
def test_tests_run_as_the_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("prm_app",)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_superuser_or_bypasses_row_security(admin_db: Any, role: str) -> None:
    with admin_db.cursor() as cursor:
        cursor.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        )
        assert cursor.fetchone() == (True, False, False, False, False, False)


def test_app_reads_and_writes_rows_of_the_owners_tables_only(blank_database: str) -> None:
    run("prm_owner", blank_database, "CREATE TABLE thing (id int GENERATED ALWAYS AS IDENTITY, name text)")
    run("prm_app", blank_database, "INSERT INTO thing (name) VALUES ('one')")
    run("prm_app", blank_database, "UPDATE thing SET name = 'two'")
    assert run("prm_app", blank_database, "SELECT name FROM thing") == [("two",)]
    run("prm_app", blank_database, "CREATE TEMPORARY TABLE scratch (id int)")
    run("prm_app", blank_database, "DELETE FROM thing")
    assert run("prm_app", blank_database, "SELECT name FROM thing") == []


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE thing",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION prm_secure.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE thing ADD COLUMN more int",
        "DROP TABLE thing",
        "SET ROLE prm_owner",
        "SET ROLE prm_worker",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "ALTER ROLE prm_app BYPASSRLS",
        "COPY thing TO PROGRAM 'cat'",
    ],
)
def test_app_may_not(blank_database: str, statement: str) -> None:
    run("prm_owner", blank_database, "CREATE TABLE thing (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run("prm_app", blank_database, statement)


def test_reset_role_stays_the_app(blank_database: str) -> None:
    assert run("prm_app", blank_database, "RESET ROLE; RESET SESSION AUTHORIZATION; SELECT current_user") == [
        ("prm_app",)
    ]


def test_worker_reaches_nothing_that_is_not_granted_by_name(blank_database: str) -> None:
    run("prm_owner", blank_database, "CREATE TABLE thing (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run("prm_worker", blank_database, "SELECT * FROM thing")


def test_owner_makes_definer_functions_that_the_app_calls_with_the_workers_rights(blank_database: str) -> None:
    run("prm_owner", blank_database, "CREATE TABLE thing (id int); GRANT SELECT ON thing TO prm_worker")
    run(
        "prm_owner",
        blank_database,
        "CREATE FUNCTION prm_secure.who() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = ''"
        " AS 'SELECT current_user::text'; ALTER FUNCTION prm_secure.who() OWNER TO prm_worker",
    )
    assert run("prm_app", blank_database, "SELECT prm_secure.who()") == [("prm_worker",)]


def test_vector_is_installed_and_bootstrap_repeats(blank_database: str) -> None:
    bootstrap(Postgres(testing.test_layout()).admin_url(), blank_database)
    bootstrap(Postgres(testing.test_layout()).admin_url(blank_database))
    assert run("prm_app", blank_database, "SELECT '[1,2]'::vector <-> '[1,4]'::vector") == [(2.0,)]


def test_bootstrap_repairs_a_role_that_was_made_too_strong(blank_database: str, admin_db: Any) -> None:
    with admin_db.cursor() as cursor:
        cursor.execute("ALTER ROLE prm_worker BYPASSRLS")
        try:
            bootstrap(Postgres(testing.test_layout()).admin_url(), blank_database)
            cursor.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = 'prm_worker'")
            assert cursor.fetchone() == (False,)
        finally:
            cursor.execute("ALTER ROLE prm_worker NOBYPASSRLS")


def test_start_up_check_accepts_the_app(db: None) -> None:
    call_command("check", databases=["default"], tags=["database"])


@pytest.mark.parametrize(("role", "identifier"), [("postgres", "prm.E001"), ("prm_owner", "prm.E003")])
def test_start_up_check_refuses_a_login_that_may_ignore_row_security(
    django_db_setup: None, django_db_blocker: Any, role: str, identifier: str
) -> None:
    default = connections["default"]
    with django_db_blocker.unblock():
        default.close()
        user = default.settings_dict["USER"]
        default.settings_dict["USER"] = role
        try:
            with pytest.raises(SystemCheckError, match=identifier):
                call_command("check", databases=["default"], tags=["database"])
        finally:
            default.close()
            default.settings_dict["USER"] = user


def test_administrators_url_gets_the_roles_made(blank_database: str, tmp_path: Any) -> None:
    layout = testing.Layout(tmp_path)
    layout.create()
    admin_url = Postgres(testing.test_layout()).admin_url(blank_database)
    assert login_rights(admin_url).is_administrator
    urls = external_urls({"DATABASE_URL": admin_url}, layout)
    assert set(urls) == {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL"}
    with testing.admin(urls["DATABASE_URL"]) as session, session.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == ("prm_app", blank_database)
    assert external_urls({"DATABASE_URL": admin_url}, layout) == urls
    assert layout.secrets.stat().st_mode & 0o777 == 0o600


def test_plain_url_alone_says_what_else_is_needed(blank_database: str, tmp_path: Any) -> None:
    app_url = Postgres(testing.test_layout()).url("prm_app", blank_database)
    with pytest.raises(LocalError, match="DATABASE_OWNER_URL and DATABASE_WORKER_URL must be set"):
        external_urls({"DATABASE_URL": app_url}, testing.Layout(tmp_path))
    given = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL"), app_url)
    assert external_urls(given, testing.Layout(tmp_path)) == given


def test_unreachable_database_is_said_plainly(tmp_path: Any) -> None:
    url = f"postgresql://prm_app@/prm?host={tmp_path}"
    with pytest.raises(LocalError, match="DATABASE_URL cannot be reached"):
        external_urls({"DATABASE_URL": url}, testing.Layout(tmp_path))


def test_url_keeps_everything_but_the_login() -> None:
    found = with_login("postgresql://admin:a%40b@db.example:6543/prm?sslmode=require", "prm_app", "p/w:@")
    assert found == "postgresql://prm_app:p%2Fw%3A%40@db.example:6543/prm?sslmode=require"
