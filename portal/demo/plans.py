"""The demo partner's joint business plan with its progress, and the reviews of the last two quarters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from partners import fiscal
from partners.selectors.partners import partner_list
from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_agree, plan_hand_over, plan_propose
from partners.services.plans_work import action_add, action_change, goal_enter, plan_comment
from partners.services.reviews import (
    review_action_add,
    review_answer,
    review_hold,
    review_share,
    review_start,
    review_write,
)
from portal.demo.clockwork import on
from portal.shared.review_sections import sections_build
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role

TEXTS = {
    "en": {
        "title": "Win the mid-market together",
        "ambition": "Twice as many customers in the region, with engineers of your own.",
        "revenue": "Revenue of the year", "orders": "Orders of the year", "people": "Certified engineers",
        "hire": "Hire two pre-sales engineers", "event": "Run a customer day in the region",
        "samples": "Provide demo devices", "entered": "Two passed in the spring.",
        "comment": "The customer day is booked for autumn.",
        "summary": "A solid quarter; new customers came from the customer day.",
        "well": "Fast answers on both sides; three large projects won.",
        "improve": "Returns rose in one product line; packaging is being checked.",
        "outlook": "Two public tenders close next quarter.", "words": "We would like demo devices two weeks earlier.",
        "price": "Send the price list a month ahead", "train": "Train three engineers", "draft": "Grow in the cloud",
        "late": "Prepare the joint case study",
    },
    "zh": {
        "title": "携手拓展中端市场", "ambition": "区域客户数翻一番，并培养自己的工程师团队。",
        "revenue": "全年销售额", "orders": "全年订单", "people": "持证工程师",
        "hire": "招聘两名售前工程师", "event": "在区域举办客户日活动",
        "samples": "提供演示设备", "entered": "春季有两人通过认证。", "comment": "客户日已定在秋季举办。",
        "summary": "季度表现稳健，客户日带来了新客户。", "well": "双方响应迅速，赢得三个大项目。",
        "improve": "一条产品线退货上升，正在检查包装。", "outlook": "下季度有两个公开招标截止。",
        "words": "希望演示设备能提前两周到位。", "price": "提前一个月发送价格表", "train": "培训三名工程师",
        "draft": "云业务增长计划", "late": "准备联合案例",
    },
}  # fmt: skip
DAY = dt.timedelta(days=1)


def plans_make(staff: Mapping[Role, Membership], revenue: Decimal) -> None:
    manager, partner = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.PARTNER_ADMINISTRATOR))
    said = TEXTS["zh" if require_tenant().locale.startswith("zh") else "en"]
    company = staff[Role.PARTNER_ADMINISTRATOR].partner_id
    assert company is not None  # noqa: S101 (a partner's person)
    _plan(manager, partner, said, company, revenue)
    _reviews(manager, partner, said, company)
    others = partner_list(manager).exclude(pk=company)[:2]
    for other in others:
        draft = plan_start(actor=manager, partner_id=other.pk, fiscal_year=_year(), title=said["draft"])
        goal_add(actor=manager, plan_id=draft.pk, title=said["orders"], target=Decimal(80), metric="orders")
        plan_hand_over(actor=manager, plan_id=draft.pk)


def _plan(manager: Actor, partner: Actor, said: Mapping[str, str], company: UUID, revenue: Decimal) -> None:
    """Proposed and agreed early in the year, then worked by."""
    span = fiscal.year_named(_year())
    with on(span.start + 10 * DAY):
        plan = plan_start(
            actor=manager, partner_id=company, fiscal_year=_year(), title=said["title"], ambition=said["ambition"]
        )
        goal_add(actor=manager, plan_id=plan.pk, title=said["revenue"], target=revenue, metric="revenue")
        goal_add(
            actor=manager, plan_id=plan.pk, title=said["orders"], target=Decimal(240), metric="orders",
            side="vendor",
        )  # fmt: skip
        people = goal_add(actor=manager, plan_id=plan.pk, title=said["people"], target=Decimal(5))
        days: dict[str, Any] = {"plan_id": plan.pk, "actor": manager}
        hire = action_add(title=said["hire"], due_on=span.start + 90 * DAY, side="partner", owner_id=partner.id, **days)
        action_add(title=said["event"], due_on=span.end - 40 * DAY, side="partner", owner_id=partner.id, **days)
        samples = action_add(
            title=said["samples"], due_on=span.start + 60 * DAY, side="vendor", owner_id=manager.id, **days
        )
        action_add(title=said["late"], due_on=span.start + 120 * DAY, side="vendor", owner_id=manager.id, **days)
        version = plan_propose(actor=manager, plan_id=plan.pk)
    with on(span.start + 14 * DAY):
        plan_agree(actor=partner, plan_id=plan.pk, sha256=version.sha256)
    with on(span.start + 55 * DAY):
        action_change(actor=manager, action_id=samples.pk, verb="finish")
    with on(span.start + 85 * DAY):
        action_change(actor=partner, action_id=hire.pk, verb="finish")
        goal_enter(actor=partner, goal_id=people.pk, value=Decimal(2), note=said["entered"])
    with on(span.start + 130 * DAY):
        goal_enter(actor=partner, goal_id=people.pk, value=Decimal(3))
        plan_comment(actor=partner, plan_id=plan.pk, text=said["comment"])


def _reviews(manager: Actor, partner: Actor, said: Mapping[str, str], company: UUID) -> None:
    """Two that were held, and one that is shared about the present quarter."""
    present = fiscal.quarter_of(fiscal.today())
    last = fiscal.quarter_of(present.start - DAY)
    older = fiscal.quarter_of(last.start - DAY)
    for place, span in enumerate((older, last)):
        with on(span.end + 12 * DAY):
            review = review_start(actor=manager, partner_id=company, period=span.key, meet_on=span.end + 15 * DAY)
            texts: dict[str, Any] = {
                "summary": said["summary"],
                "went_well": said["well"],
                "to_improve": said["improve"],
            }
            review_write(actor=manager, review_id=review.pk, outlook=said["outlook"], **texts)
            review_share(actor=manager, review_id=review.pk)
            review_answer(actor=partner, review_id=review.pk, text=said["words"])
        with on(span.end + 15 * DAY):
            due = span.end + 60 * DAY
            add: dict[str, Any] = {"actor": manager, "review_id": review.pk, "due_on": due}
            price = review_action_add(title=said["price"], side="vendor", owner_id=manager.id, **add)
            review_action_add(title=said["train"], side="partner", owner_id=partner.id, **add)
            review_hold(actor=manager, review_id=review.pk, sections=sections_build(manager, review))
        if place == 0:
            with on(span.end + 40 * DAY):
                action_change(actor=manager, action_id=price.pk, verb="finish")
    shared = review_start(actor=manager, partner_id=company, period=present.key)
    review_share(actor=manager, review_id=shared.pk)


def _year() -> int:
    return fiscal.year_of(fiscal.today())
