"""What identity tells: invitations by mail, and whoever owns an account of what changed about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver

from prm import clock
from prm.db.scope import current_tenant, require_tenant
from prm.identity.models import Membership, User
from prm.identity.notices import FACTOR_CHANGED, INVITED, PASSWORD_CHANGED
from prm.identity.selectors import places_of
from prm.identity.services.invitations import REQUESTED, invitation_issue
from prm.identity.services.users import sessions_end
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify, notify_address
from prm.outbox.registry import subscribe
from prm.tenancy.context import tenant_context


@subscribe(REQUESTED)
def invitation_send(payload: dict[str, Any]) -> None:
    issued = invitation_issue(invitation_id=UUID(payload["invitation_id"]))
    if issued is None:
        return
    invitation, token = issued
    known = User.objects.filter(email=invitation.email).first()
    data = {
        "inviter": str(invitation.invited_by),
        "company": str(invitation.partner) if invitation.partner else require_tenant().name,
        "role": invitation.role,
        "until_at": invitation.expires_at.isoformat(),
        "token": token,
    }
    language, name = (known.locale, known.name) if known else ("", "")
    notify_address(INVITED, email=invitation.email, language=language, name=name, data=data)


@subscribe("identity.membership.changed")
def leaver_sign_out(payload: dict[str, Any]) -> None:
    """Who was deactivated at the last place is signed out on every device."""
    member = Membership.objects.filter(pk=UUID(payload["membership_id"])).first()
    if member is not None and not member.is_active:
        sessions_end(user_id=member.user_id)


@receiver([password_changed, password_reset])
def password_told(user: User, **_signal: Any) -> None:
    _tell(PASSWORD_CHANGED, user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def factor_told(user: User, **_signal: Any) -> None:
    _tell(FACTOR_CHANGED, user)


def _tell(kind: NoticeKind, user: User) -> None:
    """At the vendor where it happened; from the platform's own host, at one where the user works."""
    tenant_id = getattr(current_tenant(), "pk", None) or next((one.tenant_id for one in places_of(user.pk)), None)
    if tenant_id is not None:
        with tenant_context(tenant_id):
            notify(kind, to=[user], data={"changed_at": clock.now().isoformat()})
