"""A partner does not see what the vendor makes on its sales: a role test over pages, paper and API."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from prm.identity.rights import Role
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from rebates.models import Accrual, Statement
from rebates.services.periods import period_close
from rebates.services.statements import statement_approve
from tests.portal.vendor import NOW, QUARTER, Vendor, get, text_of
from tests.rebates.test_statement_pdf import written
from tests.rebates.world import World

__all__ = ["written"]
pytestmark = pytest.mark.django_db
PARTNERS = (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_FINANCE)
# Net 10,000 less 100 units at 57.77: a margin of 4,223, in Q4 of 2,111.50; 30 % and 10 % of it above 1,000.
MARGINS = ("4,223", "4223", "2,111.5", "2111.5", "3,223", "3223", "1,111.5", "1111.5", "57.77")


@pytest.fixture
def vendor(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False):
        vendor = Vendor(cast, World(cast.tenant))
        with vendor.inside():
            vendor.world.no_review()
            vendor.world.product("X", unit_cost="57.77")
            bands = [{"from": "0", "rate": "0.30"}, {"from": "1000", "rate": "0.10"}, {"from": "900000", "rate": "0.2"}]
            asks = [{"type": "min_measure", "value": "10"}, {"type": "distinct", "field": "product.sku", "min": "1"}]
            vendor.world.published(
                "M", currency="CNY", measure="margin", calculation={"type": "marginal", "bands": bands}, qualifiers=asks
            )
            vendor.world.sale("P-1", "2026-08-01", "10000", quantity="100", currency="CNY")
            vendor.world.sale("P-1", "2026-10-05", "5000", quantity="50", currency="CNY")
            vendor.world.update()
            period_close(actor=cast.finance, **QUARTER)
            statement_approve(actor=cast.administrator, statement_ids=[Statement.objects.get().pk])
        yield vendor


def places(vendor: Vendor) -> tuple[Any, Any, Any]:
    with vendor.inside():
        statement = Statement.objects.get()
        return Accrual.objects.get(period_key="2026-Q4").pk, statement.pk, statement.lines.get().pk


def nowhere(text: str, where: str) -> None:
    found = [one for one in MARGINS if one in text]
    assert not found, f"{where} tells {found}"


@pytest.mark.parametrize("role", PARTNERS)
def test_pages_show_the_payout_and_the_sale(vendor: Vendor, role: Role) -> None:
    accrual, statement, line = places(vendor)
    client = vendor.client(role)
    for page, args in (
        ("home", ()), ("earnings", ()), ("programs", ()), ("earning", (accrual,)), ("statements", ()),
        ("statement", (statement,)), ("statement_line", (statement, line)),
    ):  # fmt: skip
        nowhere(text_of(get(client, f"partner:{page}", *args)), page)
    earning = text_of(get(client, "partner:earning", accrual))
    assert "¥411.15" in earning
    assert "¥5,000.00" in earning
    assert "What these sales earn by the agreed rules" in earning
    assert "You earn 30% of the part up to CNY 1,000" in earning
    assert "¥622.30" in text_of(get(client, "partner:statement_line", statement, line))


def test_the_paper_is_the_same_for_everybody_and_silent(vendor: Vendor, written: list[str]) -> None:
    _accrual, statement, _line = places(vendor)
    for client, name in ((vendor.client(PARTNERS[0]), "partner"), (vendor.finance, "finance")):
        assert get(client, f"{name}:statement_pdf", statement).status_code == 200
        assert "¥622.30" in written
        nowhere("\n".join(written), f"the paper of {name}")
        written.clear()


@pytest.mark.parametrize("role", PARTNERS)
def test_the_api_gives_null(vendor: Vendor, role: Role) -> None:
    accrual, statement, line = places(vendor)
    api = ApiClient(vendor.cast.tenant, user=vendor.cast.user(role))
    for path in (
        "earnings/", "earnings/unpaid/", "accruals/", f"accruals/{accrual}/", f"accruals/{accrual}/lines/",
        f"statements/{statement}/lines/", f"statement-lines/{line}/sales/",
    ):  # fmt: skip
        answer = api.get(path)
        assert answer.status_code == 200
        nowhere(json.dumps(answer.json()), path)
    detail = api.get(f"accruals/{accrual}/").json()
    assert (detail["measure"], detail["explanation"], detail["payout"]) == (None, {}, "411.1500")
    [row] = api.get(f"statement-lines/{line}/sales/").json()["items"]
    assert (row["measure"], row["amount"], row["net_amount"]) == (None, "622.3000", "10000.000000")
    [told] = api.get("earnings/").json()["programs"]
    assert (told["measure"], told["bands"], told["reached"], told["next_band"]) == (None, [], None, None)


def test_the_vendors_own_people_see_it(vendor: Vendor) -> None:
    accrual, statement, line = places(vendor)
    assert "2,111.50" in text_of(get(vendor.finance, "finance:accrual", accrual))
    assert "4,223.00" in text_of(get(vendor.finance, "finance:statement_line", statement, line))
    api = ApiClient(vendor.cast.tenant, make_key(vendor.cast))
    assert api.get(f"accruals/{accrual}/").json()["explanation"]["measure"] == "2111.5"
    assert api.get(f"statements/{statement}/lines/").json()["items"][0]["measure"] == "4223.000000"


def test_other_programs_tell_partners_everything(vendor: Vendor) -> None:
    with vendor.inside():
        vendor.world.published("NET", currency="CNY")
        vendor.world.update()
        accrual = Accrual.objects.get(period_key="2026-Q4", version__program__code="NET").pk
    api = ApiClient(vendor.cast.tenant, user=vendor.cast.user(PARTNERS[0]))
    assert api.get(f"accruals/{accrual}/").json()["measure"] == "5000.000000"
    assert "¥5,000.00" in text_of(get(vendor.client(PARTNERS[0]), "partner:earning", accrual))
