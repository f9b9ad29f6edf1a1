"""Secrets of links that reach people by e-mail: only their hash is kept, so a stolen table opens nothing."""

from __future__ import annotations

import hashlib
import secrets


def token_new() -> tuple[str, str]:
    """A fresh secret for the link, and its hash for the row."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """Secrets of 256 bits need no slow hash; looking the hash up compares in constant time."""
    return hashlib.sha256(token.encode()).hexdigest()
