"""A notice as its reader reads it: in the active language, on the active clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.db.scope import require_tenant
from prm.notifications.catalogue import NoticeKind
from prm.web.text import DASH, money, number


@dataclass(frozen=True, slots=True)
class Told:
    """`path` is where `action` leads at the vendor's host; without an action it leads nowhere."""

    subject: str
    paragraphs: list[str]
    action: str
    path: str
    why: str


def tell(kind: NoticeKind, data: Mapping[str, Any], *, vendor: str, reader: str) -> Told:
    """Raises `KeyError` for a name that the data lacks."""
    shown = {name: _shown(kind, name, value) for name, value in data.items()}
    shown |= {"vendor": vendor, "reader": reader}
    if "days" in data:
        shown["in_days"] = _in_days(int(data["days"]))
    body = str(kind.body) % shown
    return Told(
        subject=" ".join((str(kind.subject) % shown).split()),
        paragraphs=[" ".join(one.split()) for one in re.split(r"\n\s*\n", body.strip())],
        action=str(kind.action) % shown,
        path=kind.path % {name: quote(str(value), safe="") for name, value in data.items()},
        why=_why(kind) % shown,
    )


def title_of(kind: NoticeKind) -> str:
    """Its subject with made-up values: what it goes by in lists of kinds."""
    return tell(kind, sample_of(kind), vendor=require_tenant().name, reader="").subject


def sample_of(kind: NoticeKind) -> dict[str, Any]:
    """Made-up data, the kind's own where it has some."""
    return {name: _sample(kind, name) for name in sorted(kind.names)} | dict(kind.sample)


def _sample(kind: NoticeKind, name: str) -> Any:
    if name in kind.choices:
        return kind.choices[name].values[0]
    for ending, value in _SAMPLES.items():
        if name.endswith(ending):
            return value
    return "…"


def _why(kind: NoticeKind) -> str:
    why = str(kind.why) or (_("You get this as: %(audience)s.") % {"audience": kind.audience}).replace("%", "%%")
    return f"{why} {kind.locked_because}" if kind.locked_because else why


def _shown(kind: NoticeKind, name: str, value: Any) -> str:
    if value is None or value == "":
        return DASH
    if name in kind.choices:
        return str(dict(kind.choices[name].choices).get(value, value))
    for ending, shown in _ENDINGS.items():
        if name.endswith(ending):
            return shown(value)
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    return number(value) if isinstance(value, int) else str(value)


def _in_days(days: int) -> str:
    if days > 1:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return _("tomorrow") if days == 1 else _("today")


def _day(value: str) -> str:
    return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")


def _instant(value: str) -> str:
    return date_format(timezone.localtime(dt.datetime.fromisoformat(value)), "DATETIME_FORMAT")


def _amount(value: Sequence[str]) -> str:
    return money(Decimal(value[0]), value[1])


_ENDINGS: dict[str, Callable[[Any], str]] = {"_on": _day, "_at": _instant, "_amount": _amount}
_SAMPLES: dict[str, Any] = {
    "_on": "2026-12-31", "_at": "2026-12-31T10:00:00+00:00", "_amount": ["12345.60", "CNY"], "_id": "1",
    "count": 3, "days": 14, "partner": gettext_lazy("Blue Harbour Trading"), "name": gettext_lazy("Li Wei"),
}  # fmt: skip
