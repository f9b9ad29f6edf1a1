"""The reader that fits a file, by its content."""

from __future__ import annotations

from io import BytesIO

from django.utils.translation import gettext as _

from prm.files.content import CSV, PAYMENT_XML, content_type_of
from prm.files.services import file_open
from rebates.bank_results.entries import Content, unreadable
from rebates.bank_results.pain002 import read_pain002
from rebates.bank_results.table import read_table
from rebates.models import BankResult

READERS = {PAYMENT_XML: read_pain002, CSV: read_table}
"""Content type → its reader."""


def read_content(raw: bytes) -> Content:
    """Raises `Unreadable` for another kind of file, and for one that holds what it should not."""
    reader = READERS.get(content_type_of(BytesIO(raw)))
    if not raw.strip() or reader is None:
        raise unreadable(_("A status report of the bank (pain.002) or a CSV file is wanted."))
    return reader(raw)


def content_of(result: BankResult) -> Content:
    """Of a file that has been kept."""
    with file_open(result.file) as file:
        return read_content(file.read())
