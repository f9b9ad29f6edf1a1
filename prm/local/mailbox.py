"""The mails that `make up` writes into files instead of sending: read back, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

MOST = 300
RULE = b"\n" + b"-" * 79 + b"\n"
"""What Django's file backend writes below each mail."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`key` is the name of its file, and its place in there."""

    key: str
    at: dt.datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["to"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["from"] or "")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def letters(search: str = "") -> list[Letter]:
    """The newest `MOST` of them; with `search` those that have it in their subject or address."""
    found = [letter for path in _files() for letter in _letters_in(path)]
    wanted = search.strip().lower()
    return [one for one in found if wanted in f"{one.to} {one.subject}".lower()]


def letter_named(key: str) -> Letter | None:
    """Names are looked up among the files that are there, so that none leads elsewhere."""
    return next((one for one in letters() if one.key == key), None)


def _files() -> list[Path]:
    folder = Path(settings.EMAIL_FILE_PATH)
    return sorted(folder.glob("*.log"), reverse=True)[:MOST] if folder.is_dir() else []


def _letters_in(path: Path) -> list[Letter]:
    at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    parts = [part for part in path.read_bytes().split(RULE) if part.strip()]
    return [
        Letter(f"{path.stem}-{number}", at, message_from_bytes(part, policy=policy.default))
        for number, part in enumerate(parts)
    ]
