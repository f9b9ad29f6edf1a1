"""An amendment that looks back, through the pages: shown in money, asked for, published by another, booked."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from prm.identity.rights import Role
from prm.testing.make import Cast
from rebates.handlers import program_published
from rebates.models import Program
from rebates.services.programs import program_amend, program_publish
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World, definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def amended(cast: Cast) -> Any:
    """2 % and more on 10,000 and 20,000 in a closed quarter; a draft of 5 % since its first day."""
    vendor = Vendor(cast, World(cast.tenant))
    with time_machine.travel(NOW, tick=False):
        vendor.closed()
        with vendor.inside():
            program = Program.objects.get()
            flat = {"type": "retroactive", "bands": [{"rate": "0.05"}]}
            richer = definition("P1", currency="CNY", calculation=flat, valid_from="2026-07-01")
            program_amend(actor=vendor.world.system, program_id=program.pk, definition=richer)
        yield vendor, program


def test_the_difference_is_shown_asked_for_and_booked(amended: tuple[Vendor, Program]) -> None:
    vendor, program = amended
    text = text_of(get(vendor.administrator, "manager:program_amendment", program.pk))
    assert "¥900.00" in text  # 5 % instead of 2 % on 30,000, closed
    assert "Closed: an adjustment in the open period" in text
    assert "It changes closed periods" in text
    assert "¥600.00" in text
    found = text_of(get(vendor.administrator, "manager:program_amendment", program.pk, q="P-1"))
    assert found.count('class="cell-sub num">P-2') == 0
    assert post(vendor.administrator, "manager:program_amendment", program.pk, reason="").status_code == 422
    answer = post(vendor.administrator, "manager:program_amendment", program.pk, reason="Agreed in July")
    assert answer.status_code == 302
    text = text_of(get(vendor.administrator, "manager:program_amendment", program.pk))
    assert "Agreed in July" in text
    assert "You asked for this amendment; somebody else has to publish it." in text
    assert post(vendor.administrator, "manager:program_publish", program.pk).status_code in (403, 422)
    with vendor.inside():
        program_publish(actor=vendor.world.actor(Role.ADMINISTRATOR, "second"), program_id=program.pk)
        version = program.versions.get(number=2)
        program_published({"program_id": str(program.pk), "version_id": str(version.pk), "since": "2026-07-01"})
    booked = text_of(get(vendor.administrator, "manager:program_booked", program.pk, 2))
    assert "¥900.00" in booked
    assert "Agreed in July" in booked


def test_it_is_told_in_chinese(amended: tuple[Vendor, Program]) -> None:
    vendor, program = amended
    client = vendor.administrator
    client.cookies["django_language"] = "zh-hans"
    text = text_of(get(client, "manager:program_amendment", program.pk))
    for said in ("修订带来的变化", "涉及已关闭期间", "已关闭：在未关闭期间记调整", "申请发布"):
        assert said in text
