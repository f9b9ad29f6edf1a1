"""SIGKILL of a worker, of Redis, of PostgreSQL in the middle of an accrual, an export, a recalculation, a close, a
settlement: after the restart nothing is lost, nothing is counted twice, the proof finds no difference.

Each test stops the work where it hurts most, with `paused`: results are written and their journal is not, a file is
whole and not yet the export's, statements are there and their lines' shares are not.
"""

from __future__ import annotations

import csv
import hashlib
import io
from concurrent.futures import Future
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from prm.exports.models import Export
from prm.exports.services import export_download, export_request
from prm.files.models import StoredFile
from prm.files.services import file_open
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.outbox.models import Delivery
from prm.outbox.tasks import MAX_ATTEMPTS
from prm.testing.installation import PATIENCE, Answer, Installation
from prm.testing.processes import wait_until
from rebates.models import Accrual, Payment, Settlement, SettlementExport, Statement, StatementSale
from rebates.selectors.rebuilds import rebuild_progress
from rebates.services.periods import period_close
from rebates.services.rebuild import rebuild_start
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from tests.faults.vendor import AMOUNT, LINES, PARTNERS, PAYOUT, TOTAL, Vendor, vendor_make

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("faults")]

NO_DIFFERENCES = "No differences."


def rise(installation: Installation, *names: str) -> None:
    """Wait for the restart, and let the minute pass after which whatever got lost is sent again."""
    installation.wait_back(*names)
    installation.pass_a_minute()


@pytest.mark.parametrize("victim", ["worker", "redis", "postgres"])
def test_a_kill_in_the_middle_of_an_accrual_and_of_an_export(installation: Installation, victim: str) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.sell("2025-02-10")
    vendor.settle()
    assert vendor.accruals() == (PARTNERS, TOTAL)
    accrued = vendor.journals("rebates.accrual")
    with installation.paused("ledger_journal", "files_storedfile"):
        vendor.sell("2025-02-11")
        finance = vendor.actor(Role.FINANCE)
        export = vendor.do(lambda: export_request(actor=finance, kind="sales", format="csv"))
        installation.wait_paused("ledger_journal")
        installation.wait_paused("files_storedfile")
        installation.kill(victim)
        if victim == "worker":
            # What it held is free long before the one who held it up lets go.
            installation.wait_let_go("ledger_journal")
    rise(installation, victim)
    vendor.settle()

    assert vendor.accruals() == (PARTNERS, 2 * TOTAL)
    assert vendor.balances() == {Account.EXPENSE: -2 * TOTAL, Account.ACCRUED: 2 * TOTAL}
    assert vendor.journals("rebates.accrual") == accrued + 1
    assert vendor.books_balance()
    assert vendor.proof() == NO_DIFFERENCES
    check_export(vendor, export)


def test_a_kill_after_the_commit_and_before_the_acknowledgement(installation: Installation) -> None:
    """Redis stands still, so the worker has done its work and is not heard; then both die. The next finds it done."""
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.settle()
    with ExitStack() as silence:
        with installation.paused("ledger_journal"):
            vendor.sell("2025-02-10")
            installation.wait_paused("ledger_journal")
            silence.enter_context(installation.frozen(installation.up.child("redis")))
        vendor.settle()
        # Together: the acknowledgement is on its way to Redis, and must not arrive.
        installation.kill("worker", "redis")
    installation.wait_back("redis")
    assert installation.unacknowledged() > 0
    installation.wait_back("worker")
    wait_until(lambda: not installation.unacknowledged(), PATIENCE, "the acknowledgement of another worker")
    recorded = vendor.do(lambda: list(Delivery.objects.filter(message__topic="commerce.sales.recorded")))
    assert [(one.attempts, one.last_error) for one in recorded] == [(1, ""), (1, "")]
    assert vendor.journals("rebates.accrual") == 1
    assert vendor.accruals() == (PARTNERS, TOTAL)
    assert vendor.proof() == NO_DIFFERENCES


def test_what_kills_its_worker_again_and_again_is_parked_and_seen(installation: Installation) -> None:
    vendor = vendor_make(installation)
    vendor.publish()
    vendor.settle()
    with installation.frozen(installation.up.child("relay")):
        vendor.sell("2025-02-10")
        vendor.do(lambda: Delivery.objects.filter(done_at=None).update(attempts=MAX_ATTEMPTS - 1))
    with installation.paused("ledger_journal"):
        installation.wait_paused("ledger_journal")
        installation.kill_pool()
    wait_until(lambda: vendor.do(lambda: Delivery.objects.filter(parked_at__isnull=False).exists()), PATIENCE, "a park")
    with pytest.raises(CommandError, match=r"^1 parked\.$"):
        call_command("outbox_parked", tenant=vendor.slug)
    with pytest.raises(CommandError, match=f"^{PARTNERS} differences"):
        vendor.proof()
    call_command("outbox_parked", tenant=vendor.slug, retry=True)
    vendor.settle()
    assert vendor.accruals() == (PARTNERS, TOTAL)
    assert vendor.balances() == {Account.EXPENSE: -TOTAL, Account.ACCRUED: TOTAL}
    assert vendor.proof() == NO_DIFFERENCES


def check_export(vendor: Vendor, export: Export) -> None:
    """One whole file with every line once."""
    ended = vendor.do(lambda: Export.objects.select_related("file").get(pk=export.pk))
    finance = vendor.actor(Role.FINANCE)
    with vendor.do(lambda: file_open(export_download(actor=finance, export_id=export.pk))) as file:
        body = file.read()
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    amounts = [Decimal(value) for row in rows for value in row.values() if value == str(AMOUNT)]
    assert (ended.status, ended.rows, ended.sha256) == ("done", 2 * PARTNERS * LINES, hashlib.sha256(body).hexdigest())
    assert len({tuple(row.values()) for row in rows}) == len(rows) == 2 * PARTNERS * LINES
    assert sum(amounts) == 2 * PARTNERS * LINES * AMOUNT
    assert vendor.do(StoredFile.objects.count) == 1


RECALCULATION = {
    "worker": lambda installation: installation.kill("worker", "web"),
    "redis": lambda installation: installation.kill("redis"),
    "redis-and-its-data": lambda installation: installation.lose_redis(),
    "postgres": lambda installation: installation.kill("postgres"),
}


@pytest.mark.parametrize("victim", RECALCULATION)
def test_a_kill_in_the_middle_of_a_recalculation_and_of_a_close(installation: Installation, victim: str) -> None:
    rebuilt, closing = (vendor_make(installation) for _ in range(2))
    for vendor in (rebuilt, closing):
        vendor.publish()
        vendor.sell("2025-02-10")
    for vendor in (rebuilt, closing):
        vendor.settle()
    with installation.paused("ledger_journal", "rebates_statementsale"):
        # One of the two worker processes each, so the close first: the rebuild would take both.
        closed = closing.post("periods/quarter/2025-Q1/close/", key="close")
        installation.wait_paused("rebates_statementsale")
        rebuild = rebuilt.do(lambda: rebuild_of_nothing(rebuilt))
        installation.wait_paused("ledger_journal")
        RECALCULATION[victim](installation)
    assert closed.result(PATIENCE).status == 202
    rise(installation, "worker", "web", "redis", "postgres")
    check_close(closing)
    rebuilt.settle()

    progress = rebuilt.do(lambda: rebuild_progress(rebuild))
    assert progress.done == progress.total >= 4
    assert rebuilt.accruals() == (PARTNERS, TOTAL)
    assert rebuilt.balances() == {Account.EXPENSE: -TOTAL, Account.ACCRUED: TOTAL}
    assert rebuilt.books_balance()
    assert rebuilt.proof() == NO_DIFFERENCES


def rebuild_of_nothing(vendor: Vendor) -> Any:
    """Every row is gone, so that every part has rows to write and money to move."""
    Accrual.objects.all().delete()
    return rebuild_start(actor=vendor.world.system, lines_of_a_part=PARTNERS * LINES // 5)


def check_close(vendor: Vendor) -> None:
    """The same request again is the same close, and it comes to its end once."""
    again = vendor.post("periods/quarter/2025-Q1/close/", key="close").result(PATIENCE)
    assert (again.status, again.is_replay) == (202, True)
    vendor.settle()
    assert vendor.do(lambda: sorted(Statement.objects.values_list("number", flat=True))) == [*range(1, PARTNERS + 1)]
    assert vendor.do(lambda: set(Statement.objects.values_list("total", flat=True))) == {PAYOUT}
    shares = vendor.do(lambda: list(StatementSale.objects.values_list("measure", "amount")))
    assert len(shares) == PARTNERS * LINES
    assert sum(amount for _measure, amount in shares) == TOTAL
    assert sum(measure for measure, _amount in shares) == PARTNERS * LINES * AMOUNT
    assert vendor.balances() == {Account.EXPENSE: -TOTAL, Account.PAYABLE: TOTAL}
    assert vendor.journals("rebates.close") == 1
    assert vendor.books_balance()
    assert vendor.proof() == NO_DIFFERENCES


@pytest.mark.parametrize("victim", ["web", "postgres"])
def test_a_kill_in_the_middle_of_settling_exporting_and_paying(installation: Installation, victim: str) -> None:
    """Three settlements of one vendor at once: one being prepared, one being written to a file, one being paid."""
    vendor = vendor_make(installation)
    exported, prepared, approved = settlements_make(vendor)
    paid = {"paid_on": "2025-12-01", "reference": "T-1"}
    requests = [
        ("settlements/", {"statement_ids": approved}, "prepare", "rebates_settlementline", 201),
        (f"settlements/{prepared}/exports/", {"format": "csv"}, "export", "files_storedfile", 201),
        (f"settlements/{exported}/paid/", paid, "pay", "ledger_journal", 200),
    ]
    waiting: list[Future[Answer]] = []
    with installation.paused(*(table for _path, _body, _key, table, _status in requests)):
        for path, body, key, table, _status in requests:
            waiting.append(vendor.post(path, body, key=key))
            installation.wait_paused(table)
        installation.kill(victim)
    assert all(answer.result(PATIENCE).status in {0, 500, 503} for answer in waiting)
    rise(installation, victim)
    assert vendor.do(lambda: (Settlement.objects.count(), SettlementExport.objects.count())) == (2, 1)
    assert Account.PAID not in vendor.balances()

    for path, body, key, _table, status in requests:
        answer = vendor.post(path, body, key=key).result(PATIENCE)
        assert (answer.status, answer.is_replay) == (status, False)
        again = vendor.post(path, body, key=key).result(PATIENCE)
        assert (again.status, again.is_replay, again.body) == (status, True, answer.body)
    vendor.settle()
    assert vendor.do(lambda: sorted(Settlement.objects.values_list("number", flat=True))) == [1, 2, 3]
    numbers = vendor.do(lambda: sorted(Payment.objects.values_list("number", flat=True)))
    assert numbers == [*range(1, 3 * PARTNERS + 1)]
    assert vendor.do(SettlementExport.objects.count) == 2
    assert vendor.balances() == {Account.EXPENSE: -3 * TOTAL, Account.PAYABLE: 2 * TOTAL, Account.PAID: TOTAL}
    assert vendor.books_balance()
    assert vendor.proof() == NO_DIFFERENCES


def settlements_make(vendor: Vendor) -> tuple[str, str, list[str]]:
    """An exported settlement, a prepared one, and approved statements for a third: a quarter each."""
    vendor.publish()
    for on in ("2025-02-10", "2025-05-10", "2025-08-10"):
        vendor.sell(on)
    vendor.settle()
    finance, second = vendor.actor(Role.FINANCE), vendor.actor(Role.FINANCE, "second")
    quarters = []
    for key in ("2025-Q1", "2025-Q2", "2025-Q3"):
        vendor.do(lambda key=key: period_close(actor=finance, kind="quarter", key=key))
        ids = vendor.do(lambda key=key: [*Statement.objects.filter(period__key=key).values_list("pk", flat=True)])
        vendor.do(lambda ids=ids: statement_approve(actor=second, statement_ids=ids))
        quarters.append(ids)
    exported, prepared = (
        vendor.do(lambda ids=ids: settlement_prepare(actor=finance, statement_ids=ids)).pk for ids in quarters[:2]
    )
    vendor.do(lambda: settlement_export(actor=finance, settlement_id=exported, format="csv"))
    return str(exported), str(prepared), [str(one) for one in quarters[2]]
