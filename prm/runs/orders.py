"""Carrying out an order: the change and the end of its row are one transaction, so it happens once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from prm import clock
from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.models import OrderRun
from prm.runs.progress import clear
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

Row = TypeVar("Row", bound=OrderRun)
MAX_ATTEMPTS = 5


def order_fields(actor: Actor) -> dict[str, Any]:
    """Who asks, and in which language, as an order keeps it."""
    return {
        "requested_by_id": actor.id, "requested_by_label": actor.label[:254], "requested_by_kind": actor.kind,
        "language": translation.get_language() or "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Orders(Generic[Row]):
    """A kind of order. `name` begins the names of its events; `do` changes things and may set columns of the row,
    which it names.
    """

    name: str
    model: type[Row]
    actor: Actor
    do: Callable[[Row], list[str]]

    def run(self, tenant: Tenant, run_id: UUID) -> None:
        """Carry it out, unless it has ended. Raises `Busy`, and whatever goes wrong, to be tried again."""
        work = Work(
            self.name, self.model, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, self.actor, self._give_up
        )  # fmt: skip
        run = work.claim(tenant, run_id)
        if run is None:
            return
        try:
            with tenant_context(tenant), translation.override(run.language or tenant.locale):
                work.hold(run_id)
                self._carry_out(run_id)
        except DomainError as refusal:
            if refusal.retryable:
                raise
            with tenant_context(tenant), translation.override(run.language or tenant.locale):
                self._refuse(run_id, refusal)
        finally:
            clear(run_id)

    def _carry_out(self, run_id: UUID) -> None:
        run = self._running(run_id)
        if run is not None:
            changed = self.do(run)
            self._end(run, "finish", "finished", changed)

    def _refuse(self, run_id: UUID, refusal: DomainError) -> None:
        run = self._running(run_id)
        if run is not None:
            run.error_code, run.error = refusal.code, _words(refusal)
            self._end(run, "fail", "failed", ["error_code", "error"])

    def _running(self, run_id: UUID) -> Row | None:
        rows: Any = self.model._default_manager.select_for_update()
        return rows.filter(pk=run_id, status=RunStatus.RUNNING).first()  # type: ignore[no-any-return]

    def _give_up(self, run: Row) -> None:
        with translation.override(run.language):
            run.error = _("It was begun %(count)d times and never came to an end. Nothing has changed.") % {
                "count": MAX_ATTEMPTS
            }
        run.error_code = "gave_up"
        self._end(run, "fail", "failed", ["error_code", "error"])

    def _end(self, run: Row, verb: str, event: str, changed: list[str]) -> None:
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at", *changed])
        action = f"{self.name}.{event}"
        transition(run, verb, table=RUN_TRANSITIONS, actor=self.actor, action=action, reason=run.error)
        emit(action, {"run_id": str(run.pk), "code": run.error_code})


def _words(refusal: DomainError) -> str:
    """What it says, with what it says of fields."""
    said = [str(text) for texts in refusal.fields.values() for text in texts]
    return " ".join(said) or str(refusal.message)
