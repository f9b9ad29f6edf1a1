"""Signing in, the look, and what all surfaces share."""

from __future__ import annotations

from prm.identity.rights import VENDOR_ROLES, Right
from tests.contracts.matrix.names import INVITATION, MEMBERSHIP, OF_PARTNER, TEAM
from tests.contracts.matrix.row import elsewhere, member, public, signed_in

ACCOUNT = {
    # Names of allauth. Signed-in people are sent on from the pages of strangers, hence the codes.
    "account_login": public(),
    "account_logout": signed_in(),
    "account_inactive": public(),
    "account_signup": public(),
    "account_reauthenticate": signed_in(),
    "account_email": signed_in(),
    "account_email_verification_sent": public(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(code=302),
    "account_reset_password": public(),
    "account_confirm_login_code": public(code=302),
    "account_confirm_email": public(values={"key": "nonsense"}),
    "account_reset_password_from_key_done": public(),
    "account_reset_password_from_key": public(values={"uidb36": "1", "key": "nonsense"}),
    "account_reset_password_done": public(),
    "mfa_index": signed_in(),
    "mfa_authenticate": public(code=302),
    "mfa_reauthenticate": signed_in(code=302),
    "mfa_activate_totp": signed_in(code=302),
    "mfa_deactivate_totp": signed_in(code=404),
    "mfa_view_recovery_codes": signed_in(code=404),
    "mfa_generate_recovery_codes": signed_in(code=302),
    "mfa_download_recovery_codes": signed_in(code=404),
    "mfa_list_webauthn": signed_in(),
    "mfa_add_webauthn": signed_in(code=302),
    "mfa_reauthenticate_webauthn": signed_in(code=302),
    "mfa_remove_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_edit_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_login_webauthn": public(code=302),
    "usersessions_list": signed_in(),
}

WEB = {
    "web:brand": public(values={"slug": "acme"}, platform=404),
    "web:icon": public(values={"slug": "acme"}, platform=404),
    "web:manifest": public(values={"slug": "acme"}, platform=404),
    "web:theme": public(method="POST", code=302),
    "web:language": public(method="POST", code=302),
    "web:menu": signed_in(),
    "web:offline": public(),
    "web:gallery": member(only=VENDOR_ROLES, refusal=404),
}

SHARED = {
    "shared:root": elsewhere("tests/portal/test_places.py"),
    "shared:switch": signed_in(),
    "shared:session_start": elsewhere("tests/portal/test_places.py"),
    "shared:session_handoff": elsewhere("tests/portal/test_places.py"),
    "shared:session_accept": elsewhere("tests/portal/test_places.py"),
    "shared:invitation": elsewhere("tests/portal/test_invitations.py"),
    "shared:profile": signed_in(),
    "shared:team": member(*TEAM),
    "shared:team_invite": member(*TEAM),
    "shared:member_role": member(*TEAM, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER}),
    "shared:member_deactivate": member(*TEAM, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER}),
    "shared:member_reactivate": member(
        *TEAM, method="POST", code=302, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER | {"is_active": False}}
    ),
    "shared:invitation_resend": member(
        *TEAM, method="POST", code=302, ids=INVITATION, make={"invitation_id": OF_PARTNER}
    ),
    "shared:invitation_revoke": member(*TEAM, ids=INVITATION, make={"invitation_id": OF_PARTNER}),
    "shared:api_keys": member(Right.API_KEYS_MANAGE),
    "shared:api_key_new": member(Right.API_KEYS_MANAGE),
    "shared:api_key_end": member(Right.API_KEYS_MANAGE, ids={"api_key_id": "identity.ApiKey"}),
}

ROWS = {**ACCOUNT, **WEB, **SHARED}
