"""Texts of the demo vendors' agreements."""

# ruff: noqa: E501 (a paragraph is a line)

from __future__ import annotations

from typing import Any

RESELLER_EN = """# 1. Appointment

{{vendor_name}} appoints {{partner_legal_name}} ({{partner_code}}) as an authorised, non-exclusive reseller from {{starts_on}}.

# 2. Territory and products

The partner sells in the territory and from the product lines named here, to end customers only.

- Territory: {{territory}}
- Product lines: {{product_lines}}
- Programs: {{programs}}

# 3. Orders and prices

Orders are placed in the partner portal. The minimum order of a quarter is {{minimum_order}}. Prices are those of the price list on the day of the order.

# 4. Incentives

What the partner earns follows from the published programs, as statements in the portal show it. A statement that is not disputed within its review is agreed.

# 5. Confidentiality and data

Both sides keep what they learn of one another to themselves for three years beyond the end of this agreement, and protect personal data as the law of their seat asks.

# 6. Term

This agreement holds for {{term_months}} months, until {{ends_on}}. Either side may give notice {{renewal_notice_days}} days before its end. What it grants ends with its last day.

# 7. Signature

Both sides agree to sign electronically. Each language is equally binding."""

RESELLER_ZH = """# 一、授权

{{vendor_name}}授权{{partner_legal_name}}（{{partner_code}}）自{{starts_on}}起为非独家授权经销商。

# 二、区域与产品

合作伙伴在下列区域内，就下列产品线，仅向最终客户销售。

- 区域：{{territory}}
- 产品线：{{product_lines}}
- 激励政策：{{programs}}

# 三、订单与价格

订单通过伙伴门户提交，每季度最低订货额为{{minimum_order}}，价格以下单当日价目表为准。

# 四、激励

合作伙伴的返利依已发布的激励政策计算，以门户中的对账单为准。对账单在复核期内未提出异议的，视为确认。

# 五、保密与数据

双方对所知悉的对方信息负有保密义务，至本协议终止后三年，并依各自所在地法律保护个人信息。

# 六、期限

本协议期限为{{term_months}}个月，至{{ends_on}}止。任何一方可在期满前{{renewal_notice_days}}天通知不再续期。协议授予的权益于最后一日终止。

# 七、签署

双方同意以电子方式签署，两种语言文本具有同等效力。"""

SHORT_EN = """# 1. Subject

{{vendor_name}} and {{partner_legal_name}} agree on {{subject_en}}, from {{starts_on}} to {{ends_on}}.

- Benefits: {{benefits}}

# 2. Signature

Both sides agree to sign electronically."""
SHORT_ZH = """# 一、标的

{{vendor_name}}与{{partner_legal_name}}就{{subject_zh}}达成一致，自{{starts_on}}至{{ends_on}}。

- 权益：{{benefits}}

# 二、签署

双方同意以电子方式签署。"""

LEGAL = {"en": "Legal representative", "zh": "法定代表人"}
FINANCE = {"en": "Head of finance", "zh": "财务负责人"}
VENDOR = {"en": "Channel director", "zh": "渠道总监"}
ORDER = {"name": "minimum_order", "en": "Minimum order of a quarter", "zh": "季度最低订货额"}
RESELLER: dict[str, Any] = {
    "title_en": "Reseller agreement", "title_zh": "授权经销协议", "body_en": RESELLER_EN, "body_zh": RESELLER_ZH,
    "fields": [ORDER], "signers": [LEGAL], "vendor_signer": VENDOR, "term_months": 12, "renewal_notice_days": 30,
    "auto_renew": False,
    "entitlements": [
        {"kind": "territory", "value": "华东 East China"}, {"kind": "product_line", "value": "Switching"},
        {"kind": "product_line", "value": "Wireless"}, {"kind": "program", "value": "Quarterly growth"},
    ],
}  # fmt: skip
INTEGRATOR = RESELLER | {
    "title_en": "Systems integrator agreement", "title_zh": "系统集成商合作协议", "signers": [LEGAL, FINANCE],
    "term_months": 24, "auto_renew": True, "renewal_notice_days": 60,
}  # fmt: skip
SUBJECT = [
    {"name": "subject_en", "en": "Subject in English", "zh": "英文标的"},
    {"name": "subject_zh", "en": "Subject in Chinese", "zh": "中文标的"},
]
FUND = RESELLER | {
    "title_en": "Marketing fund addendum", "title_zh": "市场基金补充协议", "body_en": SHORT_EN, "body_zh": SHORT_ZH,
    "fields": SUBJECT, "entitlements": [{"kind": "benefit", "value": "MDF 2%"}], "term_months": None,
}  # fmt: skip
TEMPLATES = [
    ("RES", "授权经销协议 Reseller", "", True, RESELLER),
    ("SI", "系统集成商协议 Integrator", "integrator", True, INTEGRATOR),
    ("MDF", "市场基金补充协议 MDF addendum", "", False, FUND),
]
