"""Checks of the database roles: a process whose role could ignore row security must not start.

`manage.py check --database default` reports them; web, worker and relay refuse to start (`require_powerless_role`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

ROLE_SQL = """
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
           EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                     AND pg_has_role(current_user, c.relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = current_user
"""


def role_errors(alias: str) -> list[CheckMessage]:
    """What makes the login behind this database alias unsafe; empty when row security binds it."""
    with connections[alias].cursor() as cursor:
        cursor.execute(ROLE_SQL)
        name, superuser, bypasses, creates_roles, owns = cursor.fetchone()
    found = {
        "prm.E001": (superuser, "The database role %s is a superuser, which ignores row security."),
        "prm.E002": (bypasses, "The database role %s has BYPASSRLS, which ignores row security."),
        "prm.E003": (owns, "The database role %s owns tables, or may become their owner, who can switch it off."),
        "prm.E004": (creates_roles, "The database role %s has CREATEROLE and could make itself a stronger one."),
    }
    hint = "Give web and worker processes the role prm_app, and the relay prm_worker (see manage.py db_prepare)."
    return [Error(text % name, hint=hint, id=key) for key, (wrong, text) in found.items() if wrong]


@register(Tags.database)
def app_role_is_powerless(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    return role_errors("default") if databases and "default" in databases else []


def require_powerless_role(alias: str = "default") -> None:
    """Raise `ImproperlyConfigured` unless row security binds this process; a database that is away is an error, too."""
    try:
        errors = role_errors(alias)
    finally:
        connections[alias].close()
    if errors:
        raise ImproperlyConfigured(" ".join(str(error.msg) for error in errors))
