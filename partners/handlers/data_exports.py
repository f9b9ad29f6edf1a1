from __future__ import annotations

import datetime as dt
from uuid import UUID

from partners.models import DataExport, Exit
from partners.notices.lifecycle import data_export_tell
from partners.services.data_exports import WATCH
from prm.outbox.registry import Payload, subscribe
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE

LOOK_AGAIN = dt.timedelta(seconds=30)


@subscribe(WATCH)
def watch(payload: Payload) -> None:
    """Send the task, and again from time to time until the archive has ended: a broker forgets, the outbox does not."""
    from partners.tasks.lifecycle import data_export

    if DataExport.objects.filter(pk=UUID(payload["data_export_id"]), status__in=RUN_ACTIVE).exists():
        emit(WATCH, payload, delay=LOOK_AGAIN)
        data_export.apply_async(args=[payload["data_export_id"]])


@subscribe("partners.data_export.finished")
def finished(payload: Payload) -> None:
    """Who asked is told; after an exit the partner's administrators get a link, for they have no account any more."""
    export = DataExport.objects.select_related("partner", "exit").filter(pk=UUID(payload["data_export_id"])).first()
    if export is not None and export.file_id is not None:
        data_export_tell(export, Exit.objects.filter(pk__in=[export.exit_id]).first())
