"""Claiming a run, holding it while it is worked on, and reading all that it reads from one moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import Table, transition

Row = TypeVar("Row", bound=models.Model)


class Busy(Exception):
    """Another process works on the run."""


@dataclass(frozen=True, slots=True)
class Work(Generic[Row]):
    """How a kind of run is worked on. `name` begins the names of its events, such as `exports.export`; `fail` ends a
    row whose attempts are used up.
    """

    name: str
    model: type[Row]
    table: Table
    active: Collection[str]
    most_attempts: int
    actor: Actor
    fail: Callable[[Row], None]

    def claim(self, tenant: Tenant, run_id: UUID) -> Row | None:
        """The run, one attempt more; None when it has ended. Attempts are counted before the work, so that a run which
        kills its worker fails in the end. Raises `Busy`.
        """
        with tenant_context(tenant):
            self.hold(run_id)
            rows: Any = self.model._default_manager.select_for_update()
            run: Any = rows.filter(pk=run_id, status__in=self.active).first()
            if run is None:
                return None
            if run.attempts >= self.most_attempts:
                self.fail(run)
                return None
            run.attempts += 1
            run.started_at = run.started_at or clock.now()
            run.save(update_fields=["attempts", "started_at"])
            if "run" in self.table[run.status]:
                transition(run, "run", table=self.table, actor=self.actor, action=f"{self.name}.started")
            return run  # type: ignore[no-any-return]

    def hold(self, run_id: UUID) -> None:
        """Until the transaction ends; a killed process lets go of it with its connection. Raises `Busy`."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{self.name}:{run_id}"])
            if not cursor.fetchone()[0]:
                raise Busy


@contextmanager
def snapshot(tenant: Tenant) -> Generator[None]:
    """One state of the database for everything that is read in the block; inside a transaction, that one's."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with tenant_context(tenant):
            yield
