from __future__ import annotations

from uuid import UUID

from prm.identity.actor import Actor
from prm.imports.services import SUBMITTED, import_run
from prm.outbox.registry import Payload, subscribe


@subscribe(SUBMITTED)
def run_submitted(payload: Payload) -> None:
    import_run(actor=Actor.system("imports"), import_id=UUID(payload["import_id"]))
