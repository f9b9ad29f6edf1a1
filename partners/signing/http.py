"""Requests to signing services: only to hosts that the installation allows, over TLS, without following redirects."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from partners.signing.base import SigningFailed

SECONDS = 20
MOST_BYTES = 40 << 20


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def host_allowed(url: str) -> bool:
    """Whether it is https to a host of `PRM_SIGNING_HOSTS` (`.name` allows what is below it)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.username or parts.password or not host:
        return False
    if parts.netloc.lower() in settings.PRM_SIGNING_PLAIN_HOSTS:
        return parts.scheme == "http"
    allowed = any(host.endswith(one) if one.startswith(".") else host == one for one in settings.PRM_SIGNING_HOSTS)
    return parts.scheme == "https" and parts.port in {None, 443} and allowed


def call(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    """The body of a 2xx answer. Raises `SigningFailed` for every other, and for hosts that are not allowed."""
    if not host_allowed(url):
        raise SigningFailed(_("The address of the signing service is not allowed."), code="host_not_allowed")
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers))  # noqa: S310 (checked)
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            content: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        said = _("The signing service answered %(status)s.") % {"status": error.code}
        raise SigningFailed(said) from error
    except (urllib.error.URLError, OSError) as error:
        raise SigningFailed(_("The signing service does not answer.")) from error
    if len(content) > MOST_BYTES:
        raise SigningFailed(_("The signing service answered too much."))
    return content


def call_json(method: str, url: str, *, headers: Mapping[str, str], body: Any = None) -> dict[str, Any]:
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        found = json.loads(call(method, url, headers=headers, body=sent))
    except ValueError as error:
        raise SigningFailed(_("The signing service answered something that can't be read.")) from error
    return found if isinstance(found, dict) else {}
