"""System checks of the database roles: an app that could ignore row security must not start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

ROLE_SQL = """
    SELECT rolsuper, rolbypassrls,
           EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                     AND pg_has_role(current_user, c.relowner, 'USAGE'))
    FROM pg_roles WHERE rolname = current_user
"""


@register(Tags.database)
def app_role_is_powerless(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run with `manage.py check --database default`, and by every server process when it starts."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(ROLE_SQL)
        superuser, bypasses, owns = cursor.fetchone()
    found = {
        "prm.E001": (superuser, "The app's database role is a superuser, which ignores row security."),
        "prm.E002": (bypasses, "The app's database role has BYPASSRLS, which ignores row security."),
        "prm.E003": (owns, "The app's database role owns tables, so that it could switch row security off."),
    }
    return [
        Error(text, hint="Give the web and worker processes the role prm_app (see db_prepare).", id=identifier)
        for identifier, (wrong, text) in found.items()
        if wrong
    ]
