"""Tags of the pages about applications: business time as hours and minutes, signs of what happened."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.translation import gettext as _

register = template.Library()

SIGNS = {
    "start": ("pencil", "neutral"),
    "submit": ("send", "brand"),
    "take": ("eye", "info"),
    "assign": ("user-check", "info"),
    "ask": ("circle-question-mark", "warn"),
    "answer": ("message-square", "info"),
    "note": ("notebook-pen", "neutral"),
    "approve": ("circle-check", "ok"),
    "reject": ("circle-x", "bad"),
    "withdraw": ("undo-2", "neutral"),
    "merge": ("combine", "neutral"),
    "remind": ("bell", "neutral"),
    "expire": ("hourglass", "neutral"),
    "escalate": ("alarm-clock", "bad"),
}


@register.filter
def hours(span: dt.timedelta) -> str:
    """Business time without its sign: `7 h 30 min`."""
    minutes = int(abs(span).total_seconds()) // 60
    whole, rest = divmod(minutes, 60)
    if not whole:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest or whole >= 20:
        return _("%(hours)d h") % {"hours": whole}
    return _("%(hours)d h %(minutes)d min") % {"hours": whole, "minutes": rest}


@register.filter
def entry_icon(verb: str) -> str:
    return SIGNS.get(verb, ("dot", "neutral"))[0]


@register.filter
def entry_tone(verb: str) -> str:
    return SIGNS.get(verb, ("dot", "neutral"))[1]
