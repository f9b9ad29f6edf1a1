"""What the furnished vendor has of profiles, certificates, onboarding and a cooling account."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from partners.services.accounts import account_confirm, account_propose
from partners.services.certificates import certificate_award, certification_save
from partners.services.onboarding import plan_start, task_do
from partners.services.onboarding_templates import template_create, template_publish, template_task_save
from partners.services.partners import partner_create
from partners.services.profile import location_add, profile_update, specialisation_save, specialisations_set
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.rights import Role
from prm.testing.make import Cast

PDF = b"%PDF-1.7\n%%EOF\n"


def furnish_people(cast: Cast) -> dict[str, Any]:
    """Inside the tenant; ids by the names that addresses use."""
    return {
        **_profile(cast), **_certificates(cast), **_onboarding(cast), **_account(cast),
        "worker_id": cast.members[Role.PARTNER_SALES].pk,
    }  # fmt: skip


def _profile(cast: Cast) -> dict[str, Any]:
    word = specialisation_save(actor=cast.manager, code="cloud", name_zh="上云迁移", name_en="Cloud")
    own = {"actor": cast.manager, "partner_id": cast.partner.pk}
    profile_update(**own, phone="021 5555 0100", blurb_zh="建设园区网络。", employees=120, is_public=True)
    specialisations_set(**own, codes=["cloud"])
    location = location_add(**own, name="总部", city="上海", country="CN")
    return {"word_id": word.pk, "location_id": location.pk}


def _certificates(cast: Cast) -> dict[str, Any]:
    today = clock.today(require_tenant())
    kind = certification_save(actor=cast.manager, code="net", name_zh="网络专家", name_en="网络专家", level="expert")
    made = certificate_award(
        actor=cast.manager, email="li@blue.example", name="李雷", certification="net", partner_id=cast.partner.pk,
        issued_on=today - dt.timedelta(days=300), expires_on=today + dt.timedelta(days=12), score=88,
        evidence=("证书.pdf", BytesIO(PDF)),
    )  # fmt: skip
    return {"certification_id": kind.pk, "certificate_id": made.pk, "person_id": made.person_id}


def _onboarding(cast: Cast) -> dict[str, Any]:
    texts = {"team": "邀请团队", "licence": "上传执照", "call": "欢迎会议", "deal": "首个商机"}
    more: dict[str, dict[str, Any]] = {
        "licence": {"proof": "file"}, "call": {"side": "vendor"}, "deal": {"depends_on": ["team"], "is_must": False},
    }  # fmt: skip
    ids: dict[str, Any] = {}
    for code in ("basic", "next"):
        template = template_create(actor=cast.manager, code=code, name_zh="首六十天", name_en="首六十天", days=60)
        for key, title in texts.items():
            task = template_task_save(
                actor=cast.manager, template_id=template.pk, key=key, title_zh=title, title_en=title,
                help_zh="请按步骤完成。", **more.get(key, {}),
            )  # fmt: skip
        if code == "basic":
            template_publish(actor=cast.manager, template_id=template.pk)
        else:
            ids |= {"template_draft_id": template.pk, "template_task_id": task.pk}
    plan = plan_start(actor=cast.manager, partner_id=cast.partner.pk)
    assert plan is not None
    tasks = {task.key: task for task in plan.tasks.all()}
    task_do(actor=cast.manager, task_id=tasks["licence"].pk, file=("执照.pdf", BytesIO(PDF)))
    partner_create(actor=cast.manager, code="P-9", name="新伙伴", status="contracting")
    return ids | {"plan_id": plan.pk, "task_id": tasks["team"].pk, "done_id": tasks["licence"].pk}


def _account(cast: Cast) -> dict[str, Any]:
    for number in ("DE89370400440532013000", "GB29NWBK60161331926819"):
        made = account_propose(
            actor=cast.finance, partner_id=cast.partner.pk, currency="EUR", holder="蓝港科技", number=number
        )
        account_confirm(actor=cast.administrator, account_id=made.pk)
    return {"cooling_id": made.pk}
