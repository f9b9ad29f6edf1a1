"""Companies that want to become partners of a demo vendor: an application in every state, and visits of the forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from io import BytesIO
from random import Random
from typing import Any

from stdnum.cn import uscc

from partners.policies.applications import applicant
from partners.selectors.applications import candidates_of, link_find
from partners.selectors.partners import partner_list
from partners.selectors.recruitment import forms_open
from partners.services.application_retention import applications_escalate, applications_expire
from partners.services.application_review import (
    application_approve,
    application_ask,
    application_note,
    application_reject,
    application_take,
)
from partners.services.applications import (
    application_answer,
    application_confirm,
    application_file_add,
    application_save,
    application_start,
    application_submit,
    application_withdraw,
)
from partners.services.duplicates import candidate_dismiss
from partners.services.recruitment import forms_begin, recruitment_settings_change, visit_count
from portal.demo.clockwork import on
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role

SYSTEM = Actor.system("demo")
DAYS = 90
LICENCE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# name, place, contact, mailbox, days ago it was begun, what becomes of it
COMPANIES: list[tuple[str, str, str, str, int, str]] = [
    ("南京云杉信息技术有限公司", "江苏、安徽", "周敏", "zhou@yunshan.example", 1, "submitted"),
    ("成都蜀光智能科技有限公司", "四川、重庆", "何静", "he@shuguang.example", 9, "late"),
    ("武汉江城数据服务有限公司", "湖北", "吴磊", "wu@jiangcheng.example", 1, "in_review"),
    ("青岛海辰网络工程有限公司", "山东", "孙悦", "sun@haichen.example", 4, "asked"),
    ("西安秦岭软件有限公司", "陕西、甘肃", "郭涛", "guo@qinling.example", 2, "answered"),
    ("厦门鹭岛系统集成有限公司", "福建", "林芳", "lin@ludao.example", 20, "approved"),
    ("昆明滇池商贸有限公司", "云南", "杨帆", "yang@dianchi.example", 25, "rejected"),
    ("沈阳北辰电子有限公司", "辽宁", "赵刚", "zhao@beichen.example", 30, "withdrawn"),
    ("苏州平江数码有限公司", "江苏", "沈洁", "shen@pingjiang.example", 2, "draft"),
    ("兰州黄河科技有限公司", "甘肃", "马超", "ma@huanghe.example", 70, "expired"),
]
TEXTS = {
    "about": "我们为本地制造业和学校提供网络与安全方案，希望成为贵司在当地的合作伙伴。",
    "question": "请补充最近两年的主要项目，以及现场工程师的人数。",
    "answer": "近两年完成 14 个园区网项目，现场工程师 9 人，名单见附件。",
    "note": "与区域经理确认：当地目前只有两家伙伴，覆盖不足。",
    "welcome": "欢迎加入，区域经理将在本周与您联系。",
    "refusal": "目前贵司的业务方向与我们的产品重合较少，建议半年后再联系。",
}


def recruitment_make(staff: Mapping[Role, Membership]) -> None:
    """Called inside the vendor's tenant, when its partners are there."""
    manager, administrator = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
    today = clock.today(require_tenant())
    forms_begin()
    recruitment_settings_change(actor=administrator, code_pattern="QD-{CC}-{####}")
    _visits(today)
    for number, company in enumerate(COMPANIES, start=1):
        _apply(manager, today, number, company)
    _twin(manager, today)
    applications_escalate(actor=SYSTEM)
    applications_expire(actor=SYSTEM)


def _visits(today: dt.date) -> None:
    random, forms = Random("recruitment"), forms_open()
    for age in range(DAYS, -1, -1):
        with on(today - dt.timedelta(days=age)):
            for place, version in enumerate(forms):
                for _visit in range(random.randint(0, 2 - place)):
                    visit_count(form_id=version.form_id)


def _apply(manager: Actor, today: dt.date, number: int, company: tuple[str, str, str, str, int, str]) -> None:
    name, place, contact, email, age, fate = company
    begun = today - dt.timedelta(days=age)
    answers = {
        "legal_name": name, "country": "CN", "tax_id": _code(number), "website": email.partition("@")[2],
        "contact_name": contact, "job_title": "总经理", "contact_phone": f"139 0000 {number:04d}",
        "territories": place, "about": TEXTS["about"], "employees": str(20 + 7 * number), "q1": str(1 + number % 4),
    }  # fmt: skip
    with on(begun):
        application = _begun(email, answers, whole=fate not in {"draft", "expired"})
        if fate in {"draft", "expired"}:
            return
        application_submit(
            actor=applicant(application), application_id=application.pk, consent=True, ip="203.0.113.7",
            language="zh-hans",
        )  # fmt: skip
    with on(min(begun + dt.timedelta(days=1), today)):
        _reviewed(manager, application, fate)


def _begun(email: str, answers: dict[str, str], *, whole: bool) -> Any:
    token = application_start(actor=SYSTEM, slug="reseller", email=email, language="zh-hans")
    application = link_find(token).application
    actor, key = applicant(application), application.pk
    application_confirm(actor=actor, application_id=key)
    kept = answers if whole else {name: answers[name] for name in ("legal_name", "country", "contact_name")}
    application_save(actor=actor, application_id=key, answers=kept)
    if whole:
        content = BytesIO(LICENCE)
        application_file_add(actor=actor, application_id=key, field="evidence", name="营业执照.pdf", content=content)
    return application


def _reviewed(manager: Actor, application: Any, fate: str) -> None:
    key, applying = application.pk, applicant(application)
    if fate == "withdrawn":
        application_withdraw(actor=applying, application_id=key, reason="later")
    elif fate == "rejected":
        application_reject(actor=manager, application_id=key, reason="not_the_right_fit", text=TEXTS["refusal"])
    elif fate in {"asked", "answered"}:
        application_ask(actor=manager, application_id=key, text=TEXTS["question"])
        if fate == "answered":
            application_answer(actor=applying, application_id=key, text=TEXTS["answer"])
    elif fate in {"in_review", "approved", "late"}:
        application_take(actor=manager, application_id=key)
        application_note(actor=manager, application_id=key, text=TEXTS["note"])
        if fate == "approved":
            for candidate in candidates_of(manager, application):
                candidate_dismiss(actor=manager, application_id=key, candidate_id=candidate.pk, reason="另一家公司")
            application_approve(actor=manager, application_id=key, text=TEXTS["welcome"])


def _twin(manager: Actor, today: dt.date) -> None:
    """A company that is a partner already, as its new branch office writes it."""
    partner = partner_list(manager).exclude(legal_name="").filter(country="CN").order_by("code").first()
    if partner is None:
        return
    name = f"{partner.legal_name.removesuffix('有限公司')} 有限责任公司"
    with on(today):
        application = _begun("office@branch.example", _twin_answers(name), whole=True)
        application_submit(
            actor=applicant(application), application_id=application.pk, consent=True, ip="203.0.113.9",
            language="zh-hans",
        )  # fmt: skip


def _twin_answers(name: str) -> dict[str, str]:
    return {
        "legal_name": name, "country": "CN", "tax_id": _code(77), "contact_name": "陆遥",
        "contact_phone": "021 6000 0077",
        "territories": "上海", "website": "branch.example", "q1": "3",
    }  # fmt: skip


def _code(number: int) -> str:
    """A unified social credit code with a right check digit, of no company that exists."""
    first = f"91990000MA9{number:06d}"
    return first + uscc.calc_check_digit(first)
