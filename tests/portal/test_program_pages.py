"""Programs of every type, with everything a program can ask and limit, on every page that speaks of a program."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from prm.identity.rights import Role
from prm.testing.make import Cast
from rebates.models import Accrual
from tests.portal.vendor import NOW, Vendor, get, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db

RATES = [{"from": "0", "rate": "0.01"}, {"from": "1000", "rate": "0.02"}]
AMOUNTS = [{"from": "10", "amount": "5"}, {"from": "100", "amount": "7"}]
SHARES = [{"from": "0.8", "rate": "0.01"}, {"from": "1", "rate": "0.02"}]
CURVE = [{"attainment": "0.8", "factor": "0.5"}, {"attainment": "1", "factor": "1"}]
GROWTH = {"baseline": "same_period_last_year", "without_baseline": "first_band"}
FAST = {"field": "sale.days_to_pay", "op": "between", "value": ["0", "30"]}
CALCULATIONS: dict[str, dict[str, Any]] = {
    "marginal": {"type": "marginal", "bands": RATES},
    "retroactive": {"type": "retroactive", "bands": RATES},
    "rolling": {"type": "rolling", "bands": RATES},
    "total": {"type": "total", "bands": RATES},
    "per unit": {"type": "per_unit", "mode": "marginal", "bands": AMOUNTS},
    "milestone": {"type": "milestone", "bands": AMOUNTS, "cumulative": True},
    "line rate": {"type": "line_rate", "rates": [{"when": FAST, "rate": "0.02"}, {"when": {}, "rate": "0.01"}]},
    "growth": {"type": "growth", "bands": SHARES, **GROWTH},
    "target by bands": {"type": "target", "bands": SHARES, "pay_on": "all"},
    "target by a curve": {"type": "target", "rate": "0.03", "curve": CURVE, "pay_on": "excess"},
    "customer, rate": {"type": "new_customer", "rate": "0.05", "window_days": "90", "cap_per_customer": "100"},
    "customer, amount": {"type": "new_customer", "amount": "50", "min_first_order": "10"},
    "SPIFF": {"type": "spiff", "amount": "5"},
}
RULES: dict[str, Any] = {
    "qualifiers": [
        {"type": "min_measure", "value": "10"},
        {"type": "mix", "scope": {"field": "product.line", "op": "eq", "value": "Road"}, "min_share": "0.3"},
        {"type": "distinct", "field": "product.line", "min": "3"},
        {"type": "tier", "in": ["gold"]},
        {"type": "certified_people", "min": "2", "certification": "Sales"},
        {"type": "agreement_signed"},
        {"type": "no_overdue"},
    ],
    "cap": {"per_period": "100", "program_total": "1000"},
    "minimum_payout": {"amount": "1", "otherwise": "forfeit"},
    "stacking": {"group": "g", "rule": "priority", "priority": 2},
    "returns": "at_sale_rate",
    "payout": {"form": "credit_note"},
}
SAID = {"en": "you have no overdue invoice", "zh-hans": "无逾期账款"}


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


def reads(client: Client, language: str, name: str, *args: object) -> str:
    client.cookies["django_language"] = language
    response = get(client, name, *args)
    assert response.status_code == 200
    return text_of(response)


@pytest.mark.parametrize("rules", [{}, RULES], ids=["plain", "with every rule"])
@pytest.mark.parametrize("calculation", CALCULATIONS.values(), ids=CALCULATIONS)
@time_machine.travel(NOW, tick=False)
def test_every_type_can_be_read_by_everybody(
    vendor: Vendor, calculation: dict[str, Any], rules: dict[str, Any]
) -> None:
    with vendor.inside():
        program = vendor.world.published("P1", currency="CNY", calculation=calculation, **rules)
        for day in ("2026-08-01", "2026-10-05"):
            vendor.world.sale("P-1", day, "20000", currency="CNY", sold_by="li@p-1.example", days_to_pay=10)
        vendor.world.update()
        accruals = list(Accrual.objects.filter(partner__code="P-1"))
    manager, finance, partner = vendor.manager, vendor.finance, vendor.client(Role.PARTNER_SALES)
    for language, said in SAID.items():
        pages = [
            reads(manager, language, "manager:program", program.pk),
            reads(manager, language, "manager:program_edit", program.pk),
            reads(finance, language, "finance:program", program.pk),
            reads(partner, language, "partner:programs"),
        ]
        pages += [reads(partner, language, "partner:earning", one.pk) for one in accruals]
        reads(manager, language, "manager:programs")
        reads(partner, language, "partner:home")
        reads(partner, language, "partner:earnings")
        if rules:
            assert [index for index, page in enumerate(pages) if said not in page and index != 1] == []
