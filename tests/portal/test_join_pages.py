"""The pages of strangers: from the first visit to the decision; forged links, robots, HTML, files, languages.

Addresses: public:application, public:application_send, public:application_answer, public:application_withdraw,
public:application_file, public:application_file_remove, public:application_step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partners.models import Application, ApplicationFile, FormVisits
from partners.policies.applications import applicant
from partners.services.application_review import application_ask, application_reject
from partners.services.application_steps import link_make
from partners.services.applications import application_start
from partners.services.recruitment import forms_begin
from prm.notifications.models import Notice
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.applying import ANSWERS, SYSTEM, USCC, begun, filled, sent

pytestmark = pytest.mark.django_db
COMPANY = {"legal_name": ANSWERS["legal_name"], "country": "CN", "tax_id": USCC, "website": "shenjiang.example"}
CONTACT = {"contact_name": "李雷", "contact_phone": "138 0013 8000"}
BUSINESS = {"territories": "华东", "q1": "2"}


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with time_machine.travel("2026-11-26T02:00:00Z", tick=False) as now:
        cast.now = now  # type: ignore[attr-defined]
        yield cast


def stranger(cast: Cast, language: str = "en") -> Client:
    client = cast.client(None)
    client.cookies["django_language"] = language
    return client


def start(client: Client, cast: Cast, email: str = "li@shenjiang.example", **more: str) -> Any:
    """Open the form as a person does, and send the address a few seconds later."""
    page = client.get("/join/reseller/")
    opened = re.search(r'name="opened" value="([^"]+)"', page.content.decode())
    assert opened
    cast.now.shift(5)  # type: ignore[attr-defined]
    return client.post("/join/reseller/", {"email": email, "opened": opened.group(1), **more})


def link_for(cast: Cast, application: Application) -> str:
    """The address of a mailed link."""
    with tenant_context(cast.tenant):
        return f"/join/a/{link_make(application, confirms=True)}/"


def only(cast: Cast) -> Application:
    with tenant_context(cast.tenant):
        return Application.objects.get()


def test_from_the_first_visit_to_the_decision(acme: Cast) -> None:
    client = stranger(acme)
    assert "Become a reseller" in client.get("/join/").content.decode()
    first = start(client, acme)
    assert first.status_code == 302
    own = first.url.removesuffix("company/")
    after = client.post(first.url, COMPANY)
    assert after.url == f"{own}contact/"
    assert client.post(after.url, CONTACT).url == f"{own}business/"
    assert client.post(f"{own}business/", BUSINESS).url == f"{own}evidence/"
    paper = SimpleUploadedFile("licence.pdf", b"%PDF-1.7 x", content_type="text/html")
    assert client.post(f"{own}evidence/", {"evidence": [paper], "referrer": "P-1"}).url == f"{own}send/"
    early = client.post(f"{own}send/", {"consent": "on"})
    assert early.status_code == 422
    assert "confirm your address" in early.content.decode()
    mailed = link_for(acme, only(acme))
    assert "Confirm and continue" in client.get(mailed).content.decode()
    assert only(acme).email_confirmed_at is None, "a program that follows links confirms nothing"
    assert client.post(mailed).url == f"{mailed}send/"
    refused = client.post(f"{mailed}send/")
    assert refused.status_code == 422
    assert "Please agree" in refused.content.decode()
    assert client.post(f"{mailed}send/", {"consent": "on"}, REMOTE_ADDR="198.51.100.4").url == mailed
    found = only(acme)
    assert (found.status, found.consent_ip, found.referrer_partner_id) == ("submitted", "198.51.100.4", acme.partner.pk)
    assert "You have our answer by" in client.get(mailed).content.decode()
    with tenant_context(acme.tenant):
        application_ask(actor=acme.manager, application_id=found.pk, text="Which <b>regions</b>?")
    page = client.get(mailed).content.decode()
    assert "Which &lt;b&gt;regions&lt;/b&gt;?" in page
    assert client.post(f"{mailed}answer/", {"text": ""}).status_code == 422
    assert client.post(f"{mailed}answer/", {"text": "East"}).status_code == 302
    with tenant_context(acme.tenant):
        application_reject(actor=acme.manager, application_id=found.pk, reason="other", text="Not now")
    page = client.get(mailed).content.decode()
    assert "Not now" in page
    assert "You can apply again from" in page


def test_nothing_is_lost_on_errors(acme: Cast) -> None:
    client = stranger(acme)
    step = start(client, acme).url
    wrong = {**COMPANY, "tax_id": "91110000600037341M", "legal_name": "<img src=x onerror=alert(1)>"}
    answer = client.post(step, wrong)
    assert answer.url == f"{step}?check=1"
    page = client.get(answer.url).content.decode()
    assert "The check digit is wrong" in page
    assert 'value="91110000600037341M"' in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert "A domain of the company" in page, "what is right is said at its field"
    assert client.post(step, {**COMPANY, "go": "leave"}).url == step.removesuffix("company/")
    assert only(acme).answers["tax_id"] == USCC


def test_one_refused_file_takes_nothing_else_with_it(acme: Cast) -> None:
    client = stranger(acme)
    own = start(client, acme).url.removesuffix("company/")
    good = SimpleUploadedFile("../../etc/passwd.pdf", b"%PDF-1.7 x")
    bad = SimpleUploadedFile("licence.pdf", b"<html><script>alert(1)</script>")
    answer = client.post(f"{own}evidence/", {"evidence": [bad, good], "referrer": "Somebody"})
    assert answer.url == f"{own}evidence/?check=1"
    assert "licence.pdf" in client.get(answer.url).content.decode()
    with tenant_context(acme.tenant):
        kept = ApplicationFile.objects.select_related("file").get()
    assert kept.file.name == "passwd.pdf"
    assert only(acme).answers["referrer"] == "Somebody"
    shown = client.get(f"{own}files/{kept.pk}/")
    assert shown.headers["Content-Disposition"].startswith("attachment")
    with tenant_context(acme.tenant):
        other = link_for(acme, begun("other@other.example"))
    assert client.get(f"{other}files/{kept.pk}/").status_code == 404
    client.post(f"{own}files/{kept.pk}/remove/")
    with tenant_context(acme.tenant):
        assert not ApplicationFile.objects.exists()


@pytest.mark.parametrize("path", ["", "company/", "send/", "answer/", "withdraw/"])
def test_forged_and_expired_links_say_so(acme: Cast, path: str) -> None:
    client = stranger(acme)
    with tenant_context(acme.tenant):
        link = link_for(acme, begun())
    for address in ("/join/a/" + "x" * 43 + "/", link[:-3] + "AA/"):
        page = client.get(address + path)
        assert page.status_code == 404
        assert "This link is no longer valid" in page.content.decode()
    acme.now.shift(31 * 24 * 3600)  # type: ignore[attr-defined]
    assert client.get(link + path).status_code == 404


def test_a_link_works_at_its_own_vendor_only(acme: Cast, rival_cast: Cast) -> None:
    with tenant_context(acme.tenant):
        link = link_for(acme, begun())
    assert stranger(acme).get(link).status_code == 200
    assert stranger(rival_cast).get(link).status_code == 404


def test_robots_are_kept_out_without_asking_anybody(acme: Cast) -> None:
    client = stranger(acme)
    trapped = start(client, acme, fax="123")
    assert "Look into your mailbox" in trapped.content.decode()
    assert client.post("/join/reseller/", {"email": "a@b.example", "opened": "forged"}).status_code == 422
    page = client.get("/join/reseller/")
    opened = re.search(r'name="opened" value="([^"]+)"', page.content.decode())
    assert opened
    quick = client.post("/join/reseller/", {"email": "a@b.example", "opened": opened.group(1)})
    assert quick.status_code == 422
    with tenant_context(acme.tenant):
        assert not Application.objects.exists()
    answers = [start(stranger(acme), acme, email=f"p{number}@x.example").status_code for number in range(8)]
    assert answers[-1] == 429
    assert answers[0] == 302


def test_asking_for_a_link_tells_nothing(acme: Cast) -> None:
    client = stranger(acme)
    with tenant_context(acme.tenant):
        sent("known@x.example")
        Notice.objects.all().delete()
    pages = []
    for email in ("known@x.example", "unknown@x.example"):
        opened = re.search(r'name="opened" value="([^"]+)"', client.get("/join/again/").content.decode())
        assert opened
        acme.now.shift(3700)  # type: ignore[attr-defined]
        pages.append(client.post("/join/again/", {"email": email, "opened": opened.group(1)}).content.decode())
    strip = re.compile(r'csrf\w*"[^>]*>|X-CSRFToken[^}]*|nonce="[^"]*"')
    assert strip.sub("", pages[0]) == strip.sub("", pages[1])
    with tenant_context(acme.tenant):
        assert [one.email for one in Notice.objects.all()] == ["known@x.example"]


def test_visits_are_counted_once_a_browser_and_nothing_else(acme: Cast) -> None:
    client = stranger(acme)
    for _time in range(3):
        client.get("/join/reseller/")
    stranger(acme).get("/join/reseller/")
    with tenant_context(acme.tenant):
        assert [one.count for one in FormVisits.objects.all()] == [2]


def test_a_sent_application_cannot_be_changed(acme: Cast) -> None:
    client = stranger(acme)
    with tenant_context(acme.tenant):
        link = link_for(acme, sent())
    assert client.get(f"{link}company/").url == link
    refused = client.post(f"{link}company/", {"legal_name": "Other"})
    assert refused.status_code == 302
    assert client.post(f"{link}withdraw/", {"reason": "later"}).url == link
    assert client.post(f"{link}withdraw/", {"reason": "later"}).status_code == 422
    assert only(acme).status == "withdrawn"


def test_pages_speak_chinese(acme: Cast) -> None:
    client = stranger(acme, "zh-hans")
    assert "成为经销商" in client.get("/join/").content.decode()
    with tenant_context(acme.tenant):
        forms_begin()
        token = application_start(actor=SYSTEM, slug="reseller", email="a@b.example", language="zh-hans")
        application = filled_by(token)
    page = client.get(f"/join/a/{token}/company/").content.decode()
    assert "公司法定名称" in page
    assert "统一社会信用代码" in page
    assert application.status == "draft"


def filled_by(token: str) -> Application:
    from partners.selectors.applications import link_find

    return filled(link_find(token).application)


def test_what_is_too_large_is_refused_before_it_is_read(acme: Cast) -> None:
    client = stranger(acme)
    own = start(client, acme).url.removesuffix("company/")
    answer = client.post(
        f"{own}evidence/", data=b"", content_type="application/octet-stream", CONTENT_LENGTH=str(30 << 20)
    )
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        413, "text/html; charset=utf-8", "no-store",
    )  # fmt: skip
    assert "<h1>That is too large</h1>" in answer.content.decode()
    chinese = stranger(acme, "zh-hans")
    body = {"data": b"", "content_type": "application/octet-stream", "CONTENT_LENGTH": str(30 << 20)}
    assert "<h1>文件太大</h1>" in chinese.post(f"{own}evidence/", **body).content.decode()
    for address in ("/verify/", "/sign/x/", "/signing/esign/callback/", "/exit-data/x/"):
        large = client.post(address, data=b"", content_type="text/plain", CONTENT_LENGTH=str(22 << 20))
        assert large.status_code == 413


def test_the_applicant_of_one_reads_nothing_internal(acme: Cast) -> None:
    with tenant_context(acme.tenant):
        application = sent()
        from partners.services.application_review import application_note

        application_note(actor=acme.manager, application_id=application.pk, text="Secret opinion")
        link = link_for(acme, application)
    assert "Secret opinion" not in stranger(acme).get(link).content.decode()
    assert applicant(application).rights == frozenset()
