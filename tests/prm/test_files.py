"""Stored files: judged by content, kept under our own path, given out as attachments only."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from openpyxl import Workbook

from prm.errors import Invalid, TooLarge
from prm.files.content import content_type_of
from prm.files.models import StoredFile
from prm.files.responses import Download, file_response
from prm.files.services import display_name, file_open, file_path, file_remove, file_store
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.tenant):
        yield cast


def store(cast: Cast, content: bytes, name: str = "a.csv", purpose: str = "import") -> StoredFile:
    return file_store(actor=cast.manager, name=name, content=io.BytesIO(content), purpose=purpose)


def test_a_file_is_kept_with_its_facts(acme: Cast) -> None:
    stored = store(acme, b"a,b\n1,2\n", name="../../etc/\u202epasswd\x00.csv")
    assert (stored.name, stored.content_type, stored.size) == ("passwd.csv", "text/csv", 8)
    assert stored.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert stored.path.startswith(f"{acme.tenant.pk}/import/")
    assert "passwd" not in stored.path
    with file_open(stored) as content, file_path(stored) as path:
        assert content.read() == path.read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n", "text/csv"),
        ("甲,乙\n".encode("gb18030"), "text/csv"),
        ("a\tb".encode("utf-16"), "text/csv"),
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b" \n<svg onload=alert(1)>", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (b"<?xml version='1.0'?>", "text/html"),
        (
            b'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">',
            "application/xml",
        ),
        (b"\xef\xbb\xbf<!-- bank -->\n<n:Document xmlns:n='urn:iso:std:iso:20022:tech:xsd:x'>", "application/xml"),
        (b'<!DOCTYPE Document><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">', "text/html"),
        (b'<Document xmlns="urn:other">', "text/html"),
        ("<script>".encode("utf-16"), "text/html"),
        (b"PK\x03\x04garbage", "application/octet-stream"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "application/octet-stream"),
    ],
)
def test_types_come_from_the_content(content: bytes, kind: str) -> None:
    assert content_type_of(io.BytesIO(content)) == kind


def test_a_workbook_is_known_by_its_parts() -> None:
    target = io.BytesIO()
    Workbook().save(target)
    assert content_type_of(target).endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x7fELF" + b"\0" * 60, b"%PDF-1.7"])
def test_what_does_not_serve_the_purpose_is_refused_and_not_kept(acme: Cast, content: bytes) -> None:
    with pytest.raises(Invalid):
        store(acme, content)
    assert not StoredFile.objects.exists()


def test_too_large_is_refused_while_reading(acme: Cast, settings) -> None:
    settings.PRM_UPLOAD_MAX_BYTES = 10
    with pytest.raises(TooLarge):
        store(acme, b"a" * 11)

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"a" * size

    with pytest.raises(TooLarge):
        file_store(actor=acme.manager, name="x", content=Endless(), purpose="import")
    assert not StoredFile.objects.exists()


def test_a_two_gigabyte_request_is_refused_before_it_is_read(acme: Cast) -> None:
    class Unread(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    client = acme.client(None)
    for path, kind in (("/", "text/html"), ("/api/v1/imports/", "application/problem+json")):
        extra = {"CONTENT_LENGTH": str(2 << 30), "wsgi.input": Unread(), "HTTP_ACCEPT": "text/html"}
        response = client.post(path, content_type="multipart/form-data; boundary=x", **extra)
        assert response.status_code == 413
        assert response["Content-Type"].startswith(kind)
        assert "MB" in response.content.decode()
    assert django_settings.PRM_UPLOAD_MAX_BYTES < 2 << 30


def test_downloads_are_attachments_that_nobody_sniffs_or_runs(acme: Cast) -> None:
    stored = store(acme, b"a,b\n", name="销售 “Q1”.csv")
    response = file_response(stored)
    assert b"".join(response.streaming_content) == b"a,b\n"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert "%E9%94%80%E5%94%AE" in disposition
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
    assert "sandbox" in response["Content-Security-Policy"]
    made = file_response(Download('a"b\r\nX: y.csv', "text/csv", b"x"))
    assert "\n" not in made["Content-Disposition"]
    assert made.content == b"x"


def test_removing_takes_the_content_after_the_commit(acme: Cast, django_capture_on_commit_callbacks) -> None:
    stored = store(acme, b"a,b\n")
    with django_capture_on_commit_callbacks(execute=True):
        file_remove(stored)
        assert default_storage.exists(stored.path)
    assert not default_storage.exists(stored.path)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\x\\y.csv", "y.csv"),
        ("", "file"),
        ("..", "file"),
        ("a" * 300 + ".csv", "a" * 196 + ".csv"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_are_only_shown(name: str, shown: str) -> None:
    assert display_name(name) == shown
