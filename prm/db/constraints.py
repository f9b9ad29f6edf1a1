"""Tenant isolation as schema constraints, so that migrations carry it and no model can be created without it.

`RowSecurity` enables and FORCES a policy that shows and accepts only rows of the tenant in the setting `prm.tenant`.
The sub-select makes PostgreSQL read the setting once a query; `nullif` closes the hole that a finished SET LOCAL
leaves behind (an empty string instead of NULL).

`TenantReference` is the composite foreign key (tenant_id, x_id) -> (tenant_id, id): PostgreSQL checks plain foreign
keys without regard to row security, so a plain one could point at another tenant's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint

TENANT_SETTING = "prm.tenant"
TENANT_EXPRESSION = f"(SELECT nullif(current_setting('{TENANT_SETTING}', true), '')::uuid)"
APP_ROLE = "prm_app"
WORKER_ROLE = "prm_worker"


class SchemaConstraint(BaseConstraint):
    """A constraint that only the database checks, created after its table."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        statement = self.create_sql(model, schema_editor)
        schema_editor.deferred_sql.append(statement)
        return ""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone judges: a Python check could not see other tenants' rows."""

    def _identity(self) -> tuple[Any, ...]:
        path, args, kwargs = self.deconstruct()
        return path, tuple(args), tuple(sorted(kwargs.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


class RowSecurity(SchemaConstraint):
    """Forced row-level security. `revoke`: rights the app role loses on this table; `worker`: rights of the relay."""

    def __init__(self, *, name: str, revoke: Sequence[str] = (), worker: Sequence[str] = ()) -> None:
        super().__init__(name=name)
        self.revoke = tuple(revoke)
        self.worker = tuple(worker)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        name = schema_editor.quote_name(self.name)
        own = f"tenant_id = {TENANT_EXPRESSION}"
        parts = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {name} ON {table} USING ({own}) WITH CHECK ({own})",
        ]
        if self.revoke:
            parts.append(f"REVOKE {', '.join(self.revoke)} ON {table} FROM {APP_ROLE}")
        for right in self.worker:
            policy = schema_editor.quote_name(f"{self.name}_worker_{right.lower()}")
            check = "WITH CHECK (true)" if right == "INSERT" else "USING (true)"
            parts.append(f"GRANT {right} ON {table} TO {WORKER_ROLE}")
            parts.append(f"CREATE POLICY {policy} ON {table} FOR {right} TO {WORKER_ROLE} {check}")
        return Statement("; ".join(parts))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        names = [self.name, *(f"{self.name}_worker_{right.lower()}" for right in self.worker)]
        parts = [f"DROP POLICY IF EXISTS {schema_editor.quote_name(name)} ON {table}" for name in names]
        parts += [f"GRANT {', '.join(self.revoke)} ON {table} TO {APP_ROLE}"] if self.revoke else []
        parts += [f"REVOKE {', '.join(self.worker)} ON {table} FROM {WORKER_ROLE}"] if self.worker else []
        return Statement("; ".join(parts))

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"revoke": self.revoke} if self.revoke else {}
        kwargs |= {"worker": self.worker} if self.worker else {}
        return path, args, kwargs


class TenantReference(SchemaConstraint):
    """FOREIGN KEY (tenant_id, <field>_id) REFERENCES <related> (tenant_id, id)."""

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        self.create_sql(model, schema_editor)
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """At the end of the migration: the unique key that it refers to may be added after it."""
        quote = schema_editor.quote_name
        field = model._meta.get_field(self.field)
        related = field.related_model
        statement = Statement(
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)}"
            f" FOREIGN KEY (tenant_id, {quote(field.column)})"
            f" REFERENCES {quote(related._meta.db_table)} (tenant_id, {quote(related._meta.pk.column)})"
        )
        schema_editor.deferred_sql.append(statement)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return Statement(f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}")

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}
