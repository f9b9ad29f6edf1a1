from __future__ import annotations

import time_machine

from prm.ids import new_id


def test_ids_of_one_moment_sort_in_the_order_in_which_they_were_made() -> None:
    with time_machine.travel("2026-11-26T08:00:00Z", tick=False):
        first, *more = found = [new_id() for _number in range(3_000)]
    assert found == sorted(set(found))
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 == 1_795_680_000_000
    assert more[-1].int >> 80 <= 1_795_680_000_001


def test_a_clock_that_goes_back_begins_anew() -> None:
    with time_machine.travel("2026-11-26T08:00:00Z", tick=False):
        later = new_id()
    with time_machine.travel("2026-11-25T08:00:00Z", tick=False):
        assert new_id() < later
