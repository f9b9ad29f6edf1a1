"""What a browser calls itself, as a person would say it. For the list of sessions; nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

# In this order: most browsers claim to be others as well.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PHONES = {"iPhone", "iPad", "Android"}


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    icon: str


def device(user_agent: str) -> Device:
    """`Chrome on Windows` and an icon for it."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    icon = "smartphone" if system in _PHONES else "monitor"
    if browser and system:
        return Device(_("%(browser)s on %(system)s") % {"browser": browser, "system": system}, icon)
    return Device(browser or system or _("Unknown device"), icon)
