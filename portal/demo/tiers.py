"""The demo vendor's tiers: resellers and services, thresholds between what partners really have, one at risk, one that
appeals in its grace period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any
from uuid import UUID

from partners.metrics import Window, values
from partners.metrics.windows import shifted
from partners.selectors.partners import partner_get, partner_list
from partners.selectors.tiers import scheme_list, stay_list
from partners.services.metrics import metric_fact_set
from partners.services.tier_backtests import backtest_acknowledge, backtest_start
from partners.services.tier_decisions import appeal_open
from partners.services.tier_sweeps import partners_evaluate
from partners.services.tiers import scheme_publish, scheme_save, track_create
from partners.tier_backtest_work import backtest_run
from partners.tiers.scheme import Scheme
from partners.tiers.sql import counts
from portal.demo.clockwork import on
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.money import floor_money

NAMES = {
    "registered": ("Registered", "注册"),
    "silver": ("Silver", "银牌"),
    "gold": ("Gold", "金牌"),
    "platinum": ("Platinum", "白金"),
}
BENEFITS: Mapping[str, Sequence[tuple[str, str, str, str]]] = {
    "registered": (("support", "Support by e-mail", "邮件支持", ""),),
    "silver": (("discount", "3 % more discount on list prices", "在目录价基础上再享 3% 折扣", "3"),
               ("support", "Support within one business day", "一个工作日内响应", "")),
    "gold": (("discount", "6 % more discount on list prices", "在目录价基础上再享 6% 折扣", "6"),
             ("leads", "Leads of your region", "获得所在区域的销售线索", ""),
             ("training", "Two free certification exams a year", "每年两次免费认证考试", "2")),
    "platinum": (("discount", "9 % more discount on list prices", "在目录价基础上再享 9% 折扣", "9"),
                 ("leads", "First choice of leads", "优先获得销售线索", ""),
                 ("funds", "Market development funds of 1 % of revenue", "按销售额 1% 提供市场发展基金", "1"),
                 ("support", "A named technical contact", "专属技术联系人", "")),
}  # fmt: skip
APPEAL = {
    "en": "Two projects of together twice the missing amount are signed; the goods leave the warehouse next month.",
    "zh": "已签两个项目，金额合计为缺口的两倍，货物下月出库。请在此之前保留我们的等级。",
}
SYSTEM = Actor.system("demo.tiers")
SHARES = {"silver": 30, "gold": 60, "platinum": 85}
"""Of a hundred partners, how many sell less than the tier asks for."""


def tiers_make(staff: Mapping[Role, Membership]) -> None:
    """Everything through the product, on the days on which it would have happened."""
    manager, people = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.PARTNER_ADMINISTRATOR))
    today = clock.today(require_tenant())
    with on(_ago(today, 210)):
        _figures(manager, today)
        scheme = publish(manager, _scheme(manager, people, today))
    everybody = [one.pk for one in partner_list(manager)]
    losers = _losers(manager, people, scheme, today)
    own = losers[:1]
    for days, ids in ((200, losers), (100, own), (70, own), (40, own), (24, everybody), (0, everybody)):
        with on(_ago(today, days)):
            partners_evaluate(actor=SYSTEM, partner_ids=ids, as_of=_ago(today, days))
        if days == 24:
            with on(_ago(today, 20)):
                _appeal(people)
    _draft(manager)


def publish(manager: Actor, definition: dict[str, Any]) -> Scheme:
    """A track with this scheme in force; its back-test is worked out here, there is no worker yet."""
    track = track_create(actor=manager, code="resellers", name_en="Resellers", name_zh="经销伙伴")
    scheme_save(actor=manager, track_id=track.pk, definition=definition)
    run = backtest_start(actor=manager, track_id=track.pk)
    backtest_run(require_tenant(), run.pk)
    backtest_acknowledge(actor=manager, backtest_id=run.pk)
    return scheme_publish(actor=manager, track_id=track.pk).scheme


def _draft(manager: Actor) -> None:
    """The next version is being thought about; the worker tells how it would have done when the product is up."""
    in_force = scheme_list(manager, status="published")[0]
    definition = deepcopy(in_force.definition)
    definition["tiers"][-1]["pass_mark"] = 120
    scheme_save(actor=manager, track_id=in_force.track_id, definition=definition)
    backtest_start(actor=manager, track_id=in_force.track_id)


def _losers(manager: Actor, people: Actor, scheme: Scheme, today: dt.date) -> list[UUID]:
    """The demo partner, and another one with a tier that its figures do not reach."""
    partners: list[Any] = list(partner_list(manager))
    ranks = counts(scheme, today, [one.pk for one in partners])
    own = [one.pk for one in partners if one.pk == people.partner_id]
    short = [one.pk for one in partners if 1 < scheme.rank(one.tier) > ranks[one.pk] and one.pk not in own]
    return own + short[:1]


def _figures(manager: Actor, today: dt.date) -> None:
    """Satisfaction scores and registered deals, as survey and CRM would tell them."""
    quarter = shifted(today.replace(day=1), -1)
    for number, partner in enumerate(partner_list(manager)):
        score = Decimal(70 + number * 7 % 28) / 10
        for metric, value in (("satisfaction", score), ("deals_registered", Decimal(number * 5 % 13))):
            metric_fact_set(actor=manager, partner_id=partner.pk, as_of=quarter, metric=metric, value=value)


def _scheme(manager: Actor, people: Actor, today: dt.date) -> dict[str, Any]:
    """Thresholds by what partners sold, so that every tier has some; the demo partner's own tier asks for more than
    it sold.
    """
    revenue = {key: found.value or Decimal(0) for key, found in values("revenue", Window(_back(today), today)).items()}
    sold = sorted(revenue.values())
    wanted = {code: _round(sold[len(sold) * share // 100]) for code, share in SHARES.items()}
    own: Any = partner_get(people, people.partner_id) if people.partner_id else None
    if own is not None and own.tier in wanted:
        wanted[own.tier] = _round(revenue[own.pk] * Decimal("1.12"))
        wanted = dict(zip(wanted, sorted(wanted.values()), strict=True))
    tiers = [
        _tier("registered", []),
        _tier("silver", [_more("revenue", wanted["silver"])]),
        _tier("gold", [_more("revenue", wanted["gold"]), _at("satisfaction", "7.2"), _people("1")]),
        _tier("platinum", [_more("revenue", wanted["platinum"]), _at("satisfaction", "7.5"), _people("5"),
                           _more("product_lines", 3, 40), _more("deals_registered", 4, 40),
                           _more("new_customers", 5, 40)], pass_mark=80),
    ]  # fmt: skip
    rules = {"upgrade": "next_quarter", "downgrade": "person", "risk_days": 30, "grace_days": 60}
    return {"tiers": tiers, "rules": rules}


def _tier(code: str, criteria: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    english, chinese = NAMES[code]
    benefits = [
        {"kind": kind, "text": {"en": en, "zh-hans": zh}} | ({"value": value} if value else {})
        for kind, en, zh, value in BENEFITS[code]
    ]
    name = {"en": english, "zh-hans": chinese}
    return {"code": code, "name": name, "criteria": criteria, "benefits": benefits} | more


def _more(metric: str, least: Decimal | int, points: int = 0) -> dict[str, Any]:
    found = {"metric": metric, "window": "trailing_months", "length": 12, "at_least": str(least)}
    return found | ({"points": points} if points else {})


def _at(metric: str, least: str) -> dict[str, Any]:
    return {"metric": metric, "window": "trailing_months", "length": 6, "at_least": least}


def _people(least: str) -> dict[str, Any]:
    return {"metric": "certified_people", "window": "as_of", "at_least": least}


def _round(amount: Decimal) -> Decimal:
    """To two figures: nobody writes 1,234,567 into a contract."""
    if amount <= 0:
        return Decimal(0)
    unit = Decimal(10) ** (amount.adjusted() - 1)
    return floor_money(amount / unit, "JPY") * unit.quantize(Decimal(1)) if unit >= 1 else floor_money(amount, "JPY")


def _ago(day: dt.date, days: int) -> dt.date:
    return day - dt.timedelta(days=days)


def _back(day: dt.date) -> dt.date:
    """The day after the same one a year ago."""
    return shifted(day, -12) + dt.timedelta(days=1)


def _appeal(people: Actor) -> None:
    """The demo partner appeals, if its tier is in grace; its people read what the vendor's decide about."""
    own = stay_list(people).filter(status="grace").first()
    if own is not None:
        language = "zh" if require_tenant().locale.startswith("zh") else "en"
        appeal_open(actor=people, stay_id=own.pk, text=APPEAL[language])
