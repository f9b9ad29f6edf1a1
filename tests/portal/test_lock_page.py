"""The page of the lock: one person moves it on, another confirms what moves it back."""

from __future__ import annotations

import pytest
import time_machine

from prm.ledger.models import BookLock
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


@time_machine.travel(NOW, tick=False)
def test_the_lock_is_set_and_moved_back_by_two_people(vendor: Vendor) -> None:
    assert "Never locked" in text_of(get(vendor.finance, "finance:lock"))
    early = post(vendor.finance, "finance:lock_set", until="2026-11-23", reason="x")
    assert (early.status_code, list(early.context["form"].errors)) == (422, ["until"])
    post(vendor.finance, "finance:lock_set", until="2026-10-31", reason="Handed over")
    assert "2026-10-31" in text_of(get(vendor.finance, "finance:lock"))
    client = vendor.finance
    asked = post(client, "finance:lock_set", until="", reason="A payment was forgotten")
    assert "waits for a second person" in text_of(client.get(asked.headers["Location"]))
    with vendor.inside():
        lock_id = BookLock.objects.get(status="asked").pk
    own = text_of(get(vendor.finance, "finance:lock"))
    assert "Somebody else has to confirm it." in own
    assert f"{lock_id}/confirm/" not in own
    assert post(vendor.finance, "finance:lock_decide", lock_id, "confirm").status_code == 403
    other = text_of(get(vendor.administrator, "finance:lock"))
    assert "finance@acme.test wants to open the books" in other
    assert post(vendor.administrator, "finance:lock_decide", lock_id, "confirm").status_code == 302
    assert "The books are open" in text_of(get(vendor.finance, "finance:lock"))
    told = text_of(get(vendor.finance, "finance:audit"))
    assert "Lock date changed" in told
