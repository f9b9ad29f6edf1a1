"""What finance exports of programs and money: exact rows of each kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from prm.errors import Invalid
from prm.exports.kinds import kinds
from prm.exports.services import export_request
from prm.exports.work import export_run
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Role
from rebates.models import Statement
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import World


@pytest.fixture
def finance(world: World) -> Iterator[Actor]:
    """The third quarter closed with two statements, one of them in a settlement; a late sale; an exception."""
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        actor = world.actor(Role.FINANCE)
        world.published("P1")
        world.sale("A", "2026-07-01", "100", external_id="L1")
        world.sale("A", "2026-07-02", "50.25", external_id="L2")
        world.sale("B", "2026-07-03", "1000", external_id="L3")
        world.update()
        period_close(actor=actor, kind="quarter", key="2026-Q3")
        first = Statement.objects.get(partner__code="A")
        statement_approve(actor=world.actor(Role.ADMINISTRATOR), statement_ids=[first.pk])
        settlement_prepare(actor=actor, statement_ids=[first.pk])
        world.sale("A", "2026-09-30", "200", external_id="L4")
        world.sale("A", "2026-10-01", "-1", external_id="R1")
        world.update()
        yield actor


def rows(actor: Actor, kind: str, columns: list[str], **filters: Any) -> list[list[str]]:
    export = export_request(actor=actor, kind=kind, format="csv", columns=columns, filters=filters)
    export_run(export.tenant, export.pk)
    export.refresh_from_db()
    with file_open(export.file) as file:
        read = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert export.rows == len(read) - 1
    return read[1:]


def test_accruals(finance):
    columns = ["program_code", "version", "partner_code", "period", "is_closed", "measure", "payout", "currency"]
    assert rows(finance, "accruals", columns) == [
        ["P1", "1", "A", "2026-Q3", "true", "150.25", "3.01", "USD"],
        ["P1", "1", "B", "2026-Q3", "true", "1000", "20.00", "USD"],
    ]
    assert len(rows(finance, "accruals", columns, partner="B", program="P1", period="2026-Q3", status="closed")) == 1
    assert rows(finance, "accruals", columns, status="open") == []


def test_statement_lines_and_the_sales_behind_them(finance):
    columns = ["statement", "status", "settlement", "period", "partner_code", "program_code", "kind", "amount"]
    assert rows(finance, "statement_lines", columns) == [
        ["R-000001", "settled", "S-00001", "2026-Q3", "A", "P1", "rebate", "3.01"],
        ["R-000002", "prepared", "", "2026-Q3", "B", "P1", "rebate", "20.00"],
    ]
    columns = ["statement", "external_id", "sold_on", "net_amount", "sale_currency", "measure", "amount", "currency"]
    shares = rows(finance, "sale_shares", columns)
    assert shares == [
        ["R-000001", "L1", "2026-07-01", "100", "USD", "100", "2.00", "USD"],
        ["R-000001", "L2", "2026-07-02", "50.25", "USD", "50.25", "1.01", "USD"],
        ["R-000002", "L3", "2026-07-03", "1000", "USD", "1000", "20.00", "USD"],
    ]
    assert rows(finance, "sale_shares", columns, search="R-000002") == shares[2:]
    assert rows(finance, "sale_shares", columns, status="prepared", partner="A") == []
    assert rows(finance, "sale_shares", columns, search="partner b") == shares[2:], "as in the list of statements"
    assert rows(finance, "sale_shares", columns, search="R-x") == []


def test_ledger_entries_show_both_sides(finance):
    columns = ["kind", "effective_on", "account", "debit", "credit", "partner_code", "program_code", "period"]
    found = rows(finance, "ledger_entries", columns, partner="A")
    assert [row[:5] for row in found] == [
        ["rebates.accrual", "2026-10-02", "expense", "3.01", "0.00"],
        ["rebates.accrual", "2026-10-02", "accrued", "0.00", "3.01"],
        ["rebates.close", "2026-10-02", "accrued", "3.01", "0.00"],
        ["rebates.close", "2026-10-02", "payable", "0.00", "3.01"],
        ["rebates.accrual", "2026-10-02", "expense", "4.00", "0.00"],
        ["rebates.accrual", "2026-10-02", "accrued", "0.00", "4.00"],
    ]
    assert {tuple(row[5:7]) for row in found} == {("A", "P1")}
    assert rows(finance, "ledger_entries", columns, account="payable", until="2026-10-01") == []
    assert len(rows(finance, "ledger_entries", columns, account="payable", program="P1", period="2026-Q3")) == 2
    with pytest.raises(Invalid) as caught:
        rows(finance, "ledger_entries", columns, program="P9")
    assert list(caught.value.fields) == ["program"]


def test_adjustments_and_exceptions(finance):
    columns = ["partner_code", "program_code", "origin_period", "booked_period", "amount", "currency", "recorded_at"]
    assert rows(finance, "adjustments", columns, since="2026-10-02", until="2026-10-02") == [
        ["A", "P1", "2026-Q3", "2026-Q4", "4.00", "USD", "2026-10-02T04:00:00Z"]
    ]
    assert rows(finance, "adjustments", columns, until="2026-10-01") == []
    columns = ["external_id", "sold_on", "partner_code", "net_amount", "program_code", "reason"]
    assert rows(finance, "exceptions", columns) == [["R1", "2026-10-01", "A", "-1", "", "return_without_original"]]
    assert rows(finance, "exceptions", columns, search="no_rate") == []


def test_every_column_of_every_kind_can_be_written_in_both_formats(finance):
    for kind in (one for one in kinds() if one.name != "scores"):
        for format_ in ("csv", "xlsx"):
            export = export_request(
                actor=finance, kind=kind.name, format=format_, columns=[column.name for column in kind.columns]
            )
            export_run(export.tenant, export.pk)
            export.refresh_from_db()
            assert export.status == "done"
            assert export.rows, kind.name
