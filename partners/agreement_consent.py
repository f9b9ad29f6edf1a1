"""What a signer agrees to. Its version changes with its words; each signature keeps both."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

CONSENT_VERSION = "2026-1"
CONSENT = gettext_noop(
    "I have read the whole document. I agree to sign it electronically, and that this signature binds me as one on "
    "paper does. My name, e-mail address, the time, my internet address and my browser are kept as proof."
)


def consent_text() -> str:
    """In the language it is shown in."""
    return gettext(CONSENT)
