"""Agreements: pages of both sides, links of signers, operations."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER
from tests.contracts.matrix.row import Row, api, elsewhere, member, post, public

VIEW, EDIT, OWN = Right.AGREEMENTS_VIEW, Right.AGREEMENTS_EDIT, Right.OWN_AGREEMENTS_VIEW
SIGN = Right.OWN_AGREEMENTS_SIGN
DRAFT, SENT = {"agreement_id": "draft agreement"}, {"agreement_id": "sent agreement"}
SIGNED, LIVE = {"agreement_id": "signed agreement"}, {"agreement_id": "live agreement"}
TEMPLATE = {"template_id": "partners.AgreementTemplate"}
TEXTS = {"title_en": "A", "title_zh": "A", "body_en": "A", "body_zh": "A"}

PAGES: dict[str, Row | list[Row]] = {
    "manager:agreements": member(VIEW),
    "manager:agreement_new": member(EDIT),
    "manager:agreement_report": member(VIEW),
    "manager:agreement_report_csv": member(VIEW),
    "manager:agreement_templates": member(VIEW),
    "manager:agreement_template_new": member(EDIT),
    "manager:agreement_template_import": member(EDIT),
    "manager:agreement_template_preview": member(EDIT, method="POST", data=TEXTS),
    "manager:agreement_template": member(VIEW, ids=TEMPLATE),
    "manager:agreement_template_facts": member(EDIT, ids=TEMPLATE),
    "manager:agreement_template_edit": member(EDIT, ids=TEMPLATE),
    "manager:agreement_template_publish": member(EDIT, ids=TEMPLATE),
    "manager:agreement_template_discard": member(EDIT, ids=TEMPLATE),
    "manager:agreement_template_retire": member(EDIT, ids=TEMPLATE),
    "manager:agreement_template_json": member(VIEW, ids=TEMPLATE),
    "manager:agreement": member(VIEW, ids=SENT),
    "manager:agreement_pdf": member(VIEW, ids=SENT),
    "manager:agreement_edit": member(EDIT, ids=DRAFT),
    "manager:agreement_send": member(EDIT, ids=DRAFT),
    "manager:agreement_void": member(EDIT, ids=SENT),
    "manager:agreement_resend": member(EDIT, ids=SENT),
    "manager:agreement_service_retry": member(EDIT, ids=SENT),
    "manager:agreement_countersign": member(Right.AGREEMENTS_SIGN, ids=SIGNED),
    "manager:agreement_terminate": member(EDIT, ids=LIVE),
    "manager:agreement_notice": member(EDIT, ids=LIVE),
    "manager:agreement_amend": member(EDIT, ids=LIVE),
    "manager:agreement_renew": member(EDIT, ids=LIVE),
    "manager:agreement_signer": member(EDIT, ids=SENT, values={"position": 1}),
    "manager:partner_agreements": member(VIEW, ids=PARTNER),
    "partner:agreements": member(OWN),
    "partner:agreement": member(OWN, ids=SENT),
    "partner:agreement_sign": member(SIGN, ids=SENT),
    "partner:agreement_decline": member(SIGN, ids=SENT),
    "partner:agreement_notice": member(SIGN, ids=LIVE),
    "partner:agreement_pdf": member(OWN, ids=SENT),
    "public:sign": elsewhere("tests/portal/test_agreement_pages.py"),
    "public:sign_opened": elsewhere("tests/portal/test_agreement_pages.py"),
    "public:sign_decline": elsewhere("tests/portal/test_agreement_pages.py"),
    "public:sign_pdf": elsewhere("tests/portal/test_agreement_pages.py"),
    "public:signing_callback": public(
        method="POST", code=403, platform=404, values={"provider": "docusign"}, data={"event": "x"}
    ),
    "manager:signing_settings": member(Right.SETTINGS_EDIT),
    "public:verify": public(platform=404),
}

OPERATIONS: dict[str, Row | list[Row]] = {
    "api:agreements": [api(VIEW, OWN), post(EDIT)],
    "api:agreement": [
        api(VIEW, OWN, ids=SENT), api(EDIT, method="PATCH", also=(VIEW,), ids=DRAFT),
    ],
    "api:agreement-send": post(EDIT, code=200, also=(VIEW,), ids=DRAFT),
    "api:agreement-void": post(EDIT, also=(VIEW,), ids=SENT),
    "api:agreement-pdf": api(VIEW, OWN, ids=SENT),
    "api:agreement-templates": api(VIEW),
    "api:partner-entitlements": api(VIEW, OWN, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
}  # fmt: skip

ROWS: dict[str, Row | list[Row]] = {**PAGES, **OPERATIONS}
