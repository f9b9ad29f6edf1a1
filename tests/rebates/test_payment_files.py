"""Files of a settlement, read back as a bank or a ledger system reads them, and equal to our ledger to the cent."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import time_machine
from xmlschema.validators.exceptions import XMLSchemaValidationError

from partners.services.accounts import account_confirm, account_propose, accounts_take_effect
from prm.errors import Conflict, Invalid
from prm.files.models import StoredFile
from prm.files.services import file_open
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates import pain001
from rebates.models import AccountNumber, Settlement, Statement
from rebates.selectors.payments import transfer_outlook
from rebates.services.payments import payment_mark_failed, payment_retry
from rebates.services.periods import period_close
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.rebates.world import day

D = Decimal
NS = {"p": pain001.NAMESPACE}
FLAT = {"type": "marginal", "bands": [{"from": "0", "rate": "0.04"}]}


@pytest.fixture
def world(world: Any) -> Iterator[Any]:
    """A earns 40.00 USD, B 8.04 EUR and C 12.34 CNY in cash; A 4.00 USD besides as a credit note."""
    with time_machine.travel("2026-10-02T04:00:00Z", tick=False):
        world.finance, world.second = world.actor(Role.FINANCE), world.actor(Role.ADMINISTRATOR, "second")
        for code, partner in (("USD", "A"), ("EUR", "B"), ("CNY", "C")):
            scope = {"field": "partner.code", "op": "eq", "value": partner}
            world.published(code, currency=code, calculation=FLAT, scope=scope)
        note = {"all": [{"field": "partner.code", "op": "eq", "value": "A"},
                        {"field": "product.line", "op": "eq", "value": "Note"}]}  # fmt: skip
        world.published("NOTE", scope=note, calculation=FLAT, payout={"form": "credit_note"})
        world.product("N", line="Note")
        world.partner("B", name="Müller & Söhne", legal_name="Müller & Söhne GmbH")
        world.partner("C", name="申江数码")
        world.sale("A", "2026-07-01", "900")
        world.sale("A", "2026-07-01", "100", sku="N")
        world.sale("B", "2026-07-01", "201", currency="EUR")
        world.sale("C", "2026-07-01", "308.5", currency="CNY")
        period_close(actor=world.finance, kind="quarter", key="2026-Q3")
        statement_approve(actor=world.second, statement_ids=everything())
        world.settlement = settlement_prepare(actor=world.finance, statement_ids=everything())
        yield world


def everything() -> list[Any]:
    return list(Statement.objects.values_list("pk", flat=True))


def account(world: Any, partner: str, currency: str, number: str, **more: Any) -> None:
    partner_id = world.partner(partner).pk if partner else None
    holder = more.pop("holder", f"Holder {partner}")
    made = account_propose(
        actor=world.finance, partner_id=partner_id, currency=currency, holder=holder, number=number, **more
    )
    account_confirm(actor=world.second, account_id=made.pk)


def accounts(world: Any) -> None:
    account(world, "", "USD", "0011223344", bic="CHASUS33", holder="Acme Inc")
    account(world, "", "EUR", "FR1420041010050500013M02606", holder="Acme Société")
    account(world, "", "CNY", "6222081200009999", bank_code="102290002916", holder="艾克美")
    account(world, "A", "USD", "44556677", bank_code="021000021", bank_name="First Bank")
    account(world, "B", "EUR", "DE89370400440532013000", holder="Müller & Söhne GmbH")
    account(world, "C", "CNY", "6222081200001234", bank_code="102290002916", holder="申江数码")


def content_of(file: StoredFile) -> bytes:
    with file_open(file) as content:
        return content.read()


def export(world: Any, format: str) -> StoredFile:  # noqa: A002
    return settlement_export(actor=world.finance, settlement_id=world.settlement.pk, format=format)


def parsed(content: bytes) -> Xml.Element:
    return Xml.fromstring(content)  # noqa: S314 (our own file)


def transfers(file: StoredFile) -> dict[str, tuple[str, Decimal]]:
    """End-to-end reference → (currency, amount)."""
    root = parsed(content_of(file))
    return {
        one.findtext("p:PmtId/p:EndToEndId", "", NS): (
            one.find("p:Amt/p:InstdAmt", NS).attrib["Ccy"],  # type: ignore[union-attr]
            D(one.findtext("p:Amt/p:InstdAmt", "", NS)),
        )
        for one in root.iterfind(".//p:CdtTrfTxInf", NS)
    }


def ledger(account_: Account) -> dict[str, Decimal]:
    return {row["currency"]: row["balance"] for row in balances(by=("currency",), accounts=[account_])}


def test_the_banks_file_meets_the_schema_and_equals_the_payments(world):
    accounts(world)
    file = export(world, "pain001")
    assert (file.name, file.content_type) == ("S-00001-pain001.xml", "application/xml")
    content = content_of(file)
    pain001.schema().validate(io.BytesIO(content))
    cash = {str(one): (one.currency, one.amount) for one in world.settlement.payments.filter(form="cash")}
    assert transfers(file) == cash
    sums = Counter[str]()
    for currency, amount in transfers(file).values():
        sums[currency] += amount
    owed = ledger(Account.PAYABLE)
    assert sums == {"USD": D("40.00"), "EUR": D("8.04"), "CNY": D("12.34")} == owed | {"USD": owed["USD"] - D("4.00")}
    root = parsed(content)
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", "", NS) == "3"
    assert D(root.findtext(".//p:GrpHdr/p:CtrlSum", "", NS)) == sum(sums.values())
    assert root.findtext(".//p:GrpHdr/p:MsgId", "", NS) == "acme-S-00001-1"
    assert transfers(export(world, "pain001")) == cash
    assert world.settlement.exports.count() == 1


def test_euros_are_sepa_and_others_plain_transfers(world):
    accounts(world)
    root = parsed(content_of(export(world, "pain001")))
    blocks = {one.findtext("p:DbtrAcct/p:Ccy", "", NS): one for one in root.iterfind(".//p:PmtInf", NS)}

    def told(currency: str, path: str) -> str | None:
        return blocks[currency].findtext("/".join(f"p:{name}" for name in path.split("/")), None, NS)

    assert (told("EUR", "PmtTpInf/SvcLvl/Cd"), told("EUR", "ChrgBr")) == ("SEPA", "SLEV")
    assert (told("EUR", "Dbtr/Nm"), told("EUR", "CdtTrfTxInf/Cdtr/Nm")) == ("Acme Societe", "Muller & Sohne GmbH")
    assert told("EUR", "CdtTrfTxInf/CdtrAcct/Id/IBAN") == "DE89370400440532013000"
    assert told("EUR", "CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI") == "COBADEFFXXX"
    assert (told("CNY", "PmtTpInf/SvcLvl/Cd"), told("CNY", "ChrgBr")) == (None, "SHAR")
    assert (told("CNY", "CdtTrfTxInf/Cdtr/Nm"), told("CNY", "CdtTrfTxInf/CdtrAcct/Id/Othr/Id")) == (
        "申江数码", "6222081200001234",
    )  # fmt: skip
    agent = "CdtTrfTxInf/CdtrAgt/FinInstnId/ClrSysMmbId"
    assert (told("CNY", f"{agent}/ClrSysId/Cd"), told("CNY", f"{agent}/MmbId")) == ("CNAPS", "102290002916")
    assert (told("USD", f"{agent}/ClrSysId/Cd"), told("USD", f"{agent}/MmbId")) == ("USABA", "021000021")


def test_a_payment_without_account_is_left_out_by_name_and_comes_later(world):
    with pytest.raises(Invalid, match="no confirmed account in the currency"):
        export(world, "pain001")
    account(world, "", "USD", "0011223344", bic="CHASUS33")
    account(world, "A", "USD", "44556677", bic="BOFAUS3N")
    account(world, "B", "EUR", "DE89370400440532013000")
    outlook = transfer_outlook(world.settlement.payments.select_related("partner"))
    assert {(one.payment.partner.code, one.code) for one in outlook.left_out} == {
        ("B", "no_paying_account"), ("C", "no_payee_account"),
    }  # fmt: skip
    assert set(transfers(export(world, "pain001")).values()) == {("USD", D("40.00"))}
    statuses = dict(world.settlement.payments.values_list("partner__code", "status").filter(form="cash"))
    assert statuses == {"A": "exported", "B": "prepared", "C": "prepared"}
    account(world, "", "EUR", "FR1420041010050500013M02606")
    later = export(world, "pain001")
    assert later.name == "S-00001-2-pain001.xml"
    assert set(transfers(later).values()) == {("EUR", D("8.04"))}
    assert list(world.settlement.exports.order_by("run").values_list("format", "run")) == [
        ("pain001", 1),
        ("pain001", 2),
    ]


def test_a_payment_tried_again_is_in_another_file(world):
    accounts(world)
    export(world, "pain001")
    payment = world.settlement.payments.get(currency="CNY")
    payment_mark_failed(actor=world.finance, payment_id=payment.pk, reason="AC01 wrong account")
    payment_retry(actor=world.finance, payment_id=payment.pk)
    account(world, "C", "CNY", "6222081200005678", bank_code="102290002916")
    with time_machine.travel("2026-10-05T04:00:00Z"):
        assert accounts_take_effect(actor=world.system) == 1
    again = export(world, "pain001")
    assert transfers(again) == {str(payment): ("CNY", D("12.34"))}
    assert b"6222081200005678" in content_of(again)
    assert f"<InstrId>{payment}-2</InstrId>".encode() in content_of(again)


def test_a_file_that_would_not_meet_the_schema_is_not_written(world, monkeypatch):
    accounts(world)
    monkeypatch.setattr(pain001, "_amount", lambda amount, currency: "1e3")
    with pytest.raises(Conflict) as caught:
        export(world, "pain001")
    assert caught.value.code == "file_invalid"
    assert isinstance(caught.value.__cause__, XMLSchemaValidationError)
    world.settlement.refresh_from_db()
    assert (world.settlement.status, world.settlement.exports.count()) == ("prepared", 0)


def test_journal_entries_balance_and_equal_the_ledger(world):
    AccountNumber.objects.create(account="cash", number="100201")
    file = export(world, "journal_csv")
    rows = list(csv.DictReader(io.StringIO(content_of(file).decode("utf-8-sig"))))
    sums = defaultdict[tuple[str, str], Decimal](Decimal)
    for row in rows:
        sums[row["Account"], row["Currency"]] += D(row["Debit"] or 0) - D(row["Credit"] or 0)
    assert sums == {
        ("2241", "USD"): D("44.00"), ("2241", "EUR"): D("8.04"), ("2241", "CNY"): D("12.34"),
        ("100201", "USD"): D("-40.00"), ("100201", "EUR"): D("-8.04"), ("100201", "CNY"): D("-12.34"),
        ("1122", "USD"): D("-4.00"),
    }  # fmt: skip
    assert {code: sums["2241", code] for code in ("USD", "EUR", "CNY")} == ledger(Account.PAYABLE)
    assert (rows[0]["Booked on"], rows[0]["Partner code"], rows[0]["Period"]) == ("2026-10-02", "B", "2026-Q3")
    other = export(world, "journal_json")
    assert (other.name, other.content_type) == ("S-00001-journal.json", "application/json")
    document = json.loads(content_of(other))
    assert document["totals"] == {
        "USD": {"debit": "44.00", "credit": "44.00"}, "EUR": {"debit": "8.04", "credit": "8.04"},
        "CNY": {"debit": "12.34", "credit": "12.34"},
    }  # fmt: skip
    assert [entry["payment"] for entry in document["entries"]] == [row["Payment"] for row in rows]


@pytest.mark.parametrize("format", ["csv", "xlsx", "journal_csv", "journal_json", "pain001"])
def test_no_file_is_written_when_the_ledger_differs(world, format):  # noqa: A002
    accounts(world)
    Statement.objects.filter(currency="EUR").update(total=D("8.05"))
    with pytest.raises(Conflict) as caught:
        export(world, format)
    assert caught.value.code == "totals_differ"
    assert not Settlement.objects.get().exports.exists()


def test_every_file_is_the_same_after_the_payment(world):
    accounts(world)
    first = {format: export(world, format) for format in ("csv", "xlsx", "journal_csv", "journal_json", "pain001")}  # noqa: A001
    settlement_mark_paid(
        actor=world.finance, settlement_id=world.settlement.pk, paid_on=day("2026-10-02"), reference="BANK-1"
    )
    for format, file in first.items():  # noqa: A001
        assert (export(world, format).pk, len(file.sha256)) == (file.pk, 64)
    assert Settlement.objects.get().status == "paid"


def test_a_payment_during_the_cool_off_goes_to_the_account_in_force(world: Any) -> None:
    accounts(world)
    account(world, "C", "CNY", "6222081200005678", bank_code="102290002916", holder="申江数码")
    content = content_of(export(world, "pain001")).decode()
    assert "6222081200001234" in content
    assert "6222081200005678" not in content
