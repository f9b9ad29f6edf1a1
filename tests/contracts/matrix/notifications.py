"""The inbox, preferences, and what administrators see of messages."""

from __future__ import annotations

from prm.identity.rights import Right, Role
from tests.contracts.matrix.row import api, elsewhere, member, public

MINE = "tests/portal/test_inbox.py"
KIND = {"code": "identity.api_key.created"}
SAMPLE = KIND | {"language": "en"}

ROWS = {
    "local:mails": public(),
    "local:mail": elsewhere("tests/prm/test_mail_catcher.py"),
    "local:mail_frame": elsewhere("tests/prm/test_mail_catcher.py"),
    "shared:act": elsewhere("tests/rebates/test_statement_act.py"),
    "shared:inbox": member(),
    "shared:bell": member(),
    "shared:inbox_read": member(method="POST", code=302),
    # A notice is one person's own, not a role's.
    "shared:notice": elsewhere(MINE),
    "shared:notice_read": elsewhere(MINE),
    "shared:notification_settings": member(),
    "shared:mail_kinds": member(Right.SETTINGS_EDIT),
    "shared:mail_kind": member(Right.SETTINGS_EDIT, values=KIND),
    "shared:mail_frame": member(Right.SETTINGS_EDIT, values=SAMPLE),
    "shared:mail_sample": member(Right.SETTINGS_EDIT, method="POST", code=302, values=SAMPLE),
    "shared:mails": member(Right.SETTINGS_EDIT),
    "shared:mail_again": elsewhere(MINE),
    "api:notifications": api(),
    "api:notifications-read": api(method="POST"),
    "api:notification-read": api(
        method="POST", ids={"notice_id": "notifications.Notice"}, only=frozenset({Role.FINANCE}), refusal=404
    ),
    "api:notification-preferences": [api(), api(method="PATCH")],
}
