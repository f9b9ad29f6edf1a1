"""The forms a vendor begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONSENT = {
    "en": "I may speak for this company. I agree that my data and the company's are kept and used to decide about this "
    "application, and for the partnership if it is approved. If it is not, my personal data is erased after a while. "
    "I can withdraw the application at any time.",
    "zh": "本人有权代表该公司提交申请。本人同意贵方保存并使用本人及公司的信息，用于审核本申请；若获批准，用于后续合作。"
    "若未获批准，个人信息将在一段时间后删除。本人可随时撤回申请。",
}
_ON = {
    "legal_name": True, "country": True, "other_name": False, "tax_id": True, "website": False, "phone": False,
    "contact_name": True, "job_title": False, "contact_phone": True, "territories": True, "segments": False,
    "employees": False, "vendors": False, "about": False, "evidence": False, "referrer": False,
}  # fmt: skip
"""Fields that are asked; True: needed."""

DEFAULTS: Mapping[str, dict[str, Any]] = {
    "reseller": {
        "type": "reseller",
        "title": {"en": "Become a reseller", "zh": "成为经销商"},
        "intro": {
            "en": "Sell our products in your region, with deal protection, rebates and a channel manager of your own.",
            "zh": "在您的区域销售我们的产品，享受商机保护、返利政策，并有专属渠道经理支持。",
        },
        "questions": [
            {
                "key": "q1", "kind": "choice", "on": True, "required": True,
                "label": {"en": "Yearly revenue with IT products", "zh": "IT 产品年销售额"}, "help": {},
                "options": [
                    {"en": "Below 1 million", "zh": "100 万以下"}, {"en": "1 to 10 million", "zh": "100 万至 1000 万"},
                    {"en": "10 to 100 million", "zh": "1000 万至 1 亿"}, {"en": "Above 100 million", "zh": "1 亿以上"},
                ],
            }
        ],
    },
    "service": {
        "type": "service",
        "title": {"en": "Become a service partner", "zh": "成为服务伙伴"},
        "intro": {
            "en": "Install, integrate and maintain our products at customers, with training and certificates.",
            "zh": "为客户提供安装、集成与维护服务，并获得培训与认证支持。",
        },
        "questions": [
            {
                "key": "q1", "kind": "number", "on": True, "required": True,
                "label": {"en": "Engineers in the field", "zh": "现场工程师人数"}, "help": {},
            },
            {
                "key": "q2", "kind": "file", "on": True, "required": False,
                "label": {"en": "Certificates of your people", "zh": "人员资质证书"},
                "help": {"en": "One file is enough.", "zh": "一个文件即可。"},
            },
        ],
    },
}  # fmt: skip


def definition_of(slug: str) -> dict[str, Any]:
    """The definition a default form begins with."""
    given = DEFAULTS[slug]
    fields = [{"key": key, "on": True, "required": needed} for key, needed in _ON.items()]
    place = next(index for index, one in enumerate(fields) if one["key"] == "evidence")
    fields[place:place] = given["questions"]
    return {
        "title": given["title"], "intro": given["intro"], "consent": CONSENT, "response_hours": 18,
        "reapply": "after_30_days", "fields": fields,
    }  # fmt: skip
