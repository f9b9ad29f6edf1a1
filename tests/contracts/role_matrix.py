"""Who may open which address: one row for each name in the URLconf; `test_role_matrix.py` walks it with every role.

A page is `member(...)` with the rights of which one is enough, an operation of the API is `api(...)`. Path parameters
name what they refer to: `ids={"partner_id": "partners.Partner"}` makes one at this vendor and one at the rival, and the
rival's must be answered exactly as an id that never was. `values` are plain texts. Addresses that only take a form say
`method="POST"`, and `data` what to send; `code` is the answer to a role that may (200 unless told otherwise).
An address with several methods has a list of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prm.identity.rights import ROLE_RIGHTS, VENDOR_ROLES, Right, Role

PUBLIC, SIGNED_IN, MEMBER, OPERATOR, API, ELSEWHERE = "public", "signed in", "member", "operator", "api", "elsewhere"


@dataclass(frozen=True)
class Row:
    """`kind` is how strangers are received, `rights` (any of them) what a member needs, `roles` who has one."""

    kind: str
    rights: tuple[Right, ...] = ()
    code: int = 200
    method: str = "GET"
    data: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    make: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields of the objects in `ids`, by parameter; the text "own" for a partner is the cast's own partner."""
    only: frozenset[Role] | None = None
    """Roles, where rights do not tell."""
    refusal: int = 403
    tests: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may."""
        if self.only is not None:
            return self.only
        return frozenset(role for role in Role if not self.rights or ROLE_RIGHTS[role] & set(self.rights))


def public(**more: Any) -> Row:
    """Answers everybody alike, signed in or not."""
    return Row(PUBLIC, **more)


def signed_in(**more: Any) -> Row:
    """Pages of the account: any user, member or not; strangers are sent to sign in."""
    return Row(SIGNED_IN, **more)


def member(*rights: Right, **more: Any) -> Row:
    """Pages: strangers are sent to sign in, users of other vendors get 404, members without a right 403."""
    return Row(MEMBER, rights, **more)


def operator(**more: Any) -> Row:
    """Below /ops/: 404 at every vendor's host, operators only at the platform's."""
    return Row(OPERATOR, **more)


def api(*rights: Right, **more: Any) -> Row:
    """Operations: 401 without a key or membership of this vendor, 403 without a right."""
    return Row(API, rights, **more)


def elsewhere(tests: str) -> Row:
    """Received in ways of its own, which the file `tests` walks through."""
    return Row(ELSEWHERE, tests=tests)


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
    "mfa_deactivate_totp": signed_in(code=302),
    "mfa_view_recovery_codes": signed_in(code=302),
    "mfa_generate_recovery_codes": signed_in(code=302),
    "mfa_download_recovery_codes": signed_in(code=302),
    "mfa_list_webauthn": signed_in(),
    "mfa_add_webauthn": signed_in(code=302),
    "mfa_reauthenticate_webauthn": signed_in(code=302),
    "mfa_remove_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_edit_webauthn": signed_in(code=302, values={"pk": 1}),
    "mfa_login_webauthn": public(),
    "usersessions_list": signed_in(),
}

WEB = {
    "web:brand": public(values={"slug": "acme"}),
    "web:icon": public(values={"slug": "acme"}),
    "web:manifest": public(values={"slug": "acme"}),
    "web:theme": public(method="POST", code=302),
    "web:language": public(method="POST", code=302),
    "web:menu": signed_in(),
    "web:offline": public(),
    "web:gallery": member(only=VENDOR_ROLES, refusal=404),
}

TEAM = (Right.TEAM_MANAGE, Right.OWN_TEAM_MANAGE)
MEMBERSHIP = {"membership_id": "identity.Membership"}
INVITATION = {"invitation_id": "identity.Invitation"}
OF_PARTNER = {"role": Role.PARTNER_SALES.value, "partner": "own"}

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

ROWS: dict[str, Row | list[Row]] = {**ACCOUNT, **WEB, **SHARED}
