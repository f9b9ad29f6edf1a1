"""Whose tenant is active: contexts, streams, hooks, requests, threads, connections; and the walls of the base model."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, connections, models, transaction
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from partners.models import Partner
from prm.db.models import TenantForeignKey, TenantModel
from prm.db.scope import TenantNotSet, current_tenant
from prm.tenancy.context import after_commit, stream, tenant_context
from prm.tenancy.middleware import TenantMiddleware
from prm.tenancy.models import Tenant
from prm.testing.make import make_tenant
from tests.contracts.rows import make_row
from tests.contracts.vendors import _unblocked, count_raw, two

__all__ = ["_unblocked", "two"]


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
