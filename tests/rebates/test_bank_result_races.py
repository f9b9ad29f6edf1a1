"""Two people apply the bank's answer at once: one does, the other is told, and the books hold."""

from __future__ import annotations

import io
from typing import Any

import pytest

from prm.errors import Conflict, StateError
from prm.tenancy.context import tenant_context
from rebates.models import BankResult, BankResultLine, Payment, Settlement
from rebates.proof import accruals_differences
from rebates.selectors.bank_results import bank_result_view
from rebates.selectors.payments import paid_differences
from rebates.services.bank_results import bank_result_apply, bank_result_upload
from rebates.services.payments import payment_mark_failed
from tests.rebates.test_payment_races import acme, exported, paid_balance, world
from tests.rebates.test_races import at_once, errors

__all__ = ["acme", "world"]
pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "reference,status,date,reason\n"


def brought(world: Any, text: str) -> tuple[Any, str]:
    """The file's id and what it would change."""
    with tenant_context(world.tenant):
        result = bank_result_upload(actor=world.finance, name="a.csv", content=io.BytesIO(text.encode()))
        return result.pk, bank_result_view(world.finance, result.pk).fingerprint


def applying(actor: Any, brought: tuple[Any, str]) -> Any:
    return lambda: bank_result_apply(actor=actor, result_id=brought[0], fingerprint=brought[1])


def holds(world: Any, paid: str) -> None:
    with tenant_context(world.tenant):
        assert str(paid_balance()) == paid
        assert (accruals_differences(), paid_differences()) == ([], [])


def test_one_file_applied_twice_at_once_is_applied_once(world):
    first, second = exported(world)
    file = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},failed,,AC04\n")
    results = at_once(world.tenant, applying(world.finance, file), applying(world.second, file))
    assert [type(one).__name__ for one in results if isinstance(one, Exception)] == ["Conflict"]
    with tenant_context(world.tenant):
        assert list(Payment.objects.order_by("number").values_list("status", flat=True)) == ["paid", "failed"]
        assert BankResultLine.objects.count() == 2
    holds(world, "2.0000")


def test_one_file_uploaded_twice_at_once_is_one(world):
    exported(world)
    calls = [
        lambda actor=actor: bank_result_upload(actor=actor, name="a.csv", content=io.BytesIO(HEADER.encode()))
        for actor in (world.finance, world.second)
    ]
    assert errors(at_once(world.tenant, *calls)) == []
    with tenant_context(world.tenant):
        assert BankResult.objects.count() == 1


def test_two_files_about_the_same_payments_do_not_block_one_another(world):
    first, second = exported(world)
    one = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},paid,2026-10-01,\n")
    other = brought(world, f"{HEADER}{second},paid,2026-10-02,\n{first},paid,2026-10-02,\n")
    results = at_once(world.tenant, applying(world.finance, one), applying(world.second, other))
    # The second finds both paid: by then its file changes nothing.
    assert errors(results) == [StateError]
    holds(world, "6.0000")
    with tenant_context(world.tenant):
        assert Settlement.objects.get().status == "paid"


def test_a_mark_by_hand_meets_a_file(world):
    first, second = exported(world)
    file = brought(world, f"{HEADER}{first},paid,2026-10-01,\n{second},paid,2026-10-01,\n")
    by_hand = lambda: payment_mark_failed(actor=world.second, payment_id=second.pk, reason="AC01")  # noqa: E731
    results = at_once(world.tenant, applying(world.finance, file), by_hand)
    assert errors(results) in ([Conflict], [StateError])
    with tenant_context(world.tenant):
        states = tuple(Payment.objects.order_by("number").values_list("status", flat=True))
        assert states in {("paid", "paid"), ("exported", "failed")}
    holds(world, "6.0000" if states == ("paid", "paid") else "0")
