"""Certified people of the demo partners: most valid, some near their end, one renewed, one revoked."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from partners.selectors.partners import partner_list
from partners.services.certificates import certificate_award, certificate_revoke, certification_save
from portal.demo.names import GIVEN_ZH, PEOPLE_EN, SURNAMES_ZH
from prm import clock
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.tenancy.models import Tenant
from rebates.engine.periods import Calendar, PeriodKind
from rebates.services.accruals import accruals_update
from rebates.services.programs import program_import, program_publish

SYSTEM = Actor.system("demo")

CATALOGUE = [
    ("net-associate", "Network Associate", "网络工程师", "associate", 36),
    ("net-pro", "Network Professional", "高级网络工程师", "professional", 24),
    ("net-expert", "Network Expert", "网络专家", "expert", 24),
    ("sec-pro", "Security Professional", "高级安全工程师", "professional", 12),
    ("sales", "Solution Sales", "解决方案销售", "associate", 12),
]  # fmt: skip
ENDS_IN = [5, 13, 27, 55, 80, 140, 200, 300, 420]
"""Days until the end, dealt out in turn: each stage of a warning is there."""
PARTNERS = 50
BONUS = {
    "code": "CERTIFIED-Q", "name": {"en": "Certified team bonus, quarterly", "zh-hans": "季度认证团队奖励"},
    "currency": "CNY", "period": "quarter",
    "scope": {"field": "sale.currency", "op": "eq", "value": "CNY"},
    "qualifiers": [{"type": "certified_people", "min": "2"}],
    "calculation": {
        "type": "marginal", "bands": [{"from": "0", "rate": "0.002"}, {"from": "2000000", "rate": "0.004"}],
    },
}  # fmt: skip


def certificates_create(tenant: Tenant, manager: Actor, administrator: Actor, partner_person: Membership) -> None:
    """At the larger partners, those of the partner's login among them, and a program that asks for them."""
    random, today = Random("qudao-certificates"), clock.today(tenant)
    for code, english, chinese, level, months in CATALOGUE:
        certification_save(
            actor=manager, code=code, name_en=english, name_zh=chinese, level=level, validity_months=months
        )
    made: list[Any] = []
    for rank, partner in enumerate(partner_list(manager).order_by("code")[:PARTNERS]):
        for number in range(random.choice([1, 2, 3, 4])):
            ends = today + dt.timedelta(days=ENDS_IN[(rank + number * 2) % len(ENDS_IN)])
            made.append(_award(manager, random, partner, number, ends))
    _award_login(manager, partner_person, today)
    certificate_revoke(actor=manager, certificate_id=made[-1].pk, reason="考试成绩经核查无效")
    _bonus(tenant, manager, administrator, today)


def _award(manager: Actor, random: Random, partner: Any, number: int, ends: dt.date) -> Any:
    code, english, _chinese, _level, months = random.choice(CATALOGUE)
    names = (SURNAMES_ZH, GIVEN_ZH) if partner.country == "CN" else (PEOPLE_EN, [""])
    issued = min(ends - dt.timedelta(days=months * 30), ends - dt.timedelta(days=450))
    return certificate_award(
        actor=manager, email=f"{partner.code.lower()}.{number}@{partner.code.lower()}.example",
        name="".join(random.choice(part) for part in names), certification=code, partner_id=partner.pk,
        issued_on=issued, expires_on=ends, course=f"{english} 2026", version=random.choice(["5.0", "5.1", "6.0"]),
        score=random.randint(70, 99), issuer="Qudao Academy", reference=f"QA-{random.randint(100000, 999999)}",
    )  # fmt: skip


def _award_login(manager: Actor, person: Membership, today: dt.date) -> None:
    """The partner's own login holds one, so that its page says something about the reader."""
    certificate_award(
        actor=manager, email=person.user.email, certification="sales", partner_id=person.partner_id,
        issued_on=today - dt.timedelta(days=345), expires_on=today + dt.timedelta(days=20),
        course="Solution Sales 2026", version="5.1", score=91, issuer="Qudao Academy",
    )  # fmt: skip


def _bonus(tenant: Tenant, manager: Actor, administrator: Actor, today: dt.date) -> None:
    start = Calendar(tenant.fiscal_start_month).period(PeriodKind.QUARTER, today).start
    [program] = program_import(actor=manager, document=[{**BONUS, "valid_from": start.isoformat()}])
    program_publish(actor=administrator, program_id=program.pk)
    accruals_update(actor=SYSTEM, program_ids=[program.pk])
