"""Suspensions, exits, renewals, views and acts on many by API: with a session, for decisions are a person's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import time_machine

from prm.identity.rights import Role
from prm.testing.make import Cast

pytestmark = pytest.mark.django_db
NOW = "2026-11-23T04:00:00Z"


def send(cast: Cast, role: Role, path: str, **data: Any) -> Any:
    headers = {"Idempotency-Key": uuid4().hex}
    return cast.client(role).post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)


def rows(cast: Cast, role: Role, path: str) -> list[dict[str, Any]]:
    response = cast.client(role).get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()["items"]


@time_machine.travel(NOW, tick=False)
def test_suspensions(cast: Cast) -> None:
    path = f"partners/{cast.partner.pk}/suspensions/"
    order = {"scope": "payouts", "reason_code": "compliance", "reason": "Papers"}
    made = send(cast, Role.CHANNEL_MANAGER, path, **order)
    assert (made.status_code, made.json()["status"], made.json()["starts_on"]) == (201, "in_force", "2026-11-23")
    assert send(cast, Role.CHANNEL_MANAGER, path, **order).status_code == 409
    assert send(cast, Role.FINANCE, path, **order).status_code == 403
    key = made.json()["id"]
    assert [one["id"] for one in rows(cast, Role.PARTNER_SALES, "suspensions/")] == [key]
    lifted = send(cast, Role.CHANNEL_MANAGER, f"suspensions/{key}/lift/", reason="Came")
    assert (lifted.status_code, lifted.json()["status"], lifted.json()["lifted_on"]) == (200, "lifted", "2026-11-23")


@time_machine.travel(NOW, tick=False)
def test_exits(cast: Cast) -> None:
    order = {"reason_code": "merger", "reason": "Sold", "last_day": "2026-11-23"}
    made = send(cast, Role.CHANNEL_MANAGER, f"partners/{cast.partner.pk}/exits/", **order)
    assert made.status_code == 201
    key = made.json()["id"]
    checks = cast.client(Role.ADMINISTRATOR).get(f"/api/v1/exits/{key}/checklist/").json()["checks"]
    assert {"code": "rebates.disputes", "name": "Open disputes", "blocks": True, "count": 0, "is_clear": True,
            "is_done": True} in checks  # fmt: skip
    waived = send(cast, Role.ADMINISTRATOR, f"exits/{key}/waivers/", check_code="rebates.disputes", reason="x")
    assert (waived.status_code, waived.json()["code"]) == (409, "clear_already")
    ended = send(cast, Role.ADMINISTRATOR, f"exits/{key}/finish/", reason="Done")
    assert (ended.status_code, ended.json()["status"]) == (200, "finished")
    assert cast.client(Role.PARTNER_SALES).get("/api/v1/exits/").status_code == 401
    assert send(cast, Role.ADMINISTRATOR, f"exits/{key}/cancel/", reason="No").status_code == 409


def test_views_and_acts_on_many(cast: Cast) -> None:
    view = send(cast, Role.CHANNEL_MANAGER, "directory-views/", name="East", filters={"region": "East"})
    assert (view.status_code, view.json()["filters"]) == (201, {"region": "East"})
    assert rows(cast, Role.FINANCE, "directory-views/") == []
    run = send(cast, Role.CHANNEL_MANAGER, "bulk-runs/", verb="tag_add", data={"tag": "x"}, filters={"region": "East"})
    assert (run.status_code, run.json()["total"], run.json()["status"]) == (201, 2, "done")
    undone = send(cast, Role.CHANNEL_MANAGER, f"bulk-runs/{run.json()['id']}/undo/")
    assert (undone.status_code, undone.json()["status"]) == (200, "undone")
    assert rows(cast, Role.CHANNEL_MANAGER, "renewals/") == []
