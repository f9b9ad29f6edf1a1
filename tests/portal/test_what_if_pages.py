"""The what-if pages: numbers worked out by hand, refusals in words, and no foreign money."""

from __future__ import annotations

import re

import pytest
import time_machine

from commerce.models import SaleLine
from prm.identity.rights import Role
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    found = Vendor(cast, World(cast.tenant))
    found.history()
    return found


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


ASKED = {"line": "Road", "amount": "40,000", "sold_on": "2026-12-31"}


def test_the_partner_reads_one_sentence_and_every_program(vendor: Vendor) -> None:
    client = vendor.client(Role.PARTNER_SALES)
    shown = words(text_of(get(client, "partner:what_if", **ASKED)))
    # 15,000 → 55,000: 50,000 at 2 % and 5,000 at 4 % are 1,200, 900 more than the 300 so far.
    assert "Sell ¥40,000.00 of Product X by 2026-12-31 and you earn ¥900.00 more." in shown
    assert "¥300.00 → ¥1,200.00" in shown
    assert "¥35,000.00 to go +¥700.00" in shown
    with vendor.inside():
        assert SaleLine.objects.count() == 4


def test_with_htmx_only_the_answer_is_sent(vendor: Vendor) -> None:
    client = vendor.client(Role.PARTNER_SALES)
    answer = client.get("/p/earnings/what-if/", ASKED, headers={"hx-request": "true"}).content.decode()
    assert answer.startswith('<div id="outcome"')
    assert "¥900.00" in answer


@pytest.mark.parametrize(
    ("said", "words_said"),
    [
        ({"amount": "1e9"}, "Write a number such as 25000 or 12.5."),
        ({"sold_on": "2026-11-01"}, "Choose a day from today to the end of the quarter."),
        ({"sku": "NONE"}, "There is no product with this SKU."),
    ],
)
def test_refusals_stand_at_the_form_and_in_the_answer(vendor: Vendor, said: dict[str, str], words_said: str) -> None:
    response = get(vendor.client(Role.PARTNER_SALES), "partner:what_if", **ASKED | said)
    assert response.status_code == 200
    assert text_of(response).count(words_said) == 2


def test_the_api_gives_the_same_numbers(vendor: Vendor) -> None:
    client = vendor.client(Role.PARTNER_SALES)
    body = {"line": "Road", "amount": "40000", "sold_on": "2026-12-31"}
    answer = client.post("/api/v1/earnings/what-if/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["gains"] == {"CNY": "900.00"}
    [change] = said["changes"]
    assert (change["program_code"], change["period"], change["before"], change["after"]) == (
        "P1", "2026-Q4", "300.00", "1200.00",
    )  # fmt: skip
    assert (said["sku"], said["currency"], said["is_partial"]) == ("X", "CNY", False)
    refused = client.post("/api/v1/earnings/what-if/", body | {"amount": "-1"}, content_type="application/json")
    assert refused.status_code == 422
