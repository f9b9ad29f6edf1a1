"""Agreements through the pages: drafted and sent by the vendor, signed by strangers and members, checked by anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from partners.models import Agreement, AgreementTemplate, Signature
from portal.public import signing
from prm.files.services import file_open
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.agreement_world import (
    CONTENT,
    STROKES,
    TWO,
    link_of,
    make_active,
    make_draft,
    make_sent,
    make_template,
    sign,
)
from tests.portal.vendor import text_of

SIGNED = {"name": "Mei Chen", "has_read": "on", "consents": "on", "strokes": ""}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=True):
        yield


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def made(cast: Cast, make: Any, *args: Any, **given: Any) -> Any:
    with tenant_context(cast.tenant):
        return make(cast, *args, **given)


def token(cast: Cast, email: str = "mei@blue.test") -> str:
    with tenant_context(cast.tenant):
        return link_of(email)


def current(cast: Cast) -> Agreement:
    with tenant_context(cast.tenant):
        return Agreement.objects.order_by("-number")[0]


def staff(cast: Cast) -> Client:
    return cast.client(Role.CHANNEL_MANAGER)


def template_data(**changes: Any) -> dict[str, Any]:
    content = {name: CONTENT[name] for name in ("title_en", "title_zh", "body_en", "body_zh", "term_months")}
    return {
        **content, "renewal_notice_days": 30, "fields_of_own": "minimum_order: Minimum order | 最低订单",
        "entitlements": "territory: East\nproduct_line：Switches",
        "signers": "Managing director | 总经理\nFinance director | 财务总监",
        "vendor_signer": "Channel director | 渠道总监",
        **changes,
    }  # fmt: skip


def test_a_template_is_written_previewed_and_published(cast: Cast) -> None:
    client = staff(cast)
    answer = client.post(url("manager:agreement_template_new"), {"code": "RES", "name": "Reseller", "is_offered": "on"})
    with tenant_context(cast.tenant):
        template = AgreementTemplate.objects.get()
    edit = url("manager:agreement_template_edit", template.pk)
    assert answer["Location"] == edit
    refused = client.post(edit, template_data(body_en="Dear {{ nobody }}"))
    assert refused.status_code == 422
    assert "Line 1, character 6: “nobody” is no known variable." in text_of(refused)
    preview = client.post(url("manager:agreement_template_preview"), template_data())
    assert "1. 双方" in text_of(preview)
    assert "1. Parties" in text_of(preview)
    assert client.post(edit, template_data()).status_code == 302
    page = text_of(client.get(url("manager:agreement_template", template.pk)))
    assert "Version 1" in page
    assert "总经理" in page
    assert "Switches" in page
    assert client.post(url("manager:agreement_template_publish", template.pk)).status_code == 302
    stored = json.loads(client.get(url("manager:agreement_template_json", template.pk)).content)
    assert stored["content"]["entitlements"] == CONTENT["entitlements"]
    stored["code"] = "COPY"
    file = BytesIO(json.dumps(stored).encode())
    file.name = "copy.json"
    assert client.post(url("manager:agreement_template_import"), {"file": file}).status_code == 302
    file = BytesIO(b"no json")
    file.name = "copy.json"
    assert client.post(url("manager:agreement_template_import"), {"file": file}).status_code == 422
    assert "COPY" in text_of(client.get(url("manager:agreement_templates")))


def test_from_the_draft_to_the_signed_document(cast: Cast) -> None:
    client = staff(cast)
    template = made(cast, make_template, signers=TWO)
    new = {"partner": "P-1", "template_id": str(template.pk), "starts_on": "2026-03-02"}
    assert client.post(url("manager:agreement_new"), new | {"partner": "NOPE"}).status_code == 422
    assert client.post(url("manager:agreement_new"), new).status_code == 302
    agreement = current(cast)
    page = text_of(client.get(url("manager:agreement", agreement.pk)))
    assert "Draft" in page
    assert "Minimum order: {{minimum_order}}." in page
    assert client.post(url("manager:agreement_send", agreement.pk)).status_code == 422
    draft = {
        **{name: CONTENT[name] for name in ("title_en", "title_zh", "body_en", "body_zh")}, "starts_on": "2026-03-02",
        "term_months": "12", "renewal_notice_days": "30", "entitlements": "territory: East",
        "value_minimum_order": "CNY 10,000", "name_1": "Mei Chen", "email_1": "mei@blue.test", "name_2": "Li Wei",
        "email_2": "li@blue.test",
    }  # fmt: skip
    twice = client.post(url("manager:agreement_edit", agreement.pk), draft | {"email_2": "mei@blue.test"})
    assert (twice.status_code, "mei@blue.test signs twice." in text_of(twice)) == (422, True)
    assert client.post(url("manager:agreement_edit", agreement.pk), draft).status_code == 302
    assert client.post(url("manager:agreement_send", agreement.pk)).status_code == 302
    stranger = cast.client(None)
    link = url("public:sign", token(cast))
    page = text_of(stranger.get(link))
    assert "Minimum order: CNY 10,000." in page
    assert "I agree to sign electronically." in page
    assert current(cast).status == "sent", "programs that follow links read nothing"
    opened = url("public:sign_opened", token(cast))
    assert f'hx-post="{opened}"' in page
    assert stranger.get(opened).status_code == 405
    assert [stranger.post(opened).status_code for _twice in range(2)] == [204, 204]
    assert current(cast).status == "viewed"
    nothing = stranger.post(link, {"name": "", "strokes": ""})
    assert nothing.status_code == 422
    for text in ("Type your full name.", "Read the document to its end first.", "Your consent is needed"):
        assert text in text_of(nothing)
    assert stranger.post(link, SIGNED | {"strokes": "[[1"}).status_code == 422
    assert stranger.post(link, SIGNED | {"strokes": json.dumps(STROKES)}).status_code == 302
    page = text_of(stranger.get(link))
    assert "You have signed. Thank you." in page
    assert "M10 20 L60 40" in page
    again = stranger.post(link, SIGNED)
    assert (again.status_code, "Mei Chen has signed already." in text_of(again)) == (422, True)
    second = url("public:sign", token(cast, "li@blue.test"))
    assert stranger.post(second, SIGNED | {"name": "Li Wei"}).status_code == 302
    listed = text_of(client.get(url("manager:agreements"), {"status": "signed"}))
    assert "A-00001" in listed
    countersign = url("manager:agreement_countersign", agreement.pk)
    assert cast.client(Role.FINANCE).get(countersign).status_code == 403
    assert client.post(countersign, SIGNED | {"name": "Ada"}).status_code == 302
    assert current(cast).status == "active"
    paper = client.get(url("manager:agreement_pdf", agreement.pk))
    content = b"".join(paper.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF-")
    assert paper["Content-Disposition"].startswith("attachment")
    assert b"".join(stranger.get(url("public:sign_pdf", token(cast))).streaming_content) == content  # type: ignore[attr-defined]
    check(cast, content, "This is the signed document")
    check(cast, content + b" ", "This file is no agreement that was signed here")
    with tenant_context(cast.tenant), file_open(agreement.documents.get().file) as sent:
        check(cast, sent.read(), "This is the document as it was sent, without signatures")
    with tenant_context(cast.tenant):
        first = Signature.objects.get(position=1)
    assert (first.ip, first.method) == ("127.0.0.1", "drawn")


def check(cast: Cast, content: bytes, said: str) -> None:
    file = BytesIO(content)
    file.name = "../../etc/<b>paper</b>.pdf"
    page = cast.client(None).post(url("public:verify"), {"file": file})
    assert said in text_of(page)


def test_looking_up_files_has_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "CHECKS_AN_HOUR", 2)
    answers = []
    for _number in range(3):
        file = BytesIO(b"%PDF-1.7")
        file.name = "paper.pdf"
        answers.append(cast.client(None).post(url("public:verify"), {"file": file}))
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many attempts" in text_of(answers[-1])
    assert cast.client(None).get(url("public:verify")).status_code == 200


def test_links_that_open_nothing(cast: Cast) -> None:
    agreement = made(cast, make_sent)
    stranger, good = cast.client(None), token(cast)
    forged = stranger.get(url("public:sign", "forged"))
    assert (forged.status_code, "This link is not valid." in text_of(forged)) == (404, True)
    assert stranger.post(url("public:sign", "forged"), SIGNED).status_code == 404
    assert stranger.get(url("public:sign_decline", "forged")).status_code == 404
    assert stranger.post(url("public:sign_opened", "forged")).status_code == 404
    assert stranger.get(url("public:sign_pdf", "forged")).status_code == 404
    rival = Client(SERVER_NAME="localhost")
    assert rival.get(url("public:sign", good)).status_code == 404
    with time_machine.travel("2026-05-02T02:00:00Z", tick=True):
        expired = stranger.get(url("public:sign", good))
        assert (expired.status_code, "Ask Acme for a new one." in text_of(expired)) == (410, True)
        assert stranger.post(url("public:sign", good), SIGNED).status_code == 410
    void = url("manager:agreement_void", agreement.pk)
    assert staff(cast).post(void, {"reason": ""}).status_code == 422
    assert staff(cast).post(void, {"reason": "A mistake"}).status_code == 302
    page = text_of(stranger.get(url("public:sign", good)))
    assert "This agreement is no longer to be signed: Voided" in page
    assert "A mistake" in page
    late = stranger.post(url("public:sign", good), SIGNED)
    assert (late.status_code, "A-00001 is Voided, so it is not signed any more." in text_of(late)) == (422, True)


def test_a_stranger_declines_with_a_reason(cast: Cast) -> None:
    made(cast, make_sent)
    stranger, link = cast.client(None), token(cast)
    assert stranger.post(url("public:sign_decline", link), {"reason": ""}).status_code == 422
    assert stranger.post(url("public:sign_decline", link), {"reason": "Too long"}).status_code == 302
    assert "Too long" in text_of(stranger.get(url("public:sign", link)))
    assert current(cast).status == "declined"


def test_a_member_signs_in_the_portal(cast: Cast) -> None:
    own = cast.user(Role.PARTNER_ADMINISTRATOR)
    agreement = made(cast, make_sent, signers=[{"name": "Own Person", "email": own.email}])
    client = cast.client(Role.PARTNER_ADMINISTRATOR)
    assert "Please sign" in text_of(client.get(url("partner:agreements")))
    page = text_of(client.get(url("partner:agreement", agreement.pk)))
    assert "It waits for your signature" in page
    assert "Reseller agreement A-00001" in page
    assert current(cast).status == "viewed"
    both = text_of(client.get(url("partner:agreement", agreement.pk), {"text": "both"}))
    assert "经销协议 A-00001" in both
    finance = cast.client(Role.PARTNER_FINANCE)
    assert "It waits for your signature" not in text_of(finance.get(url("partner:agreement", agreement.pk)))
    assert client.post(url("partner:agreement_sign", agreement.pk), SIGNED | {"has_read": ""}).status_code == 422
    assert client.post(url("partner:agreement_sign", agreement.pk), SIGNED).status_code == 302
    assert current(cast).status == "signed"
    again = client.post(url("partner:agreement_sign", agreement.pk), SIGNED)
    assert (again.status_code, "has signed already" in text_of(again)) == (422, True)


def test_the_partner_sees_what_was_sent_and_what_is_granted(cast: Cast) -> None:
    template = made(cast, make_template)
    draft = made(cast, make_draft, template)
    live = made(cast, make_active, template)
    foreign = made(cast, make_sent, template, partner=cast.other_partner)
    client = cast.client(Role.PARTNER_ADMINISTRATOR)
    page = text_of(client.get(url("partner:agreements")))
    assert "A-00002" in page
    assert "A-00001" not in page
    assert "East" in page
    assert "Switches" in page
    for hidden in (draft, foreign):
        assert client.get(url("partner:agreement", hidden.pk)).status_code == 404
        assert client.get(url("partner:agreement_pdf", hidden.pk)).status_code == 404
    assert "The chain of signatures holds" in text_of(client.get(url("partner:agreement", live.pk)))
    manager = text_of(staff(cast).get(url("manager:partner_agreements", cast.partner.pk)))
    assert "Entitlements today" in manager
    assert "East" in manager


def test_terminate_renew_amend(cast: Cast) -> None:
    template = made(cast, make_template, auto_renew=True)
    live, client = made(cast, make_active, template), staff(cast)
    assert client.post(url("manager:agreement_notice", live.pk), {"reason": "Strategy"}).status_code == 302
    renewed = client.post(url("manager:agreement_renew", live.pk))
    assert renewed["Location"] == url("manager:agreement_edit", current(cast).pk)
    data = {"template_id": str(template.pk), "effect": "replaces"}
    assert client.post(url("manager:agreement_amend", live.pk), data).status_code == 302
    assert current(cast).kind == "amendment"
    terminate = url("manager:agreement_terminate", live.pk)
    assert client.post(terminate, {"reason": "Breach", "last_day": "2026-01-01"}).status_code == 422
    assert client.post(terminate, {"reason": "Breach", "last_day": ""}).status_code == 302
    with tenant_context(cast.tenant):
        live.refresh_from_db()
    assert live.status == "terminated"


def test_who_has_none_on_the_page_and_in_a_file(cast: Cast) -> None:
    made(cast, make_active)
    client = staff(cast)
    page = text_of(client.get(url("manager:agreement_report"), {"state": "missing"}))
    assert "P-2" in page
    assert "P-1" not in page
    file = client.get(url("manager:agreement_report_csv")).content.decode("utf-8-sig").splitlines()
    assert file == [
        "Code,Partner,Region,Status,State,Agreement,Until",
        f"P-2,{cast.other_partner.name},East,Active,None in force,,",
        f"P-1,{cast.partner.name},East,Active,In order,A-00001,2027-03-01",
    ]


def test_a_signers_name_is_only_text(cast: Cast) -> None:
    agreement = made(cast, make_sent, signers=[{"name": "<script>alert(1)</script>", "email": "mei@blue.test"}])
    page = staff(cast).get(url("manager:agreement", agreement.pk)).content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_waiting_ones_are_counted_in_the_menu(cast: Cast) -> None:
    made(cast, make_sent)
    with tenant_context(cast.tenant):
        sign()
    assert "To countersign" in text_of(staff(cast).get(url("manager:agreements")))
