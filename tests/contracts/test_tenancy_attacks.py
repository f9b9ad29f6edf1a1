"""Attempts to get from one vendor to another, for every model, as the role that the product runs with."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, models, transaction
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from psycopg2.errors import FeatureNotSupported
from pytest_django.plugin import DjangoDbBlocker

from partners.models import Partner
from prm.db.models import TenantForeignKey, TenantModel
from prm.db.scope import TenantNotSet, current_tenant
from prm.tenancy.context import after_commit, stream, tenant_context
from prm.tenancy.middleware import TenantMiddleware
from prm.tenancy.models import Tenant
from prm.testing.make import make_tenant
from tests.contracts.rows import make_row, tenant_models

MODELS = [pytest.param(model, id=model._meta.label) for model in tenant_models()]
CHANGED = ("42501", "23514", "23505", "23503", "23001", "23502")


def set_raw(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('prm.tenant', %s, true)", [value])


def count_raw(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def refused(*codes: str) -> Iterator[Any]:
    """The database refuses with one of these SQLSTATEs; the savepoint keeps the test's transaction usable."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield caught
    assert getattr(caught.value.__cause__, "pgcode", None) in codes, caught.value


@pytest.fixture(scope="module")
def two(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Tenant, Tenant, dict[str, Any]]]:
    """Two vendors, and a row of every model at the second."""
    with django_db_blocker.unblock(), transaction.atomic():
        acme, rival = make_tenant("acme"), make_tenant("rival")
        with tenant_context(rival):
            rows = {model._meta.label: make_row(model) for model in tenant_models()}
        yield acme, rival, rows
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _unblocked(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    if "two" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("two")
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


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


# Contexts


def test_nested_contexts_restore_the_outer_tenant(two: Any) -> None:
    acme, rival, rows = two
    with tenant_context(rival):
        mine = Partner.objects.count()
        with tenant_context(acme):
            assert (current_tenant(), Partner.objects.count()) == (acme, 0)
        assert (current_tenant(), Partner.objects.count(), count_raw(Partner)) == (rival, mine, mine)
        with pytest.raises(ZeroDivisionError), tenant_context(acme):
            raise ZeroDivisionError(make_row("partners.Partner"))
        assert (current_tenant(), Partner.objects.count(), count_raw(Partner)) == (rival, mine, mine)
        with pytest.raises(DatabaseError), tenant_context(acme), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert (current_tenant(), count_raw(Partner)) == (rival, mine)
        with tenant_context(acme):
            make_row("partners.Partner")
            transaction.set_rollback(True)
        assert (current_tenant(), count_raw(Partner)) == (rival, mine)
    assert current_tenant() is None
    assert count_raw(Partner) == 0
    assert rows["partners.Partner"].tenant_id == rival.pk


def test_a_stream_yields_every_row_and_leaves_its_reader_where_it_was(two: Any) -> None:
    acme, rival, _rows = two
    with tenant_context(acme):
        for _number in range(7):
            make_row("partners.Partner")
        expected = Partner.objects.count()
        rows = stream(lambda: Partner.objects.order_by("code").values_list("code").iterator(chunk_size=2))
    assert current_tenant() is None
    response = StreamingHttpResponse(f"{code}\n" for (code,) in rows)
    first = next(iter(response.streaming_content))
    assert current_tenant() is None
    rest = list(response.streaming_content)
    assert len([first, *rest]) == expected == 7
    with tenant_context(rival):
        assert Partner.objects.exists()


def test_an_abandoned_stream_ends_its_transaction(two: Any) -> None:
    with tenant_context(two[1]):
        rows = stream(Partner.objects.iterator)
        depth = len(connection.savepoint_ids)
        next(rows)
        rows.close()  # type: ignore[attr-defined]
        assert len(connection.savepoint_ids) == depth
        assert current_tenant() == two[1]


def test_streams_and_hooks_without_a_tenant_raise(two: Any) -> None:
    with pytest.raises(TenantNotSet):
        stream(list)
    with pytest.raises(TenantNotSet):
        after_commit(lambda: None)


def test_a_hook_after_the_commit_works_in_its_tenant(django_capture_on_commit_callbacks: Any, db: None) -> None:
    tenant, seen = make_tenant("acme"), []

    def raised() -> str:
        with pytest.raises(TenantNotSet):
            Partner.objects.count()
        return "raised"

    with django_capture_on_commit_callbacks(execute=True), tenant_context(tenant):
        make_row("partners.Partner")
        after_commit(lambda: seen.append(Partner.objects.count()))
        transaction.on_commit(lambda: seen.append(raised()))
    assert seen == [1, "raised"]


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (404, 0), (422, 0), (500, 0)])
def test_a_request_that_is_refused_leaves_nothing(db: None, status: int, kept: int) -> None:
    from django.http import HttpResponse

    tenant = make_tenant("acme")

    def view(_request: Any) -> HttpResponse:
        make_row("partners.Partner")
        return HttpResponse(status=status)

    TenantMiddleware(view)(RequestFactory(SERVER_NAME="acme.localhost").get("/"))
    with tenant_context(tenant):
        assert Partner.objects.count() == kept


# Connections


@pytest.fixture
def committed(transactional_db: None) -> tuple[Tenant, Tenant]:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    for tenant, number in ((acme, 2), (rival, 3)):
        with tenant_context(tenant):
            for _each in range(number):
                make_row("partners.Partner")
    return acme, rival


def test_a_connection_used_for_one_vendor_knows_nothing_afterwards(committed: tuple[Tenant, Tenant]) -> None:
    acme, _rival = committed
    with tenant_context(acme):
        backend = connection.connection.info.backend_pid
        assert count_raw(Partner) == 2
    assert connection.connection.info.backend_pid == backend
    assert count_raw(Partner) == 0


def test_eight_threads_mixing_vendors_see_their_own_rows_only(committed: tuple[Tenant, Tenant]) -> None:
    expected = {committed[0].pk: 2, committed[1].pk: 3}

    def work(number: int) -> int:
        wrong = 0
        try:
            for turn in range(40):
                tenant = committed[(number + turn) % 2]
                with tenant_context(tenant):
                    owners = set(Partner.objects.values_list("tenant_id", flat=True))
                    wrong += owners != {tenant.pk} or count_raw(Partner) != expected[tenant.pk]
                wrong += count_raw(Partner) != 0
        finally:
            connections.close_all()
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 0


# The base model


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_subclass_meta_that_forgets_its_parent_keeps_its_walls() -> None:
    """Made by the owner in a transaction that is rolled back; asked by the app's role inside it."""

    class Careless(TenantModel):
        name = models.CharField(max_length=10)
        partner = TenantForeignKey(Partner)

        class Meta:
            app_label = "partners"
            db_table = "careless"

    # Out of the registry again: other tests go through all models.
    apps.all_models["partners"].pop("careless")
    apps.clear_cache()
    names = {constraint.name for constraint in Careless._meta.constraints}
    assert names == {"careless_rls", "careless_tenant_pk", "careless_partner_fk"}
    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        with owner.schema_editor() as editor:
            editor.create_model(Careless)
        with owner.cursor() as cursor:
            cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'careless'")
            assert cursor.fetchone() == (True, True)
            cursor.execute("SELECT polname FROM pg_policy WHERE polrelid = 'careless'::regclass")
            assert cursor.fetchall() == [("careless_rls",)]
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'careless'::regclass AND contype = 'f'")
            assert "careless_partner_fk" in {name for (name,) in cursor.fetchall()}
            cursor.execute("SELECT count(*) FROM careless")
            assert cursor.fetchone() == (0,)
        transaction.set_rollback(True, using="owner")
    owner.close()


def test_the_owner_is_bound_by_the_walls_too(committed: tuple[Tenant, Tenant], owner_db: Any) -> None:
    with owner_db.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partners_partner")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True, databases=["default", "worker"])
def test_the_worker_reads_named_tables_only(committed: tuple[Tenant, Tenant]) -> None:
    with connections["worker"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_delivery")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("SELECT * FROM partners_partner")
    connections["worker"].close()


def test_the_tests_run_as_the_powerless_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("prm_app", False, False)
