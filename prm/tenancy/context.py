"""Entering a tenant: the context variable for Python, `SET LOCAL prm.tenant` for PostgreSQL, always both."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from prm.db import scope
from prm.db.constraints import TENANT_SETTING
from prm.tenancy.models import Tenant

T = TypeVar("T")


@contextmanager
def tenant_context(tenant: Tenant | UUID) -> Generator[Tenant]:
    """Run the block in one transaction as this tenant; what was active before is active again afterwards."""
    found = tenant if isinstance(tenant, Tenant) else Tenant.objects.get(pk=tenant)
    outer = scope.current_tenant()
    with transaction.atomic():
        _set_local(found)
        token = scope.enter(found)
        try:
            yield found
        finally:
            scope.leave(token)
            # A released savepoint keeps its SET LOCAL, so a nested block must put the outer tenant back itself.
            # A broken transaction accepts no statement and its rollback restores the setting by itself.
            if not connection.needs_rollback and connection.in_atomic_block and _is_usable():
                _set_local(outer)


def _is_usable() -> bool:
    raw = connection.connection
    return raw is not None and not raw.closed and raw.info.transaction_status != 3  # psycopg2: INERROR


def _set_local(tenant: Tenant | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [TENANT_SETTING, str(tenant.pk) if tenant else ""])


def stream(rows: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Produce `rows()` lazily inside the caller's tenant.

    A streaming response is consumed after the request's transaction has ended, where row security shows no rows:
    the export would be empty and nobody told.
    """
    return _stream(scope.require_tenant(), rows)


def _stream(tenant: Tenant, rows: Callable[[], Iterable[T]]) -> Iterator[T]:
    with tenant_context(tenant):
        yield from rows()


def after_commit(do: Callable[[], None]) -> None:
    """Call `do` after the commit, inside the tenant again (a bare on_commit hook sees no rows)."""
    transaction.on_commit(partial(_within, scope.require_tenant(), do))


def _within(tenant: Tenant, do: Callable[[], None]) -> None:
    with tenant_context(tenant):
        do()
