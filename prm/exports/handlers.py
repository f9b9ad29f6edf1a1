from __future__ import annotations

import datetime as dt
from uuid import UUID

from prm.exports.models import ACTIVE, Export
from prm.exports.services import WATCH
from prm.outbox.registry import Payload, subscribe
from prm.outbox.services import emit

LOOK_AGAIN = dt.timedelta(seconds=30)


@subscribe(WATCH)
def watch(payload: Payload) -> None:
    """Send the task, and again from time to time until the export has ended: a broker forgets, the outbox does not.

    A task too many finds the export locked or ended, and does nothing.
    """
    from prm.exports.tasks import run

    if Export.objects.filter(pk=UUID(payload["export_id"]), status__in=ACTIVE).exists():
        emit(WATCH, payload, delay=LOOK_AGAIN)
        run.apply_async(args=[payload["export_id"]])
