"""Two vendors with a row of every model each, and raw ways at the database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from pytest_django.plugin import DjangoDbBlocker

from prm.tenancy.context import tenant_context
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
