"""The chain of signatures: each digest covers what its signature says and the digest before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from partners.models import Signature
from prm.errors import Invalid

FIELD_WIDTH, FIELD_HEIGHT = 600, 200
MOST_NUMBERS = 6000
LEAST_NUMBERS = 12
COVERED = (
    "position", "name", "email", "method", "text", "strokes", "consent", "consent_version", "ip", "user_agent",
    "sha256", "previous",
)  # fmt: skip


def digest_of(signature: Signature) -> str:
    facts = {name: getattr(signature, name) for name in COVERED} | {"at": signature.at.isoformat()}
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def chain_holds(signatures: Iterable[Signature], document_sha256: str) -> bool:
    """Whether every signature stands under this document, and none was changed, left out or put in between."""
    previous = document_sha256
    for signature in sorted(signatures, key=lambda one: one.position):
        if signature.sha256 != document_sha256 or signature.previous != previous:
            return False
        if digest_of(signature) != signature.digest:
            return False
        previous = signature.digest
    return True


def strokes_read(given: Any) -> list[list[int]]:
    """The lines of a drawn signature, inside their field. Raises `Invalid`."""
    text = _("Please draw your signature in the field, or type your name.")
    if not isinstance(given, list):
        raise Invalid(fields={"strokes": [text]})
    lines = [_line(one) for one in given]
    count = sum(len(line) for line in lines)
    if not LEAST_NUMBERS <= count <= MOST_NUMBERS:
        raise Invalid(fields={"strokes": [text]})
    return [line for line in lines if line]


def path_of(strokes: Iterable[list[int]]) -> str:
    """As the `d` of an SVG path: numbers and letters only."""
    parts = []
    for line in strokes:
        points = [f"{x} {y}" for x, y in zip(line[::2], line[1::2], strict=True)]
        parts.append("M" + " L".join(points))
    return " ".join(parts)


def _line(given: Any) -> list[int]:
    """A faulty line reads as an empty one, and is left out."""
    if not isinstance(given, list) or len(given) % 2 or len(given) < 4:
        return []
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in given):
        return []
    rounded = [round(number) if -1e6 < number < 1e6 else -1 for number in given]
    inside = all(0 <= x <= FIELD_WIDTH for x in rounded[::2]) and all(0 <= y <= FIELD_HEIGHT for y in rounded[1::2])
    return rounded if inside else []
