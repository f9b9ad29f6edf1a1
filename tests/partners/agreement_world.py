"""Short ways to an agreement in any state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from partners.models import Agreement, AgreementTemplate, Partner
from partners.services.agreement_signing import (
    Ink,
    Proof,
    Seen,
    agreement_countersign,
    agreement_sign_by_link,
    agreement_view_by_link,
)
from partners.services.agreement_templates import template_create, template_draft_save, template_publish
from partners.services.agreements import agreement_draft, agreement_send
from prm.notifications.models import Notice
from prm.testing.make import Cast

INK = Ink(name="Mei Chen", has_read=True, consents=True)
PROOF = Proof(INK, Seen(ip="203.0.113.9", user_agent="Test/1.0"))
STROKES = [[10, 20, 60, 40, 120, 30, 200, 90], [220, 100, 300, 20, 360, 150]]
CONTENT: dict[str, Any] = {
    "title_en": "Reseller agreement {{agreement_number}}",
    "title_zh": "经销协议 {{agreement_number}}",
    "body_en": "# 1. Parties\n\n{{vendor_name}} and {{partner_legal_name}} agree as follows.\n\n"
    "- Territory: {{territory}}\n- Term: {{starts_on}} to {{ends_on}}\n\nMinimum order: {{minimum_order}}.",
    "body_zh": "# 1. 双方\n\n{{vendor_name}}与{{partner_legal_name}}约定如下。\n\n"
    "- 区域：{{territory}}\n- 期限：{{starts_on}}至{{ends_on}}\n\n最低订单：{{minimum_order}}。",
    "fields": [{"name": "minimum_order", "en": "Minimum order", "zh": "最低订单"}],
    "entitlements": [{"kind": "territory", "value": "East"}, {"kind": "product_line", "value": "Switches"}],
    "signers": [{"en": "Legal representative", "zh": "法定代表人"}],
    "vendor_signer": {"en": "Channel director", "zh": "渠道总监"},
    "term_months": 12,
    "renewal_notice_days": 30,
    "auto_renew": False,
}
TWO = [{"en": "Managing director", "zh": "总经理"}, {"en": "Finance director", "zh": "财务总监"}]
MEI = {"name": "Mei Chen", "email": "mei@blue.test", "language": "en"}
LI = {"name": "Li Wei", "email": "li@blue.test", "language": "zh-hans"}


def make_template(cast: Cast, code: str = "RES", **changes: Any) -> AgreementTemplate:
    """Published."""
    named = {name: changes.pop(name) for name in ("partner_type", "region", "is_offered") if name in changes}
    template = template_create(actor=cast.manager, code=code, name="Reseller agreement", **named)
    template_draft_save(actor=cast.manager, template_id=template.pk, content=CONTENT | changes)
    template_publish(actor=cast.manager, template_id=template.pk)
    return template


def make_draft(
    cast: Cast, template: AgreementTemplate | None = None, *, partner: Partner | None = None, **more: Any
) -> Agreement:
    given = {"signers": [MEI, LI], "values": {"minimum_order": "CNY 10,000"}} | more
    template = template or make_template(cast)
    return agreement_draft(
        actor=cast.manager, partner_id=(partner or cast.partner).pk, template_id=template.pk, **given
    )


def make_sent(cast: Cast, template: AgreementTemplate | None = None, **more: Any) -> Agreement:
    return agreement_send(actor=cast.manager, agreement_id=make_draft(cast, template, **more).pk)


def link_of(email: str = "mei@blue.test") -> str:
    """The secret of the newest link that was sent there, as the mail would carry it."""
    import json

    from prm.sealing import unseal

    notice = Notice.objects.filter(email=email).order_by("-created_at", "-id").first()
    assert notice is not None
    return str(json.loads(unseal(notice.sealed))["token"])


def sign(email: str = "mei@blue.test", proof: Proof = PROOF) -> Agreement:
    token = link_of(email)
    agreement_view_by_link(token=token)
    return agreement_sign_by_link(token=token, proof=proof)


def make_active(cast: Cast, template: AgreementTemplate | None = None, **more: Any) -> Agreement:
    agreement = make_sent(cast, template, **more)
    sign()
    return countersign(cast, agreement)


def countersign(cast: Cast, agreement: Agreement) -> Agreement:
    agreement_countersign(actor=cast.manager, agreement_id=agreement.pk, proof=Proof(INK_VENDOR, PROOF.seen))
    agreement.refresh_from_db()
    return agreement


INK_VENDOR = Ink(name="Ada Vendor", has_read=True, consents=True)
DAY = dt.timedelta(days=1)
