"""Every kind of notice there is: told in both languages alike, leading to a page, in a mail that can be made."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import resolve
from django.utils.translation import override

from prm.notifications.acts import act_of
from prm.notifications.catalogue import PLACEHOLDER, NoticeKind, kinds
from prm.notifications.mails import sample_mail
from prm.notifications.text import sample_of, tell
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

KINDS = [pytest.param(kind, id=kind.code) for kind in kinds()]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_say_the_same(kind: NoticeKind) -> None:
    for text in (kind.audience, kind.subject, kind.body, kind.action, kind.why):
        with override("en"):
            english = str(text)
        with override("zh-hans"):
            chinese = str(text)
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(chinese)), english
        words = PLACEHOLDER.sub("", english)
        assert not re.search(r"[a-z]{3}", words) or HAN.search(chinese), f"{kind.code} has no Chinese: {english}"


@pytest.mark.parametrize("kind", KINDS)
def test_it_leads_to_a_page(kind: NoticeKind) -> None:
    told = tell(kind, sample_of(kind), vendor="Acme", reader="Li")
    assert told.subject
    assert told.paragraphs
    if told.action:
        ids = {name: "01a10993-2280-72e8-909e-646415912348" for name in kind.names if name.endswith("_id")}
        path = tell(kind, sample_of(kind) | ids, vendor="Acme", reader="Li").path
        resolve(path.partition("?")[0].partition("#")[0])
    if kind.act:
        assert act_of(kind.act)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_its_mail_can_be_made(tenant: Tenant, kind: NoticeKind, language: str) -> None:
    with tenant_context(tenant):
        mail: Any = sample_mail(kind, to="li@blue.test", language=language)
    html = mail.alternatives[0][0]
    assert ("\n" in mail.subject, "%(" in mail.body, "%(" in html) == (False, False, False)
    assert f'lang="{language}"' in html
