"""A lint of the database catalog: what would let one vendor see another's rows, found before it does.

Reads only the catalog, so any role may run it. `manage.py tenancy_audit` prints the findings; tests plant each fault.
"""
# ruff: noqa: S608 (the queries are put together from constants)

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from prm.db.constraints import APP_ROLE, TENANT_SETTING, WORKER_ROLE

# Tables without a tenant. A row of these belongs to the platform or to a person who may work for several vendors.
GLOBAL_TABLES = frozenset(
    {
        "tenancy_tenant",
        *("identity_user", "identity_user_groups", "identity_user_user_permissions"),
        *("account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession"),
        *("auth_group", "auth_group_permissions", "auth_permission"),
        *("django_admin_log", "django_content_type", "django_migrations", "django_session"),
    }
)

# What the relay's role, and the definer functions that run as it, may do; each across all tenants.
WORKER_PRIVILEGES = {
    "tenancy_tenant": {"SELECT"},
    "identity_membership": {"SELECT"},
    "outbox_message": {"SELECT", "DELETE"},
    "outbox_delivery": {"SELECT", "UPDATE", "DELETE"},
}

POLICY = (
    f"(tenant_id = ( SELECT (NULLIF(current_setting('{TENANT_SETTING}'::text, true), ''::text))::uuid AS \"nullif\"))"
)

TENANT_TABLES = """
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`code` is stable, `where` names the table, function or role."""

    code: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.text}"


Rule = Callable[[CursorWrapper], Iterator[Finding]]


def findings(cursor: CursorWrapper) -> list[Finding]:
    """Everything wrong in the database behind `cursor`, sorted."""
    rules: list[Rule] = [
        _tables, _policies, _indexes, _references, _unique, _views, _functions, _roles, _app_grants, _worker_grants
    ]  # fmt: skip
    return sorted(finding for rule in rules for finding in rule(cursor))


def _tables(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute("""
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnotnull
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    """)
    for name, enabled, forced, not_null in cursor.fetchall():
        if not_null is None:
            if name not in GLOBAL_TABLES:
                yield Finding("table-without-tenant", name, "has no tenant_id and is not on the list of global tables")
            continue
        if not not_null:
            yield Finding("tenant-nullable", name, "tenant_id may be NULL")
        if not enabled:
            yield Finding("row-security-off", name, "row-level security is not enabled")
        if not forced:
            yield Finding("row-security-not-forced", name, "row-level security does not bind the table's owner")


def _policies(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(f"""
        SELECT t.oid::regclass::text, p.polname, p.polcmd::text, p.polpermissive,
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
               ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY (p.polroles))
        FROM ({TENANT_TABLES}) t LEFT JOIN pg_policy p ON p.polrelid = t.oid
    """)
    walled = set()
    every = set()
    for table, name, command, permissive, using, check, roles in cursor.fetchall():
        every.add(table)
        if name is None or roles == [WORKER_ROLE]:
            continue
        if (command, permissive, using, check, roles) == ("*", True, POLICY, POLICY, []):
            walled.add(table)
        else:
            yield Finding("policy-unknown", table, f"policy {name} is not the tenant's wall and not the relay's alone")
    for table in every - walled:
        yield Finding("policy-missing", table, "no policy compares tenant_id with the active tenant")


def _indexes(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(f"""
        SELECT t.oid::regclass::text FROM ({TENANT_TABLES}) t
        WHERE NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = t.oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = 'tenant_id')
    """)
    for (table,) in cursor.fetchall():
        yield Finding("index-missing", table, "no index begins with tenant_id")


def _references(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(f"""
        SELECT k.conrelid::regclass::text, k.conname::text FROM pg_constraint k
        WHERE k.contype = 'f' AND k.conrelid IN ({TENANT_TABLES}) AND k.confrelid IN ({TENANT_TABLES})
          AND NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair(own, theirs)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own AND a.attname = 'tenant_id'
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.theirs AND b.attname = 'tenant_id')
    """)
    for table, name in cursor.fetchall():
        yield Finding("reference-crosses", table, f"foreign key {name} does not carry tenant_id")


def _unique(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(f"""
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text FROM pg_index i
        WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid IN ({TENANT_TABLES})
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'tenant_id'
                          AND a.attnum = ANY (i.indkey))
    """)
    for table, name in cursor.fetchall():
        yield Finding("unique-across-tenants", table, f"unique index {name} tells whether another vendor has a value")


def _views(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute("""
        SELECT c.oid::regclass::text, c.relkind::text, coalesce(c.reloptions, '{}')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'prm_secure') AND c.relkind IN ('v', 'm')
    """)
    for name, kind, options in cursor.fetchall():
        if kind == "m":
            yield Finding("materialized-view", name, "its rows know no row-level security")
        elif not {"security_invoker=true", "security_invoker=on"} & set(options):
            yield Finding("view-of-owner", name, "reads with its owner's rights; needs security_invoker")


def _functions(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute("""
        SELECT p.oid::regprocedure::text, r.rolname::text, coalesce(p.proconfig, '{}'),
               EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
                       WHERE x.grantee = 0 AND x.privilege_type = 'EXECUTE')
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    """)
    for name, owner, settings, is_public in cursor.fetchall():
        path = next((value.split("=", 1)[1] for value in settings if value.startswith("search_path=")), "")
        if not path.endswith("pg_temp"):
            yield Finding("definer-search-path", name, "must set a search_path that ends with pg_temp")
        if is_public:
            yield Finding("definer-public", name, "may be executed by PUBLIC")
        if owner != WORKER_ROLE:
            yield Finding("definer-owner", name, f"runs as {owner}; only {WORKER_ROLE} may own such functions")


def _roles(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(
        """
        SELECT r.rolname::text, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
               EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                         AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
        FROM pg_roles r WHERE r.rolname IN %s
        """,
        [(APP_ROLE, WORKER_ROLE)],
    )
    for name, superuser, bypasses, creates, owns in cursor.fetchall():
        wrong = {"SUPERUSER": superuser, "BYPASSRLS": bypasses, "CREATEROLE": creates, "owner of tables": owns}
        for what, is_so in wrong.items():
            if is_so:
                yield Finding("role-powerful", name, f"is {what}")


def _app_grants(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(
        """
        SELECT c.oid::regclass::text, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE r.rolname::text END, x.privilege_type
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (x.grantee = 0 OR r.rolname = %s)
        """,
        [APP_ROLE],
    )
    for table, grantee, privilege in cursor.fetchall():
        if grantee == "PUBLIC" or privilege not in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            yield Finding("grant-too-much", table, f"{grantee} has {privilege}, which row security does not bind")


def _worker_grants(cursor: CursorWrapper) -> Iterator[Finding]:
    cursor.execute(
        """
        SELECT c.relname::text, x.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(c.relacl) x JOIN pg_roles r ON r.oid = x.grantee
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND r.rolname = %s
        """,
        [WORKER_ROLE],
    )
    for table, privilege in cursor.fetchall():
        if privilege not in WORKER_PRIVILEGES.get(table, set()):
            yield Finding("worker-grant", table, f"{WORKER_ROLE} has {privilege}, which is not on its list")
