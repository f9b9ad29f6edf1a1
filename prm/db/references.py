"""A reference between tenant tables that is checked once for each statement instead of once for each row.

PostgreSQL checks a foreign key row by row, some eight microseconds each: for half a million sale lines with two of them
that was two thirds of the import's time. This constraint promises the same with triggers that look at the statement's
distinct pairs (tenant_id, x_id) as a set:

- what is referred to exists in the same tenant, and is locked against deletion until the end of the transaction;
- what is referred to cannot be deleted, nor change its key, while a row refers to it.

The errors are foreign key violations (23503), as they would be otherwise. For tables that are filled by the hundred
thousand; everything else keeps real foreign keys (`TenantReference`).
"""

from __future__ import annotations

from typing import Any

from django.db.backends.ddl_references import Statement

from prm.db.constraints import SchemaConstraint

CREATE = """
CREATE FUNCTION {name}_referring() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- The sub-select with its lock is looked up by index for each distinct pair; it is never turned into a join.
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT tenant_id, {column} FROM new_rows WHERE {column} IS NOT NULL) n
        WHERE NOT EXISTS (
            SELECT FROM {related} r WHERE r.tenant_id = n.tenant_id AND r.{key} = n.{column} FOR KEY SHARE)
    ) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert or update on table "{table}" violates foreign key constraint "{name}"',
            CONSTRAINT = '{name}', TABLE = '{table}';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION {name}_referred() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM old_rows o WHERE EXISTS (
            SELECT FROM {table} t WHERE t.tenant_id = o.tenant_id AND t.{column} = o.{key})
    ) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'delete on table "{related}" violates foreign key constraint "{name}" on table "{table}"',
            CONSTRAINT = '{name}', TABLE = '{table}';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION {name}_fixed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE foreign_key_violation USING
        MESSAGE = 'the key of a row of "{related}" cannot change', CONSTRAINT = '{name}', TABLE = '{related}';
END $$;
CREATE TRIGGER {name}_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}_referring();
CREATE TRIGGER {name}_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}_referring();
CREATE TRIGGER {name}_delete AFTER DELETE ON {related}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}_referred();
CREATE TRIGGER {name}_key BEFORE UPDATE ON {related} FOR EACH ROW
    WHEN (OLD.{key} IS DISTINCT FROM NEW.{key} OR OLD.tenant_id IS DISTINCT FROM NEW.tenant_id)
    EXECUTE FUNCTION {name}_fixed()
"""

REMOVE = """
DROP TRIGGER {name}_insert ON {table};
DROP TRIGGER {name}_update ON {table};
DROP TRIGGER {name}_delete ON {related};
DROP TRIGGER {name}_key ON {related};
DROP FUNCTION {name}_referring();
DROP FUNCTION {name}_referred();
DROP FUNCTION {name}_fixed()
"""


class TenantReferenceBySet(SchemaConstraint):
    """(tenant_id, <field>_id) refers to (tenant_id, id) of the related table, by triggers on whole statements.

    Named `<table>_<field>_fk` in a model's `Meta`, it takes the place of the key that the metaclass would add.
    """

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(CREATE.format(**self._names(model)))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(REMOVE.format(**self._names(model)))

    def _names(self, model: Any) -> dict[str, str]:
        field = model._meta.get_field(self.field)
        related = field.related_model
        return {
            "name": self.name,
            "table": model._meta.db_table,
            "column": field.column,
            "related": related._meta.db_table,
            "key": related._meta.pk.column,
        }

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}
