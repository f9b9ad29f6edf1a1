"""Templates of agreements: variables, versions, who they fit, and how they travel."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from partners.models import AgreementDocument, AgreementTemplateVersion, Partner
from partners.selectors.agreements import template_for
from partners.services.agreement_templates import (
    template_create,
    template_draft_save,
    template_import,
    template_publish,
)
from prm.errors import Conflict, Forbidden, Invalid
from prm.testing.make import Cast
from tests.partners.agreement_world import CONTENT, make_sent, make_template

pytestmark = pytest.mark.usefixtures("second_of_march")


def test_unknown_variables_are_refused_with_their_place(cast: Cast) -> None:
    template = template_create(actor=cast.manager, code="T", name="T")
    wrong = CONTENT | {"body_en": "Fine\n\nDear {{ partner }}, {{vendor_name", "body_zh": "好\n\n{{partner_nam}}"}
    with pytest.raises(Invalid) as caught:
        template_draft_save(actor=cast.manager, template_id=template.pk, content=wrong)
    assert caught.value.fields == {
        "body_en": [
            "Line 3, character 6: “partner” is no known variable.",
            "Line 3, character 21: these braces have no partner.",
        ],
        "body_zh": ["Line 3, character 1: “partner_nam” is no known variable."],
    }
    lopsided = CONTENT | {"body_en": "One\n\nTwo", "body_zh": "一"}
    with pytest.raises(Invalid) as caught:
        template_draft_save(actor=cast.manager, template_id=template.pk, content=lopsided)
    assert list(caught.value.fields) == ["body_zh"]
    assert AgreementTemplateVersion.objects.count() == 0


def test_published_versions_never_change(cast: Cast) -> None:
    template = make_template(cast)
    version = template.versions.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementTemplateVersion.objects.filter(pk=version.pk).update(body_en="Other")
    template_draft_save(actor=cast.manager, template_id=template.pk, content=CONTENT | {"title_en": "Second"})
    second = template_publish(actor=cast.manager, template_id=template.pk)
    assert (second.number, template.versions.count()) == (2, 2)
    with pytest.raises(Conflict):
        template_publish(actor=cast.manager, template_id=template.pk)
    with pytest.raises(Conflict):
        template_create(actor=cast.manager, code="RES", name="Again")
    with pytest.raises(Forbidden):
        template_create(actor=cast.partner_administrator, code="X", name="X")


def test_a_template_fits_by_type_and_region(cast: Cast) -> None:
    for code, named in {
        "ALL": {}, "EAST": {"region": "East"}, "RESELLER": {"partner_type": "reseller"},
        "BOTH": {"partner_type": "reseller", "region": "North"}, "NDA": {"is_offered": False},
    }.items():  # fmt: skip
        make_template(cast, code, **named)
    template_create(actor=cast.manager, code="A", name="Unpublished", partner_type="reseller", region="East")
    chosen = {
        (type_, region): template_for(Partner(type=type_, region=region)).code  # type: ignore[union-attr]
        for type_, region in [("reseller", "East"), ("reseller", "North"), ("isv", "East"), ("isv", "West")]
    }
    assert chosen == {
        ("reseller", "East"): "RESELLER",
        ("reseller", "North"): "BOTH",
        ("isv", "East"): "EAST",
        ("isv", "West"): "ALL",
    }  # fmt: skip


def test_a_template_travels_as_json(cast: Cast) -> None:
    document = {"code": "COPY", "name": "Copy", "partner_type": "isv", "content": CONTENT}
    template = template_import(actor=cast.manager, document=document)
    draft = template.versions.get()
    assert (draft.title_zh, draft.term_months, draft.entitlements) == (
        CONTENT["title_zh"], 12, CONTENT["entitlements"],
    )  # fmt: skip
    for wrong in ({}, {"content": []}, {"code": "C", "name": "N", "content": {"signers": "x"}}, []):
        with pytest.raises((Invalid, Conflict)):
            template_import(actor=cast.manager, document=wrong)  # type: ignore[arg-type]


def test_a_value_is_never_read_as_markup_or_as_a_variable(cast: Cast) -> None:
    agreement = make_sent(cast, values={"minimum_order": "{{vendor_name}}\n# <b>Big</b>"})
    document = AgreementDocument.objects.get(agreement=agreement)
    assert document.body_en.endswith("Minimum order: {{vendor_name}} # <b>Big</b>.")
