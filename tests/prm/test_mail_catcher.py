"""The mail catcher of `make up`: local:mails, local:mail, local:mail_frame."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from prm.local.check import production_environment
from prm.local.layout import ROOT
from prm.local.mailbox import letters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def send(subject: str, to: str, html: str = "") -> None:
    mail = EmailMultiAlternatives(subject, "See http://acme.localhost:8000/act/x.y/ <b>", to=[to])
    if html:
        mail.attach_alternative(html, "text/html")
    mail.connection = get_connection("django.core.mail.backends.filebased.EmailBackend")
    mail.send()


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_mails_are_listed_read_and_found(host: str, tenant: Any) -> None:
    client = Client(SERVER_NAME=host)
    assert "No mails yet" in text(client.get("/mails/"))
    send("签署协议", "li@blue.test", "<html><head><title>x</title></head><body><script>1</script>你好</body></html>")
    send("Plain", "b@blue.test")
    page = text(client.get("/mails/"))
    assert ("签署协议" in page, "li@blue.test" in page, "Plain" in page) == (True, True, True)
    assert "签署协议" not in text(client.get("/mails/?q=b@blue"))
    found = next(one for one in letters() if one.subject == "签署协议")
    shown = client.get(f"/mails/{found.key}/")
    assert f'src="/mails/frame/{found.key}/"' in text(shown)
    assert "frame-src 'self'" in shown["Content-Security-Policy"]
    as_text = text(client.get(f"/mails/{found.key}/?text"))
    assert 'href="http://acme.localhost:8000/act/x.y/"' in as_text
    assert "&lt;b&gt;" in as_text


def test_a_mail_runs_nothing(tenant: Any) -> None:
    send("Hello", "li@blue.test", "<html><head></head><body><script>1</script></body></html>")
    frame = Client(SERVER_NAME="acme.localhost").get(f"/mails/frame/{letters()[0].key}/")
    policy = frame["Content-Security-Policy"]
    assert ("sandbox allow-popups" in policy, "script-src" in policy, "'none'" in policy) == (True, False, True)
    assert (frame["X-Frame-Options"], '<base target="_blank">' in text(frame)) == ("SAMEORIGIN", True)


@pytest.mark.parametrize("key", ["nothing-0", "..", "..%2F..%2Fsecrets"])
def test_no_name_leads_elsewhere(key: str, folder: Path) -> None:
    folder.mkdir()
    (folder.parent / "secrets.log").write_text("Subject: secret\n\n")
    client = Client(SERVER_NAME="localhost")
    assert client.get(f"/mails/{key}/").status_code == 404
    assert client.get(f"/mails/frame/{key}/").status_code == 404


def test_real_servers_have_no_such_pages() -> None:
    script = "import django; django.setup(); from django.urls import resolve; resolve('/mails/')"
    environment = {**os.environ, **production_environment()}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert re.search(r"Resolver404|NotFound", done.stderr), done.stderr[-2000:]
