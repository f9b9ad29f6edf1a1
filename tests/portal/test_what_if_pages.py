"""The what-if pages: numbers worked out by hand, refusals in words, and no foreign money."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from commerce.models import SaleLine
from portal.shared.what_if_charts import bands_chart
from prm.identity.rights import Role
from prm.runs.progress import progress_set
from prm.testing.make import Cast
from rebates.engine.periods import Calendar
from rebates.models import Program, WhatIfRun
from rebates.services.programs import program_amend
from rebates.services.what_if import what_if_start
from rebates.whatif.bands import BandCount
from rebates.whatif.vendor import Replay
from rebates.whatif.work import what_if_run
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World, definition

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
    assert answer.lstrip().startswith('<div id="outcome"')
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


STEP = {"type": "retroactive", "bands": [{"from": "0", "rate": "0.01"}, {"from": "20400", "rate": "0.03"}]}


def asked(vendor: Vendor, client: Client, surface: str, program: Program, **data: str) -> str:
    """The address of the answer, worked out."""
    answer = post(client, f"{surface}:program_what_if", program.pk, **{"key": str(uuid4()), "periods": "1"} | data)
    assert answer.status_code == 302, text_of(answer)
    with vendor.inside():
        run = WhatIfRun.objects.latest("created_at")
    what_if_run(vendor.cast.tenant, run.pk)
    return str(answer.headers["Location"])


@pytest.mark.parametrize(("surface", "role"), [("manager", Role.CHANNEL_MANAGER), ("finance", Role.FINANCE)])
def test_managers_and_finance_see_what_a_draft_would_have_cost(vendor: Vendor, surface: str, role: Role) -> None:
    with vendor.inside():
        program = Program.objects.get()
        changed = definition("P1", currency="CNY", calculation=STEP, valid_from="2027-01-01")
        program_amend(actor=vendor.world.system, program_id=program.pk, definition=changed)
    client = vendor.client(role)
    address = asked(vendor, client, surface, program)
    shown = words(text_of(client.get(address)))
    # 10,000 and 20,000 at 2 % were 600; at 1 % they are 300. P-2 stood 400 below 20,400.
    assert "As it was ¥600.00 By this version ¥300.00 Difference -¥300.00" in shown.replace("−", "-")
    assert re.search(r"\S 2026-Q3 · ¥400\.00 missing", shown)
    assert "¥204.00 ¥612.00 ¥408.00" in shown
    assert "¥0+ 2 2 ¥50,000+ → ¥20,400+ 0 0" in shown
    history = words(text_of(get(client, f"{surface}:program_what_if", program.pk)))
    assert re.search(r"Version 2 1 \S.* -¥300\.00 Done", history.replace("−", "-"))
    file = client.get(f"{address}partners.csv").content.decode("utf-8-sig")
    assert file.splitlines()[1] == "P-2,Stone Bridge,CNY,400.00,200.00,-200.00"


def test_a_band_reached_by_what_came_back_is_shown_with_its_money(vendor: Vendor) -> None:
    with vendor.inside():
        program = vendor.world.published("STEP", currency="CNY", calculation=STEP)
        vendor.world.sale("P-1", "2026-09-29", "12000", quantity="12", currency="CNY", external_id="LATE")
        vendor.world.sale("P-1", "2026-10-09", "-3000", quantity="-3", currency="CNY", reverses="LATE")
    shown = words(text_of(vendor.finance.get(asked(vendor, vendor.finance, "finance", program))))
    # 22,000 at 3 % against 10,000 at 1 %.
    assert "P-1 2026-Q3 12 3 (25%) ¥660.00 ¥100.00 ¥560.00" in shown


def test_the_page_asks_for_itself_until_the_answer_is_there(vendor: Vendor) -> None:
    with vendor.inside():
        program = Program.objects.get()
        run = what_if_start(actor=vendor.cast.finance, program_id=program.pk, periods=1)
    waiting = text_of(get(vendor.finance, "finance:what_if_run", run.pk))
    assert "Waiting for a free worker" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert get(vendor.finance, "finance:what_if_partners", run.pk).status_code == 409
    with vendor.inside():
        WhatIfRun.objects.update(status="running")
        progress_set(run.pk, 1, 2)
    assert "1 of 2 steps" in text_of(get(vendor.finance, "finance:what_if_run", run.pk))
    with vendor.inside():
        WhatIfRun.objects.update(status="failed")
    failed = text_of(get(vendor.finance, "finance:what_if_run", run.pk))
    assert "This could not be worked out" in failed
    assert "hx-trigger" not in failed.partition('id="what-if"')[2].partition(">")[0]


def test_a_wrong_configuration_is_refused_and_stays_as_it_was_typed(vendor: Vendor) -> None:
    with vendor.inside():
        program = Program.objects.get()
    data = {"key": str(uuid4()), "periods": "3", "definition": '{"code": "P1"}'}
    refused = post(vendor.finance, "finance:program_what_if", program.pk, **data)
    assert refused.status_code == 422
    shown = text_of(refused)
    assert "$.currency: This key is missing." in shown
    assert "{&quot;code&quot;: &quot;P1&quot;}" in shown
    assert '<option value="3" selected>3 periods</option>' in shown
    assert data["key"] in shown
    with vendor.inside():
        assert not WhatIfRun.objects.exists()


def test_a_question_is_asked_again_as_it_was_put(vendor: Vendor) -> None:
    with vendor.inside():
        program = Program.objects.get()
        own = definition("P1", currency="CNY", calculation=STEP)
        run = what_if_start(actor=vendor.cast.finance, program_id=program.pk, periods=7, definition=own)
    form = text_of(get(vendor.finance, "finance:program_what_if", program.pk, again=str(run.pk)))
    assert '<option value="7" selected>7 periods</option>' in form
    assert "&quot;20400&quot;" in form
    assert '<details class="disclosure" open>' in form
    usual = text_of(get(vendor.finance, "finance:program_what_if", program.pk, again="nonsense"))
    assert '<option value="4" selected>4 periods</option>' in usual
    assert "&quot;20400&quot;" not in usual


def test_the_api_starts_a_what_if_and_gives_its_answer(vendor: Vendor) -> None:
    with vendor.inside():
        program = Program.objects.get()
    path = f"/api/v1/programs/{program.pk}/what-ifs/"
    body = {"periods": 1, "definition": definition("P1", currency="CNY", calculation=STEP)}
    answer = vendor.finance.post(path, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    started = answer.json()
    assert (started["status"], started["version"], started["outcome"], started["totals"]) == ("queued", None, None, [])
    what_if_run(vendor.cast.tenant, UUID(started["id"]))
    said = vendor.finance.get(f"/api/v1/what-ifs/{started['id']}/").json()
    total = {"currency": "CNY", "before": "600.00", "after": "300.00", "difference": "-300.00"}
    assert (said["status"], said["totals"]) == ("done", [total])
    assert said["outcome"]["costs"] == [{"period": "2026-Q3", **total}]
    assert [(one["partner_code"], one["difference"]) for one in said["outcome"]["moves"]] == [
        ("P-2", "-200.00"), ("P-1", "-100.00"),
    ]  # fmt: skip
    assert said["outcome"]["bands"][1] == {
        "period": "2026-Q3", "unit": "CNY", "start": "20400", "before": None, "after": 0,
    }  # fmt: skip
    [listed] = vendor.finance.get(path).json()["items"]
    assert (listed["id"], listed["totals"]) == (started["id"], [total])
    file = vendor.finance.get(f"/api/v1/what-ifs/{started['id']}/partners.csv")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    refused = vendor.finance.post(path, {"definition": {"code": "P1"}}, content_type="application/json")
    assert refused.status_code == 422
    assert vendor.finance.post(path, {"periods": 9}, content_type="application/json").status_code == 422


def test_bands_stand_side_by_side_only_where_both_sides_have_as_many() -> None:
    period = Calendar().from_key("2026-Q3")

    def chart(*counts: tuple[str | None, int | None, int | None]) -> tuple[list[str], list[list[int | None]]]:
        bands = [
            BandCount(period, "CNY", None if start is None else Decimal(start), before, after)
            for start, before, after in counts
        ]
        drawn = bands_chart(Replay([period], False, [], [], [], bands), "2026-Q3")
        assert drawn is not None
        assert len(drawn["cats"]) == len(drawn["names"])
        return drawn["names"], [side["values"] for side in drawn["series"]]

    assert chart((None, 1, None), ("0", 2, 3), ("10", 4, None), ("20", None, 5)) == (
        ["Below the first band", "¥0+", "¥10+ → ¥20+"], [[1, 2, 4], [None, 3, 5]],
    )  # fmt: skip
    assert chart(("0", 2, 3), ("10", 4, None)) == (["¥0+", "¥10+"], [[2, 4], [3, None]])
    assert chart(("0", None, 3), ("10", None, 0)) == (["¥0+", "¥10+"], [[3, 0]])
    assert chart(("0", 2, 3), ("10", 4, 2)) == (["¥0+", "¥10+"], [[2, 4], [3, 2]])
    assert bands_chart(Replay([period], False, [], [], [], []), "2026-Q3") is None
