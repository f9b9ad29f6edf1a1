"""Mails of identity. A worker that dies after sending sends again; the link in the last mail is the good one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prm.db.scope import require_tenant
from prm.identity.mails import invitation_mail
from prm.identity.models import Membership
from prm.identity.services.invitations import REQUESTED, invitation_issue
from prm.identity.services.users import sessions_end
from prm.outbox.registry import subscribe


@subscribe(REQUESTED)
def invitation_send(payload: dict[str, Any]) -> None:
    issued = invitation_issue(invitation_id=UUID(payload["invitation_id"]))
    if issued is not None:
        invitation, token = issued
        invitation_mail(require_tenant(), invitation, token).send()


@subscribe("identity.membership.changed")
def leaver_sign_out(payload: dict[str, Any]) -> None:
    """Who was deactivated at the last place is signed out on every device."""
    member = Membership.objects.filter(pk=UUID(payload["membership_id"])).first()
    if member is not None and not member.is_active:
        sessions_end(user_id=member.user_id)
