"""Writes of identity. People join by invitation, their place changes by rules, keys act for systems."""

from prm.identity.services.api_keys import NewApiKey, api_key_authenticate, api_key_create, api_key_revoke
from prm.identity.services.handoff import handoff_create, handoff_redeem
from prm.identity.services.invitations import (
    invitation_accept,
    invitation_accept_as_new,
    invitation_create,
    invitation_resend,
    invitation_revoke,
    invitations_create,
)
from prm.identity.services.memberships import (
    membership_change_role,
    membership_deactivate,
    membership_move,
    membership_reactivate,
)
from prm.identity.services.users import profile_update, sessions_end, user_deactivate, user_reactivate
from prm.identity.services.vendors import vendor_create

__all__ = [
    "NewApiKey",
    "api_key_authenticate",
    "api_key_create",
    "api_key_revoke",
    "handoff_create",
    "handoff_redeem",
    "invitation_accept",
    "invitation_accept_as_new",
    "invitation_create",
    "invitation_resend",
    "invitation_revoke",
    "invitations_create",
    "membership_change_role",
    "membership_deactivate",
    "membership_move",
    "membership_reactivate",
    "profile_update",
    "sessions_end",
    "user_deactivate",
    "user_reactivate",
    "vendor_create",
]
