from __future__ import annotations

import datetime as dt
from uuid import UUID

from partners.models import BulkRun
from partners.services.bulk import WATCH
from partners.states.bulk import BULK_ACTIVE
from prm.outbox.registry import Payload, subscribe
from prm.outbox.services import emit

LOOK_AGAIN = dt.timedelta(seconds=30)


@subscribe(WATCH)
def watch(payload: Payload) -> None:
    """Send the task, and again from time to time until the run has ended: a broker forgets, the outbox does not."""
    from partners.tasks.lifecycle import bulk

    if BulkRun.objects.filter(pk=UUID(payload["run_id"]), status__in=BULK_ACTIVE).exists():
        emit(WATCH, payload, delay=LOOK_AGAIN)
        bulk.apply_async(args=[payload["run_id"]])
