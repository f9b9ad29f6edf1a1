"""What is read of a bank's file, and what is refused as a whole; who may bring one in."""

from __future__ import annotations

import io
import zipfile

import pytest

from prm.errors import DomainError, Forbidden, NotFound, TooLarge
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from rebates.bank_results import plan
from rebates.bank_results.entries import Unreadable
from rebates.models import BankResult
from rebates.pain001 import block_id
from rebates.selectors.bank_results import bank_result_get, bank_result_view
from rebates.services.bank_results import bank_result_apply, bank_result_upload
from tests.rebates.bank_answers import Said, pain002
from tests.rebates.paying import (
    CSV,
    MESSAGE,
    numbers,
    outcomes,
    upload,
    world,
)
from tests.rebates.world import day

__all__ = ["world"]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answer.csv", b"0" * 10_000_000)
    return packed.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&b;</Document>'
)
FETCHES = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
# A document type behind the root's start is not XML; one before it is found by the parser, too.
HEAD = '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        bomb(),
        b"%PDF-1.7 x",
        b"<html></html>",
        LAUGHS.encode(),
        FETCHES.encode(),
        f"{HEAD}&b;</Document>".encode(),
        f"{HEAD}{'<a>' * 100}{'</a>' * 100}</Document>".encode(),
        f"{HEAD}</Document>".encode(),
        HEAD.encode(),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC")]).replace(b"pain.002", b"pain.001"),
        pain002("", [Said("PAY-000001", "ACSC")]),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC", amount="much", currency="USD")]),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC", on="yesterday")]),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC", on="0001-01-01T00:00:00+14:00")]),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC", amount="1_0", currency="USD")]),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC")]).replace(b"UTF-8", b"no-such"),
        pain002(MESSAGE, [Said("PAY-000001", "ACSC")]).replace(b"UTF-8", b"gb18030"),
        b"reference,status\nPAY-000001,paid\n",
        b"reference,status,date,reason,reference\n",
        f'{CSV}"PAY-000001,paid,2026-10-02,\n'.encode(),
        f"{CSV}PAY-000001,paid\n".encode(),
        f"{CSV}PAY-000001,paid,02.10.2026,\n".encode(),
        b"reference,status,date,reason,amount\nPAY-000001,paid,2026-10-02,,NaN\n",
        f"{CSV}{'x' * 501},paid,2026-10-02,\n".encode(),
        (CSV + "PAY-000001,paid,2026-10-02,\n" * 10_001).encode(),
    ],
)
def test_what_can_not_be_trusted_is_refused_as_a_whole(world, content):
    with pytest.raises(DomainError) as caught:
        upload(world, content)
    assert caught.value.code == "unreadable_result"
    assert not BankResult.objects.exists()


def test_too_large_is_refused(world):
    with pytest.raises(TooLarge):
        upload(world, CSV + "x" * (5 << 20))


@pytest.mark.parametrize("prefix", ["", "ns2:"])
def test_other_spellings_of_a_message_are_read(world, prefix):
    plain = pain002(MESSAGE, [Said(numbers()["A"], "acsc")]).decode()
    body = plain.partition("\n")[2]
    if prefix:
        body = body.replace("</", f"</{prefix}").replace(" xmlns=", " xmlns:ns2=")
        body = "<" + body.replace("<", f"<{prefix}").replace(f"<{prefix}/", "</").removeprefix("<")
    content = f"<!-- sent by the bank -->\n{body}".encode("utf-16")
    assert outcomes(world, upload(world, content)) == [(numbers()["A"], "pay")]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-10-01T23:30:00Z", "2026-10-02"),  # the next morning in Shanghai
        ("2026-10-01", "2026-10-01"),
        ("2026-10-01+08:00", "2026-10-01"),
        ("2026-10-01T23:30:00", "2026-10-01"),
        ("", "2026-10-02"),  # the day of the message
    ],
)
def test_the_day_is_that_of_the_vendor(world, on, expected):
    result = upload(world, pain002(MESSAGE, [Said(numbers()["A"], "ACSC", on=on)]))
    assert [one.on for one in bank_result_view(world.finance, result.pk).lines] == [day(expected)]


def test_who_may(world, rival):
    result = upload(world, f"{CSV}{numbers()['A']},paid,2026-10-02,\n")
    partner = world.actor(Role.PARTNER_FINANCE, "p", world.partner("A"))
    for actor in (partner, world.actor(Role.CHANNEL_MANAGER), world.actor(Role.MARKETING)):
        with pytest.raises(Forbidden):
            bank_result_upload(actor=actor, name="x", content=io.BytesIO(CSV.encode()))
        with pytest.raises(Forbidden):
            bank_result_apply(actor=actor, result_id=result.pk, fingerprint="")
        with pytest.raises(Forbidden):
            bank_result_get(actor, result.pk)


def test_another_vendor_knows_nothing_of_it(world, rival):

    result = upload(world, f"{CSV}{numbers()['A']},paid,2026-10-02,\n")
    with tenant_context(rival):
        with pytest.raises(NotFound):
            bank_result_get(world.finance, result.pk)
        with pytest.raises(NotFound):
            bank_result_apply(actor=world.finance, result_id=result.pk, fingerprint="")


def test_entries_about_whole_messages_do_not_multiply_without_end(world, monkeypatch):
    block = block_id(MESSAGE, "USD")
    twice = pain002(MESSAGE, blocks=[(block, "PDNG"), (block, "ACSP")])
    monkeypatch.setattr(plan, "MOST_LINES", 5)
    with pytest.raises(Unreadable, match="payments more than 5 times"):
        upload(world, twice)
    assert BankResult.objects.count() == 0
    monkeypatch.setattr(plan, "MOST_LINES", 6)
    assert len(outcomes(world, upload(world, twice))) == 6
