"""A rebuild in parts: the same rows and books as in one piece, whoever takes which part, whatever is killed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from prm.errors import Conflict
from prm.outbox.models import Message
from rebates.handlers import rebuild_end_asked, rebuild_part_asked
from rebates.models import Accrual, Rebuild, RebuildPart
from rebates.proof import accruals_differences
from rebates.selectors.rebuilds import rebuild_progress
from rebates.services.accruals import accruals_rebuild
from rebates.services.rebuild import END, rebuild_start

BUDGET = {"program_total": "30"}


@pytest.fixture
def vendor(world):
    world.published("P1")
    world.published("P2", calculation={"type": "retroactive", "bands": [{"rate": "0.1"}]}, cap=BUDGET)
    world.published("P3", stacking={"group": "g", "rule": "best"})
    world.published(
        "P4", stacking={"group": "g", "rule": "best"}, calculation={"type": "total", "bands": [{"rate": "0.03"}]}
    )
    for number in range(12):
        world.sale(f"A{number % 5}", f"2026-0{1 + number % 9}-10", f"{100 + number}.37")
    world.sale("A1", "2026-02-11", "-5", reverses="nothing")
    return world


def run_parts(rebuild: Rebuild) -> None:
    for part in rebuild.parts.order_by("-id"):
        rebuild_part_asked({"part_id": str(part.pk)})
        rebuild_part_asked({"part_id": str(part.pk)})
    for message in Message.objects.filter(topic=END):
        rebuild_end_asked(message.payload)


def test_parts_give_the_rows_and_the_books_of_one_piece(vendor):
    rebuild = rebuild_start(actor=vendor.system, lines_of_a_part=3)
    families = {tuple(part.program_ids) for part in rebuild.parts.all()}
    assert len(families) == 2
    assert rebuild.parts.filter(first_partner=None).count() == 1
    assert rebuild.parts.count() >= 4
    run_parts(rebuild)
    rebuild.refresh_from_db()
    progress = rebuild_progress(rebuild)
    assert (rebuild.status, progress.done, rebuild.corrected) == ("done", progress.total, 0)
    assert accruals_differences() == []
    rows = vendor.accruals()
    assert accruals_rebuild(actor=vendor.system).is_empty
    assert vendor.accruals() == rows
    paid = sum(Decimal(payout) for (code, _a, _b), (_m, payout, _r) in rows.items() if code == "P2")
    assert paid == 30


def test_rows_that_were_wrong_are_right_afterwards(vendor):
    vendor.update()
    Accrual.objects.filter(version__program__code="P1").delete()
    run_parts(rebuild_start(actor=vendor.system, lines_of_a_part=3))
    assert Rebuild.objects.get().corrected > 0
    assert accruals_differences() == []


def test_one_rebuild_at_a_time(vendor):
    rebuild_start(actor=vendor.system)
    with pytest.raises(Conflict):
        rebuild_start(actor=vendor.system)


def test_a_vendor_without_programs_is_done_at_once(world):
    run_parts(rebuild_start(actor=world.system))
    assert (Rebuild.objects.get().status, RebuildPart.objects.count()) == ("done", 0)
