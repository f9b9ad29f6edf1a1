"""New partners on their way: just begun, half-way, late, done; and the login's own company with a few steps left."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any
from uuid import UUID

from partners.selectors.onboarding import plan_of
from partners.services.onboarding import plan_start, task_do, task_waive
from partners.services.onboarding_templates import template_create, template_publish, template_task_save
from partners.services.partners import partner_advance, partner_create
from portal.demo.clockwork import on
from prm import clock
from prm.identity.actor import Actor
from prm.tenancy.models import Tenant

SYSTEM = Actor.system("demo")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
Task = tuple[str, str, str, str, int, str, int, bool, list[str]]
TASKS: list[Task] = [
    ("welcome", "Welcome call", "欢迎会议", "vendor", 2, "none", 1, True, []),
    ("team", "Invite your team", "邀请团队成员", "partner", 3, "none", 1, True, []),
    ("account", "Enter your bank account", "登记银行账户", "partner", 5, "none", 1, True, ["team"]),
    ("licence", "Upload the business licence", "上传营业执照", "partner", 5, "file", 1, True, []),
    ("prices", "Give access to prices and quotes", "开通价格与报价权限", "vendor", 6, "note", 1, True, ["licence"]),
    ("training", "First two people certified", "首批两名成员取得认证", "partner", 15, "none", 3, True, ["team"]),
    ("lab", "Set up a demo environment", "搭建演示环境", "partner", 20, "link", 2, False, ["training"]),
    ("plan", "Agree on the first quarter's plan", "商定首季度业务计划", "vendor", 20, "note", 2, True, ["welcome"]),
    ("deal", "Work on the first opportunity", "跟进首个商机", "partner", 40, "note", 4, False, ["plan", "training"]),
    ("review", "Look back on the first 60 days", "六十天回顾", "vendor", 42, "none", 2, False, ["deal"]),
]  # fmt: skip
NEWCOMERS = [
    ("N2001", "云舟数字科技", "East", 3, ["welcome"]),
    ("N2002", "北辰系统集成", "North", 30, ["welcome", "team", "account", "licence"]),
    ("N2003", "鹏程信息技术", "South", 55, ["welcome", "team", "licence", "prices"]),
    ("N2004", "蓉城智联", "West", 80, ["welcome", "team", "account", "licence", "prices", "training", "plan", "lab"]),
]  # fmt: skip


def onboarding_create(tenant: Tenant, manager: Actor, partner_id: UUID) -> None:
    """`partner_id` is the company of the partner's login: its own plan is two thirds done."""
    today = clock.today(tenant)
    with on(today - dt.timedelta(days=100)):
        template = template_create(
            actor=manager, code="first-60", name_en="First 60 days", name_zh="首 60 天入驻计划", days=60
        )
        for position, task in enumerate(TASKS):
            _task(manager, template.pk, position, task)
        template_publish(actor=manager, template_id=template.pk)
    for code, name, region, days_ago, done in NEWCOMERS:
        with on(today - dt.timedelta(days=days_ago)):
            partner = partner_create(
                actor=manager, code=code, name=name, type="reseller", region=region, country="CN", status="contracting"
            )
            partner_advance(actor=SYSTEM, partner_id=partner.pk, verb="signed")
            plan_start(actor=manager, partner_id=partner.pk)
        with on(today - dt.timedelta(days=days_ago * 2 // 3)):
            _do(manager, partner.pk, done)
    with on(today - dt.timedelta(days=24)):
        plan_start(actor=manager, partner_id=partner_id)
    with on(today - dt.timedelta(days=12)):
        _do(manager, partner_id, ["welcome", "team", "account", "licence", "prices"])


def _task(manager: Actor, template_id: UUID, position: int, task: Task) -> None:
    key, english, chinese, side, due, proof, weight, must, after = task
    template_task_save(
        actor=manager, template_id=template_id, key=key, title_en=english, title_zh=chinese, side=side, due_days=due,
        proof=proof, weight=weight, is_must=must, depends_on=after, position=position,
    )  # fmt: skip


def _do(manager: Actor, partner_id: UUID, keys: list[str]) -> None:
    view = plan_of(manager, partner_id)
    assert view is not None  # noqa: S101 (started above)
    tasks = {one.task.key: one.task for one in view.tasks}
    for key in keys:
        _done(manager, tasks[key])


def _done(manager: Actor, task: Any) -> None:
    if task.key == "lab":
        task_waive(actor=manager, task_id=task.pk, reason="使用我方体验中心的环境")
        return
    evidence = {"file": ("营业执照.pdf", BytesIO(PDF))} if task.proof == "file" else {}
    note = "已完成" if task.proof == "note" else ""
    task_do(actor=manager, task_id=task.pk, note=note, **evidence)  # type: ignore[arg-type]
