"""The partner's people in the house: a certificate, an onboarding plan, an account that cools off."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from partners.models import BankAccount
from partners.services.accounts import account_confirm, account_propose
from partners.services.certificates import certificate_award, certification_save
from partners.services.onboarding import plan_start, task_do
from partners.services.onboarding_templates import template_create, template_publish, template_task_save
from prm.testing.make import Cast

PDF = b"%PDF-1.7\n%%EOF\n"


def people_things(cast: Cast) -> dict[str, Any]:
    """Inside the tenant."""
    return {**_certificate(cast), **_onboarding(cast), "cooling account": _cooling(cast)}


def _certificate(cast: Cast) -> dict[str, Any]:
    kind = certification_save(actor=cast.manager, code="net", name_en="Network", level="expert", validity_months=12)
    made = certificate_award(
        actor=cast.manager, email="li@blue.example", name="Li", certification="net", issued_on=dt.date(2026, 1, 15),
        partner_id=cast.partner.pk, evidence=("c.pdf", BytesIO(PDF)),
    )  # fmt: skip
    return {"own certificate": made, "partners.Certification": kind, "partners.Person": made.person}


def _onboarding(cast: Cast) -> dict[str, Any]:
    template = template_create(actor=cast.manager, code="first", name_en="First", days=30)
    for key, proof in (("a", "file"), ("b", "none")):
        template_task_save(actor=cast.manager, template_id=template.pk, key=key, title_en=key, proof=proof)
    template_publish(actor=cast.manager, template_id=template.pk)
    plan = plan_start(actor=cast.manager, partner_id=cast.partner.pk)
    assert plan is not None
    done, open_one = plan.tasks.order_by("key")
    task_do(actor=cast.manager, task_id=done.pk, file=("a.pdf", BytesIO(PDF)))
    other = template_create(actor=cast.manager, code="second", name_en="Second", days=30)
    task = template_task_save(actor=cast.manager, template_id=other.pk, key="x", title_en="x")
    return {
        "own plan": plan, "own task": open_one, "done task": done, "draft template": other,
        "draft template task": task, "published template": template,
    }  # fmt: skip


def _cooling(cast: Cast) -> BankAccount:
    fields = {"currency": "EUR", "holder": "Blue Harbour", "number": "DE89370400440532013000"}
    for _first_and_change in range(2):
        made = account_propose(actor=cast.finance, partner_id=cast.partner.pk, **fields)
        made = account_confirm(actor=cast.administrator, account_id=made.pk)
    return made
