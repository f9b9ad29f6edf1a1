"""Attempts to get from one vendor to another, for every model, as the role that the product runs with."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from psycopg2.errors import FeatureNotSupported

from partners.models import Partner
from prm.db.models import TenantForeignKey
from prm.db.scope import TenantNotSet, current_tenant
from prm.tenancy.context import tenant_context
from tests.contracts.rows import make_row, tenant_models
from tests.contracts.vendors import CHANGED, MODELS, _unblocked, count_raw, refused, set_raw, two

__all__ = ["_unblocked", "two"]


@pytest.mark.parametrize("model", MODELS)
def test_without_a_tenant_the_manager_raises_and_sql_sees_nothing(two: Any, model: Any) -> None:
    assert current_tenant() is None
    for attempt in (model.objects.all, model.objects.count, model.objects.first, model.objects.create):
        with pytest.raises(TenantNotSet):
            attempt()
    with pytest.raises(TenantNotSet):
        model()
    assert count_raw(model) == 0
    with connection.cursor() as cursor:
        # What a finished SET LOCAL leaves behind.
        cursor.execute("SELECT current_setting('prm.tenant', true)")
        assert cursor.fetchone()[0] in {"", None}


@pytest.mark.parametrize("model", MODELS)
def test_a_queryset_carried_out_of_its_tenant_raises(two: Any, model: Any) -> None:
    with tenant_context(two[1]):
        carried = model.objects.all()
        assert carried.exists()
    for attempt in (carried.count, carried.exists, lambda: list(carried), lambda: list(carried.iterator())):
        with pytest.raises(TenantNotSet):
            attempt()


@pytest.mark.parametrize("model", MODELS)
def test_a_garbage_tenant_is_an_error_never_rows(two: Any, model: Any) -> None:
    with refused("22P02"):
        set_raw("nonsense' OR true --")
        count_raw(model)


@pytest.mark.parametrize("model", MODELS)
def test_another_vendors_rows_are_not_there(two: Any, model: Any) -> None:
    acme, rival, rows = two
    row = rows[model._meta.label]
    with tenant_context(acme):
        assert model.objects.filter(pk=row.pk).count() == 0
        assert model._base_manager.filter(tenant_id=rival.pk).count() == 0
        assert count_raw(model) == 0
    with tenant_context(rival):
        assert model.objects.filter(pk=row.pk).count() == 1


@pytest.mark.parametrize("model", MODELS)
def test_a_row_for_another_vendor_is_refused(two: Any, model: Any) -> None:
    acme, rival, rows = two
    values = {field.attname: getattr(rows[model._meta.label], field.attname) for field in model._meta.concrete_fields}
    values |= {model._meta.pk.attname: None if model._meta.pk.db_returning else uuid4(), "tenant_id": rival.pk}
    with tenant_context(acme), refused("42501"):
        # Not the manager: what a programmer would do who goes around it.
        model._base_manager.bulk_create([model(**values)])


@pytest.mark.parametrize("model", MODELS)
def test_another_vendors_rows_cannot_be_changed_moved_or_deleted(two: Any, model: Any) -> None:
    acme, rival, rows = two
    table, pk = model._meta.db_table, rows[model._meta.label].pk
    key = str(pk) if isinstance(pk, UUID) else pk
    column = model._meta.pk.column
    with tenant_context(acme), connection.cursor() as cursor:
        for statement in (
            f'UPDATE "{table}" SET tenant_id = %s WHERE {column} = %s',
            f'DELETE FROM "{table}" WHERE tenant_id <> %s AND {column} = %s',
        ):
            try:
                with transaction.atomic():
                    cursor.execute(statement, [acme.pk, key])
                    assert cursor.rowcount == 0
            except ProgrammingError as error:  # append-only tables: the right itself is missing
                if error.__cause__.pgcode != "42501":  # type: ignore[union-attr]
                    raise
    with tenant_context(rival), connection.cursor() as cursor:
        with refused(*CHANGED):
            cursor.execute(f'UPDATE "{table}" SET tenant_id = %s WHERE {column} = %s', [acme.pk, key])
        assert model.objects.filter(pk=pk).exists()


REFERENCES = [
    pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
    for model in tenant_models()
    for field in model._meta.local_fields
    if isinstance(field, TenantForeignKey)
]


@pytest.mark.parametrize(("model", "field"), REFERENCES)
def test_a_reference_to_another_vendors_row_fails_as_one_to_nothing(two: Any, model: Any, field: Any) -> None:
    acme, _rival, rows = two
    foreign = rows[field.related_model._meta.label].pk
    missing = 2**40 if isinstance(foreign, int) else uuid4()
    messages = []
    for target in (foreign, missing):
        with tenant_context(acme):
            template = make_row(model)
            values = {each.attname: getattr(template, each.attname) for each in model._meta.concrete_fields}
            values |= {model._meta.pk.attname: None if model._meta.pk.db_returning else uuid4(), field.attname: target}
            values |= NEEDS.get((model._meta.label, field.name), {})
            _fresh_uniques(model, field, values)
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                model._base_manager.bulk_create(_insertable(model, values))
        error = caught.value.__cause__
        assert error.pgcode == "23503", error  # type: ignore[union-attr]
        messages.append(str(error).replace(str(target), "<id>").replace(str(acme.pk), "<tenant>"))
    assert messages[0] == messages[1]


def _insertable(model: Any, values: dict[str, Any]) -> list[Any]:
    """One row, or the balanced pair that the journal asks for."""
    if model._meta.label != "ledger.Entry":
        return [model(**values)]
    turned = values | {"debit": values["credit"], "credit": values["debit"]}
    return [model(**values), model(**turned)]


# What a row with this reference must look like besides.
NEEDS: dict[tuple[str, str], dict[str, Any]] = {
    ("identity.Invitation", "partner"): {"role": "partner_sales"},
    ("identity.Membership", "partner"): {"role": "partner_sales"},
    ("partners.CompanyKey", "application"): {"partner_id": None},
    ("partners.DuplicateCandidate", "other"): {"partner_id": None},
    ("rebates.Statement", "settlement"): {"status": "settled"},
    ("rebates.StatementLine", "adjustment"): {"kind": "adjustment"},
    ("rebates.Reminder", "dispute"): {"kind": "dispute_due", "statement_id": None},
}


def _fresh_uniques(model: Any, tried: Any, values: dict[str, Any]) -> None:
    """Whatever is unique gets another value, so that only the tried reference is wrong."""
    unique = {name for each in model._meta.constraints for name in getattr(each, "fields", ())} - {"id", tried.name}
    for field in model._meta.concrete_fields:
        if field.name in unique and isinstance(field, TenantForeignKey) and values[field.attname]:
            values[field.attname] = make_row(field.related_model).pk
        elif field.name in unique and isinstance(field, models.CharField) and not field.choices:
            values[field.attname] = uuid4().hex[: field.max_length]
        elif field.name in unique and isinstance(field, models.UUIDField):
            values[field.attname] = uuid4()
        elif field.name in unique and isinstance(field, models.PositiveIntegerField) and values[field.attname]:
            values[field.attname] += 1000


@pytest.mark.parametrize("model", MODELS)
def test_another_vendors_unique_values_are_free(two: Any, model: Any) -> None:
    """All values of the rival's row but its key and references: a vendor learns nothing by trying."""
    acme, rival, rows = two
    with tenant_context(rival):
        row = model.objects.get(pk=rows[model._meta.label].pk)
    plain = {
        field.name: getattr(row, field.name)
        for field in model._meta.concrete_fields
        if not field.is_relation and not field.primary_key
    }
    if model._meta.label == "ledger.Entry":
        pytest.skip("entries come in balanced pairs")
    with tenant_context(acme):
        assert make_row(model, **plain).pk != row.pk


ESCAPES = [
    ("RESET ROLE", None),
    ("SET ROLE prm_owner", "42501"),
    ("SET ROLE postgres", "42501"),
    ("SET SESSION AUTHORIZATION prm_owner", "42501"),
    ("SET session_replication_role = replica", "42501"),
    ("ALTER TABLE partners_partner DISABLE ROW LEVEL SECURITY", "42501"),
    ("ALTER TABLE partners_partner NO FORCE ROW LEVEL SECURITY", "42501"),
    ("DROP POLICY partners_partner_rls ON partners_partner", "42501"),
    ("CREATE POLICY mine ON partners_partner USING (true)", "42501"),
    ("TRUNCATE partners_partner CASCADE", "42501"),
    ("ALTER ROLE prm_app BYPASSRLS", "42501"),
    ("CREATE TABLE mine AS SELECT * FROM partners_partner", "42501"),
    ("CREATE VIEW mine AS SELECT * FROM partners_partner", "42501"),
    ("CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "42501"),
]


@pytest.mark.parametrize(("statement", "code"), ESCAPES)
def test_the_apps_connection_cannot_escape(two: Any, statement: str, code: str | None) -> None:
    with tenant_context(two[0]), connection.cursor() as cursor:
        if code is None:
            cursor.execute(statement)
        else:
            with refused(code):
                cursor.execute(statement)
        assert count_raw(Partner) == 0


def test_switching_row_security_off_is_an_error_not_a_way_out(two: Any) -> None:
    with tenant_context(two[0]), connection.cursor() as cursor, refused("42501"):
        cursor.execute("SET LOCAL row_security = off")
        cursor.execute("SELECT * FROM partners_partner")


def test_a_temporary_table_does_not_shadow_what_definer_functions_read(two: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE identity_membership (LIKE identity_membership) ON COMMIT DROP")
        cursor.execute("SELECT count(*) FROM prm_secure.memberships_of(%s)", [uuid4()])
        assert cursor.fetchone() == (0,)
        # It read the real table, as the worker role, which may not read the app's temporary one.
        cursor.execute("DROP TABLE pg_temp.identity_membership")


def test_copy_takes_out_the_own_rows_only_and_puts_nothing_in(two: Any) -> None:
    acme, rival, _rows = two
    with tenant_context(acme):
        own = make_row("partners.Partner")
        out = io.StringIO()
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT id FROM partners_partner) TO STDOUT", out)
        assert out.getvalue().split() == [str(own.pk)]
        assert rival.pk != acme.pk
        with pytest.raises(FeatureNotSupported), transaction.atomic(), connection.cursor() as cursor:
            cursor.copy_expert("COPY partners_partner (id) FROM STDIN", io.StringIO(f"{uuid4()}\n"))
