"""Texts that nobody may read in the database or a backup, such as account numbers, sealed with keys of the settings."""

from __future__ import annotations

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """Encrypted with the first of `PRM_SEALING_KEYS`."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again, whichever of the keys sealed it. Raises `cryptography.fernet.InvalidToken` for a foreign one."""
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.PRM_SEALING_KEYS])
