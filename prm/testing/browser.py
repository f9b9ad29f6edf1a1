"""Chromium under Playwright: finding it, and signing in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from prm.identity.models import User

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = ("/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Containers run as root and have a small /dev/shm; neither suits Chromium's defaults.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def chromium() -> str | None:
    """Path of a Chromium, `PRM_CHROMIUM` first; None when there is none."""
    found = os.environ.get("PRM_CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    return found or next((place for place in PLACES if Path(place).exists()), None)


def sign_in(context: Any, url: str, user: User) -> None:
    """Give a Playwright context the session of `user` at the site `url`, without the sign-in page."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
