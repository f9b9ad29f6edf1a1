"""From what was told to mails that leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prm.notifications.services.mails import DUE, mail_send, mails_make
from prm.notifications.services.telling import TOLD
from prm.outbox.registry import subscribe


@subscribe(TOLD)
def notices_told(payload: dict[str, Any]) -> None:
    mails_make(notice_ids=[UUID(one) for one in payload["notice_ids"]])


@subscribe(DUE)
def mail_due(payload: dict[str, Any]) -> None:
    mail_send(mail_id=UUID(payload["mail_id"]))
