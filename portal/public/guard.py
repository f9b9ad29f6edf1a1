"""Keeping robots out without asking anybody else: a trap field, the time a form was open, and a limit for each address.

What a person meets of it is an ordinary form; nothing is told to third parties and nothing is kept of who came.
"""

from __future__ import annotations

import hashlib
import logging

from allauth.account.adapter import get_adapter
from django import forms
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from prm import clock

logger = logging.getLogger(__name__)
SALT = "portal.public.form"
SOONEST, LATEST = 2, 24 * 3600
"""Seconds a form must have been open, and may have been."""


class GuardedForm(forms.Form):
    """`is_trapped` tells that no person filled it in."""

    fax = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"})
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("fax"))

    def clean_opened(self) -> str:
        given = self.cleaned_data["opened"]
        try:
            since = int(signing.loads(given, salt=SALT))
        except (signing.BadSignature, ValueError, TypeError):
            raise forms.ValidationError(_("Please send the form once more.")) from None
        passed = int(clock.now().timestamp()) - since
        if passed < SOONEST:
            raise forms.ValidationError(_("That was very quick. Please send the form once more."))
        if passed > LATEST:
            raise forms.ValidationError(_("The page was open for a long time. Please send the form once more."))
        return str(given)


def opened_now() -> str:
    """A signed note of when the form was shown."""
    return signing.dumps(int(clock.now().timestamp()), salt=SALT)


def is_too_often(request: HttpRequest, what: str, *, limit: int, seconds: int = 3600) -> bool:
    """Count one more time that this address does something; True above the limit. Without Redis everybody passes."""
    window = int(clock.now().timestamp()) // seconds
    who = hashlib.sha256(ip_of(request).encode()).hexdigest()[:24]
    name = f"public:{what}:{who}:{window}"
    try:
        cache.add(name, 0, timeout=2 * seconds)
        return int(cache.incr(name)) > limit
    except (RedisError, ValueError):
        logger.warning("visit not counted: the cache does not answer", exc_info=True)
        return False


def ip_of(request: HttpRequest) -> str:
    """The reader's address as far as the proxies in front of us are trusted to tell it."""
    return str(get_adapter().get_client_ip(request) or "")
