"""Two at once on the real web server and workers, and an installation of which a part is away for a while."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from uuid import UUID

import pytest

from commerce.models import SaleLine
from prm import clock
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.imports.models import Import
from prm.imports.services import import_start
from prm.ledger.accounts import Account
from prm.outbox.models import Delivery
from prm.testing.importing import SALES, Importer, counts
from prm.testing.installation import PATIENCE, Installation
from prm.testing.processes import wait_until
from rebates.models import Statement
from tests.faults.vendor import AMOUNT, LINES, PARTNERS, TOTAL, Vendor, vendor_make

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("faults")]

COUNT = PARTNERS * LINES


def check_books(vendor: Vendor, times: int) -> None:
    """Every partner has sold `LINES` lines so many times, all in one quarter."""
    assert vendor.accruals() == (PARTNERS, times * TOTAL)
    assert vendor.balances() == {Account.EXPENSE: -times * TOTAL, Account.ACCRUED: times * TOTAL}
    assert vendor.books_balance()
    assert vendor.proof() == "No differences."


def sales_file() -> str:
    numbers = itertools.count(1)
    rows = (
        f"F{next(numbers)},D{partner:03},X,2025-02-12,1,{AMOUNT},USD"
        for partner in range(PARTNERS)
        for _line in range(LINES)
    )
    return "\n".join([SALES, *rows]) + "\n"


def import_of(vendor: Vendor, content: str) -> UUID:
    """Uploaded and started; a worker does it."""
    actor: Actor = vendor.cast.administrator

    def start() -> Any:
        run = Importer(vendor.cast.tenant, actor).upload("sales", content)
        return import_start(actor=actor, import_id=run.pk).pk

    return vendor.do(start)  # type: ignore[no-any-return]


def lines_of(vendor: Vendor) -> int:
    return vendor.do(SaleLine.objects.count)  # type: ignore[no-any-return]


def delivered(vendor: Vendor, topic: str) -> bool:
    def ask() -> bool:
        deliveries = Delivery.objects.filter(message__topic=topic)
        return deliveries.exists() and not deliveries.filter(done_at=None).exists()

    return vendor.do(ask)  # type: ignore[no-any-return]


def test_of_two_closes_at_once_one_wins_and_the_other_is_told(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.sell("2025-02-10")
    vendor.settle()
    with installation.paused("rebates_statementsale"):
        first = vendor.post("periods/quarter/2025-Q1/close/", key="first")
        installation.wait_paused("rebates_statementsale")
        second = vendor.post("periods/quarter/2025-Q1/close/", key="second")
        second.result(PATIENCE)
    won, told = first.result(PATIENCE), second.result(PATIENCE)
    assert (won.status, told.status, told.body["code"]) == (202, 409, "closing")
    assert told.body["detail"] == f"2025-Q1 is being closed, by {won.body['requested_by']}."
    vendor.settle()
    assert vendor.do(lambda: sorted(Statement.objects.values_list("number", flat=True))) == [*range(1, PARTNERS + 1)]
    assert vendor.balances() == {Account.EXPENSE: -TOTAL, Account.PAYABLE: TOTAL}
    assert vendor.journals("rebates.close") == 1
    assert vendor.proof() == "No differences."


def test_two_imports_of_one_file_at_once_make_one_set_of_lines(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.sell("2025-02-10")
    vendor.settle()
    with installation.paused("commerce_saleline"):
        runs = [import_of(vendor, sales_file()) for _ in range(2)]
        installation.wait_paused("commerce_saleline", count=2)
    vendor.settle()
    found = vendor.do(lambda: sorted(counts(run) for run in Import.objects.filter(pk__in=runs)))
    assert found == [(COUNT, 0, COUNT, 0), (COUNT, COUNT, 0, 0)]
    assert lines_of(vendor) == 2 * COUNT
    check_books(vendor, 2)


def test_a_program_published_while_an_import_writes_is_right_in_the_end(installation: Installation) -> None:
    """The publication's recalculation ends before the lines are there for anybody to see."""
    vendor = vendor_make(installation)
    vendor.sell("2025-02-10")
    vendor.settle()
    with installation.paused("commerce_saleline"):
        import_of(vendor, sales_file())
        installation.wait_paused("commerce_saleline")
        vendor.publish()
        wait_until(lambda: delivered(vendor, "rebates.program.published"), PATIENCE, "the publication's recalculation")
        assert lines_of(vendor) == COUNT
        assert vendor.accruals() == (PARTNERS, TOTAL)
    vendor.settle()
    check_books(vendor, 2)


def test_an_import_while_a_publication_is_worked_out_is_right_in_the_end(installation: Installation) -> None:
    """The import's lines come after the publication has looked, and before it has told."""
    vendor = vendor_make(installation)
    vendor.sell("2025-02-10")
    vendor.settle()
    with installation.paused("ledger_journal"):
        vendor.publish()
        installation.wait_paused("ledger_journal")
        import_of(vendor, sales_file())
        wait_until(lambda: lines_of(vendor) == 2 * COUNT, PATIENCE, "the import's lines")
        installation.wait_held_up()
        assert vendor.accruals() == (0, 0)
    vendor.settle()
    check_books(vendor, 2)


def test_a_relay_killed_between_lease_and_broker_sends_again(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.settle()
    with installation.frozen(installation.up.child("redis")):
        vendor.sell("2025-02-10")
        wait_until(lambda: is_leased(vendor), PATIENCE, "the lease of the relay")
        installation.kill("relay")
    installation.wait_back("relay")
    installation.pass_a_minute()
    vendor.settle()
    check_books(vendor, 1)


def is_leased(vendor: Vendor) -> bool:
    """The relay has moved an open delivery's time on, and has not sent it."""
    later = clock.now() + dt.timedelta(seconds=30)
    return vendor.do(lambda: Delivery.objects.filter(done_at=None, due_at__gt=later).exists())  # type: ignore[no-any-return]


def test_with_redis_down_requests_succeed_and_their_events_are_sent_later(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.sell("2025-02-10")
    vendor.settle()
    row = {
        "external_id": "R1", "partner_code": "D000", "sku": "X", "sold_on": "2025-02-11", "quantity": "1",
        "net_amount": "1000.00", "currency": "USD",
    }  # fmt: skip
    with installation.unsupervised():
        installation.kill("redis")
        assert vendor.post("sales/", row, key="sale").result(PATIENCE).status == 201
        assert vendor.post("sales/", row, key="sale").result(PATIENCE).is_replay
        assert not delivered(vendor, "commerce.sales.recorded")
        assert installation.way(vendor.slug, vendor.cast.user(Role.FINANCE)) == "/f/"
    installation.wait_back("redis")
    vendor.settle()
    assert vendor.balances()[Account.ACCRUED] == TOTAL + 20
    assert vendor.do(lambda: set(Delivery.objects.values_list("parked_at", flat=True))) == {None}
    assert vendor.proof() == "No differences."


def test_with_postgresql_down_requests_are_refused_and_work_afterwards(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.sell("2025-02-10")
    vendor.settle()
    with installation.unsupervised():
        installation.kill("postgres")
        refused = vendor.post("periods/quarter/2025-Q1/close/", key="close").result(PATIENCE)
        assert (refused.status, refused.body["retryable"]) == (500, True)
        assert not installation.up.answers()
    installation.wait_back("postgres")
    again = vendor.post("periods/quarter/2025-Q1/close/", key="close").result(PATIENCE)
    assert (again.status, again.is_replay) == (202, False)
    vendor.settle()
    assert vendor.balances() == {Account.EXPENSE: -TOTAL, Account.PAYABLE: TOTAL}
    assert vendor.proof() == "No differences."
