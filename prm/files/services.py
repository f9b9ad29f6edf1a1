"""Storing and opening files. The type comes from the content, the path from us; the name is only ever shown."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.db.scope import require_tenant_id
from prm.errors import Invalid, TooLarge
from prm.files.content import CSV, IMAGES, JSON, PAYMENT_XML, PDF, XLSX, ZIP, content_type_of
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.ids import new_id

CHUNK = 1 << 20
MEGABYTE = 1 << 20

TYPES: dict[str, frozenset[str]] = {
    "import": frozenset({CSV, XLSX}),
    "export": frozenset({CSV, XLSX, PDF, JSON, PAYMENT_XML}),
    "document": frozenset({PDF, XLSX, CSV, *IMAGES}),
    "evidence": frozenset({PDF, XLSX, CSV, *IMAGES}),
    "image": IMAGES,
    "bank_result": frozenset({CSV, PAYMENT_XML}),
    "own_data": frozenset({ZIP}),
    "agreement": frozenset({PDF}),
}
"""Purpose of a file: the types that may serve it. None of them runs scripts in a browser."""
OWN = frozenset({"export", "own_data", "agreement"})
"""Purposes of files that we make ourselves: they may be larger than what we accept."""
MOST_BYTES = {"evidence": 20 * MEGABYTE}
"""Purposes of files that come from people we do not know yet: they are smaller than what we accept otherwise."""


def file_store(*, actor: Actor, name: str, content: IO[bytes] | File[bytes], purpose: str) -> StoredFile:
    """Stream the content to the storage and note its facts.

    `purpose` is a key of `TYPES`. Raises `TooLarge` for uploads above `PRM_UPLOAD_MAX_BYTES` and `Invalid` for an empty
    file or a type that does not serve the purpose; nothing is kept then. If the transaction fails later, an
    unreferenced file may stay on the storage, never a row without its file.
    """
    allowed = TYPES[purpose]
    most = (
        None
        if purpose in OWN
        else min(MOST_BYTES.get(purpose, settings.PRM_UPLOAD_MAX_BYTES), settings.PRM_UPLOAD_MAX_BYTES)
    )
    announced = getattr(content, "size", None)
    if most is not None and announced is not None and announced > most:
        raise too_large(most)
    with tempfile.TemporaryFile() as copy:
        digest, size = _copy(content, copy, most)
        kind = content_type_of(copy)
        if kind not in allowed:
            raise Invalid(_("Files of this type are not accepted here."), fields={"file": [_wanted(allowed)]})
        copy.seek(0)
        wanted = f"{require_tenant_id()}/{purpose}/{new_id()}"
        path = default_storage.save(wanted, File(cast("IO[Any]", copy)))
    stored: StoredFile = StoredFile.objects.create(
        name=display_name(name), content_type=kind, size=size, sha256=digest, path=path, purpose=purpose,
        created_by_label=actor.label[:254],
    )  # fmt: skip
    # The trail is for good, and what strangers call their files is theirs to have erased.
    named = {} if purpose in MOST_BYTES else {"name": stored.name}
    record(actor, "files.file.stored", None, {"file_id": str(stored.pk), **named, "sha256": digest})
    return stored


def file_open(stored: StoredFile) -> File[bytes]:
    """The content, to be closed by the caller, who has fetched `stored` through a selector that authorises."""
    return cast("File[bytes]", default_storage.open(stored.path, "rb"))


def file_remove(stored: StoredFile) -> None:
    """Delete the row now and the content when the transaction has committed."""
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


@contextmanager
def file_path(stored: StoredFile) -> Generator[Path]:
    """The content as a local file: the storage's own where there is one, else a copy for the time of the block."""
    try:
        local = default_storage.path(stored.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, file_open(stored) as content:
            shutil.copyfileobj(content, copy, CHUNK)
            copy.flush()
            yield Path(copy.name)
    else:
        yield Path(local)


def file_chunks(stored: StoredFile) -> Iterator[bytes]:
    with file_open(stored) as content:
        yield from content.chunks(CHUNK)


def display_name(name: str) -> str:
    """A name fit to be shown and offered: no directories, no control characters, at most 200 characters."""
    base = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C").strip(". ")
    stem, dot, suffix = visible.rpartition(".")
    if len(visible) > 200 and dot and len(suffix) <= 10:
        visible = f"{stem[: 199 - len(suffix)]}.{suffix}"
    return visible[:200] or "file"


def too_large(most: int | None = None) -> TooLarge:
    megabytes = (settings.PRM_UPLOAD_MAX_BYTES if most is None else most) // MEGABYTE
    text = _("The file is too large. At most %(megabytes)d MB are accepted.") % {"megabytes": megabytes}
    return TooLarge(text)


def _copy(content: IO[bytes] | File[bytes], target: IO[bytes], most: int | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if most is not None and size > most:
            raise too_large(most)
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise Invalid(_("The file is empty."), code="empty_file", fields={"file": [_("The file is empty.")]})
    return digest.hexdigest(), size


def _wanted(allowed: frozenset[str]) -> str:
    names = {
        CSV: "CSV", XLSX: "XLSX", PDF: "PDF", JSON: "JSON", PAYMENT_XML: "XML", "image/png": "PNG",
        "image/jpeg": "JPEG", "image/webp": "WebP", ZIP: "ZIP",
    }  # fmt: skip
    return _("Accepted are: %(types)s.") % {"types": ", ".join(sorted(names[kind] for kind in allowed))}
