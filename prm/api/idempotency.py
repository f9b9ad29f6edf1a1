"""POSTs that name an Idempotency-Key happen once. The record of the key and the effect share one transaction.

The claim is `INSERT ... ON CONFLICT DO NOTHING`: PostgreSQL makes a second request with the same key wait until the
first has ended. Did it commit, the second replays its answer; did it roll back, the second does the work. So nothing is
stored for a refused request, and a crash before the commit leaves neither effect nor record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from prm import clock
from prm.api.models import IdempotencyRecord
from prm.api.problems import BusyError
from prm.db.scope import require_tenant_id
from prm.errors import DomainError, Invalid
from prm.identity.actor import Actor
from prm.ids import new_id

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_LENGTH = 255
# A client whose first request still runs is told to come back, instead of holding one more web thread.
WAIT = "10s"

CLAIM_SQL = """
    INSERT INTO api_idempotencyrecord (id, tenant_id, actor_id, key, fingerprint, status, body, created_at)
    VALUES (%s, %s, %s, %s, %s, 0, '', %s)
    ON CONFLICT (tenant_id, actor_id, key) DO NOTHING RETURNING id
"""


class KeyFormatError(DomainError):
    code = "idempotency_key_invalid"
    default_message = _("The Idempotency-Key must have 1 to 255 printable ASCII characters.")


class KeyMissingError(DomainError):
    code = "idempotency_key_required"
    default_message = _("This operation moves money: send an Idempotency-Key, so that a repetition does it once.")


class KeyReusedError(Invalid):
    code = "idempotency_key_reused"
    default_message = _("This Idempotency-Key was used for another request.")


def key_of(request: Request, *, required: bool) -> str | None:
    """The request's key, if any. Raises `KeyFormatError`, or `KeyMissingError` where the operation requires one."""
    key: str | None = request.headers.get(HEADER)
    if key is None:
        if required:
            raise KeyMissingError
        return None
    if not 0 < len(key) <= MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise KeyFormatError
    return key


def once(request: Request, actor: Actor, key: str, do: Callable[[], Response]) -> HttpResponse:
    """The answer of `do()`, stored under the key; or the stored answer, byte for byte, when the key has one."""
    assert actor.id is not None  # noqa: S101 (only people and keys send requests)
    fingerprint = _fingerprint(request, actor)
    claimed = _claim(actor.id, key, fingerprint)
    if claimed is None:
        return _replay(IdempotencyRecord.objects.filter(actor_id=actor.id, key=key).first(), fingerprint)
    response = do()
    body = JSONRenderer().render(response.data).decode() if response.data is not None else ""
    IdempotencyRecord.objects.filter(pk=claimed).update(status=response.status_code, body=body)
    return _answer(response.status_code, body)


def _claim(actor_id: UUID, key: str, fingerprint: str) -> UUID | None:
    values: list[Any] = [new_id(), require_tenant_id(), actor_id, key, fingerprint, clock.now()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        cursor.execute(CLAIM_SQL, values)
        row = cursor.fetchone()
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    return row[0] if row else None


def _replay(record: IdempotencyRecord | None, fingerprint: str) -> HttpResponse:
    if record is None:  # pruned between the two statements
        raise BusyError
    if record.fingerprint != fingerprint:
        raise KeyReusedError
    response = _answer(record.status, record.body)
    response[REPLAYED] = "true"
    return response


def _answer(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")


def _fingerprint(request: Request, actor: Actor) -> str:
    """Of everything that makes two requests the same one: who, method, address, query and content."""
    digest = hashlib.sha256()
    data: Any = request.data
    texts = {name: data[name] for name in data if not isinstance(data[name], File)} if _is_map(data) else data
    head = [actor.kind, str(actor.partner_id), request.method, request.get_full_path(), texts]
    digest.update(json.dumps(head, sort_keys=True, default=str).encode())
    for name, file in sorted(request.FILES.items()) if request.FILES else ():
        digest.update(f"\n{name}:{file.name}\n".encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def _is_map(data: Any) -> bool:
    return isinstance(data, Mapping) or hasattr(data, "items")
