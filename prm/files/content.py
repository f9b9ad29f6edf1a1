"""What a file is, by its content. Names and declared types are the sender's word."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import IO

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
JSON = "application/json"
PAYMENT_XML = "application/xml"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
MARKUP = "text/html"
UNKNOWN = "application/octet-stream"
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp"})

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
_SAMPLE = 8192
# What a browser would run when it is shown as a page: HTML, SVG and other XML, PHP.
_MARKUP = re.compile(rb"^[\s\x00\xef\xbb\xbf]*<(!|\?|[a-z]+[\s>:/])", re.IGNORECASE)

# Messages to and from banks, whatever prefix they use; any other XML, and any with a document type, stays markup.
# A JSON object of ours starts with its first key.
_PAYMENTS = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"
    rb"<(?:[\w.-]+:)?Document\s[^>]*=\s*[\"']urn:iso:std:iso:20022:",
    re.DOTALL,
)
_JSON = re.compile(rb'^\{\s*"')


def content_type_of(file: IO[bytes]) -> str:
    """The media type; `text/csv` for any text that is no markup. Leaves the file at its start."""
    file.seek(0)
    start = file.read(_SAMPLE)
    file.seek(0)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start.startswith(b"PK\x03\x04"):
        return _archive_type(file)
    return _text_type(start)


def _archive_type(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = {entry.filename for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return UNKNOWN
    finally:
        file.seek(0)
    return XLSX if {"[Content_Types].xml", "xl/workbook.xml"} <= names else ZIP


def _text_type(start: bytes) -> str:
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    plain = start.decode("utf-16", errors="replace").encode() if wide else start
    if _PAYMENTS.match(plain):
        return PAYMENT_XML
    if _MARKUP.match(plain):
        return MARKUP
    if _JSON.match(plain):
        return JSON
    # A stray NUL is a faulty cell; many of them are no text.
    return UNKNOWN if plain.count(b"\0") > len(plain) // 100 + 1 else CSV
