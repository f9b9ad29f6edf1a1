"""Receivables overdue: by file, by service, by API; the newest row of a currency counts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from commerce.models import Overdue
from commerce.selectors import overdue_list
from commerce.services import overdue_record
from partners.models import Partner
from prm.errors import Conflict, Forbidden, Invalid
from prm.identity.rights import Role
from prm.imports.services import import_undo
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.importing import Importer, counts, faults
from prm.testing.make import Cast

pytestmark = pytest.mark.django_db
HEADER = "partner_code,as_of,amount,currency\n"


@pytest.fixture(autouse=True)
def november() -> object:
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        yield


def payloads() -> list[dict[str, object]]:
    return [one.payload for one in Message.objects.filter(topic="commerce.overdue.changed").order_by("created_at")]


def rows() -> list[tuple[str, str, Decimal, str]]:
    found = Overdue.objects.order_by("partner__code", "as_of", "currency")
    return [(one.partner.code, one.as_of.isoformat(), one.amount, one.currency) for one in found]


def test_a_file_is_taken_row_by_row_and_undone_as_a_whole(importer: Importer) -> None:
    wrong = "B,2026-12-01,5,CNY\nX,2026-10-31,1,CNY\nA,2026-10-31,-1,USD\n"
    told = faults(importer.now("overdue", HEADER + wrong))
    assert told == [(2, "as_of", "future_day"), (3, "partner_code", "unknown_partner"), (4, "amount", "not_negative")]
    text = f"{HEADER}A,2026-10-31,1200.50,CNY\nB,2026-11-15,0,CNY\n{wrong}"
    run = importer.run("overdue", text)
    assert counts(run) == (5, 2, 0, 3)
    assert rows() == [("A", "2026-10-31", Decimal("1200.5"), "CNY"), ("B", "2026-11-15", Decimal(0), "CNY")]
    assert [one["since"] for one in payloads()] == ["2026-10-31"]
    again = importer.run("overdue", f"{HEADER}A,2026-10-31,1200.5,CNY\nB,2026-11-15,7,CNY\n")
    assert counts(again) == (2, 0, 1, 1)
    import_undo(actor=importer.actor, import_id=run.pk)
    assert rows() == []
    assert [one["since"] for one in payloads()] == ["2026-10-31", "2026-10-31"]


def test_the_newest_day_of_a_currency_counts(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        for month, amount, currency in ((10, "10", "CNY"), (11, "0", "CNY"), (9, "5", "USD")):
            place = {"partner_code": "P-1", "as_of": dt.date(2026, month, 1), "currency": currency}
            overdue_record(actor=cast.finance, amount=amount, **place)
        found = {(one.as_of.isoformat(), one.is_current) for one in overdue_list(cast.finance)}
        assert found == {("2026-10-01", False), ("2026-11-01", True), ("2026-09-01", True)}
        assert [one.amount for one in overdue_list(cast.finance, only_current=True)] == [5]
        assert overdue_list(cast.finance, search="nobody").count() == 0


def test_recording_replaces_the_same_day_and_is_judged(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        place = {"partner_code": "P-1", "as_of": dt.date(2026, 11, 20), "currency": "CNY"}
        for amount in ("10", "10.00", "7"):
            overdue_record(actor=cast.finance, amount=amount, **place)
        assert [row[2] for row in rows()] == [7]
        assert len(payloads()) == 2
        wrong = {"partner_code": "?", "as_of": dt.date(2026, 11, 24), "currency": "XXY", "amount": "-1"}
        with pytest.raises(Invalid) as refused:
            overdue_record(actor=cast.finance, **wrong)
        assert set(refused.value.fields) == {"partner_code", "as_of", "currency", "amount"}
        with pytest.raises(Invalid):
            overdue_record(actor=cast.finance, **place | {"amount": "1.1234567"})
        with pytest.raises(Forbidden):
            overdue_list(cast.actor(Role.PARTNER_ADMINISTRATOR))


def test_the_api_lists_and_takes_them(cast: Cast, rival: object) -> None:
    api = ApiClient(cast.tenant, make_key(cast))
    body = {"partner_code": "P-1", "as_of": "2026-11-20", "amount": "12.50", "currency": "CNY"}
    made = api.post("overdue-receivables/", body, key="k")
    assert (made.status_code, made.json()["amount"], made.json()["is_current"]) == (201, "12.500000", True)
    [listed] = api.get("overdue-receivables/", only_current="true").json()["items"]
    assert (listed["partner_code"], listed["as_of"]) == ("P-1", "2026-11-20")
    refused = api.post("overdue-receivables/", body | {"partner_code": "nobody"}, key="n")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["partner_code"])
    assert ApiClient(cast.tenant, user=cast.user(Role.PARTNER_SALES)).get("overdue-receivables/").status_code == 403


def test_a_partner_with_receivables_is_not_taken_back_by_an_undo(importer: Importer) -> None:
    """What the books said of it would lose its ground."""
    run = importer.run("partners", "code,name,type,region,country\nZ,Zebra,reseller,East,CN\n")
    importer.now("overdue", f"{HEADER}Z,2026-10-31,1,CNY\n")
    with pytest.raises(Conflict, match="cannot be undone"):
        import_undo(actor=importer.actor, import_id=run.pk)
    assert Partner.objects.filter(code="Z").exists()
