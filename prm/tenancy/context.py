"""Entering a tenant: the context variable for Python, `SET LOCAL prm.tenant` for PostgreSQL, always both."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
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
        # A released savepoint keeps its SET LOCAL, so a nested block must put the outer tenant back itself. After an
        # exception, or when a rollback has been asked for, the rollback restores the setting.
        if not connection.needs_rollback:
            _set_local(outer)


def _set_local(tenant: Tenant | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [TENANT_SETTING, str(tenant.pk) if tenant else ""])


def stream(rows: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Produce `rows()` lazily inside the caller's tenant; raises `TenantNotSet` when there is none.

    A streaming response is consumed after the request's transaction has ended, where row security shows no rows:
    the export would be empty and nobody told.
    """
    return _Stream(_produce(scope.require_tenant(), rows))


def _produce(tenant: Tenant, rows: Callable[[], Iterable[T]]) -> Generator[T]:
    with tenant_context(tenant):
        yield from rows()


class _Stream(Iterator[T]):
    """Runs a generator in a context of its own: between two rows, its reader is in whatever tenant it was in before."""

    def __init__(self, produced: Generator[T]) -> None:
        self._produced = produced
        self._context = copy_context()

    def __next__(self) -> T:
        return self._context.run(next, self._produced)

    def close(self) -> None:
        """Ends the transaction of a stream that nobody reads to its end; servers call it when the reader is gone."""
        self._context.run(self._produced.close)


def after_commit(do: Callable[[], None]) -> None:
    """Call `do` after the commit, inside the tenant again (a bare on_commit hook sees no rows)."""
    transaction.on_commit(partial(_within, scope.require_tenant(), do))


def _within(tenant: Tenant, do: Callable[[], None]) -> None:
    with tenant_context(tenant):
        do()
