"""One's own notices and preferences through the REST API."""

from __future__ import annotations

from uuid import uuid4

from prm.identity.notices import PASSWORD_CHANGED
from prm.identity.rights import KEY_SCOPES, Role
from prm.notifications.services import notify
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast

WHEN = {"changed_at": "2026-03-02T06:00:00+00:00"}


def told(cast: Cast, role: Role) -> str:
    with tenant_context(cast.tenant):
        return str(notify(PASSWORD_CHANGED, to=[cast.user(role)], data=WHEN)[0].pk)


def test_reading_the_own_notices(cast: Cast) -> None:
    client = ApiClient(cast.tenant, user=cast.user(Role.PARTNER_SALES))
    first, second = told(cast, Role.PARTNER_SALES), told(cast, Role.PARTNER_SALES)
    other = told(cast, Role.FINANCE)
    [newest, oldest] = client.get("notifications/").json()["items"]
    assert (newest["id"], oldest["id"]) == (second, first)
    assert (newest["subject"], newest["area"], newest["path"], newest["read_at"]) == (
        "Your password was changed", "security", "/accounts/sessions/", None,
    )  # fmt: skip
    assert client.post(f"notifications/{first}/read/").json()["read_at"] is not None
    assert [one["id"] for one in client.get("notifications/", unread="true").json()["items"]] == [second]
    for foreign in (other, uuid4()):
        assert client.post(f"notifications/{foreign}/read/").status_code == 404
    assert client.post("notifications/read/", {"ids": [other]}).json() == {"read": 0}
    assert client.post("notifications/read/", {}).json() == {"read": 1}
    assert client.get("notifications/", area="tiers").json()["items"] == []


def test_keys_have_no_inbox(cast: Cast) -> None:
    client = ApiClient(cast.tenant, make_key(cast, list(KEY_SCOPES)))
    for path in ("notifications/", "notification-preferences/"):
        assert client.get(path).status_code == 403
    assert client.post("notifications/read/", {}).status_code == 403


def test_preferences(cast: Cast) -> None:
    client = ApiClient(cast.tenant, user=cast.user(Role.FINANCE))
    before = client.get("notification-preferences/").json()
    assert {"area": "security", "channel": "mail", "is_locked": True} in before["channels"]
    assert (before["quiet_from"], before["digest_at"], before["digest_above"]) == (None, "08:00:00", 20)
    after = client.patch(
        "notification-preferences/",
        {"channels": [{"area": "people", "channel": "inbox"}], "quiet_from": "22:00", "quiet_until": "07:00"},
    ).json()
    assert {"area": "people", "channel": "inbox", "is_locked": False} in after["channels"]
    assert (after["quiet_until"], after["digest_at"]) == ("07:00:00", "08:00:00")
    locked = client.patch("notification-preferences/", {"channels": [{"area": "money", "channel": "off"}]})
    assert (locked.status_code, list(locked.json()["fields"])) == (422, ["money"])
    half = client.patch("notification-preferences/", {"quiet_until": None})
    assert half.status_code == 422
