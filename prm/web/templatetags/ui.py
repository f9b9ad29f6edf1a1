"""The small tags of the look: icons, numbers, states, people."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, RadioSelect
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from prm.web import icons, text, user_agents
from prm.web.statuses import tone_of
from prm.web.user_agents import Device

register = template.Library()

FONT_CSS = "build/fonts.css"
CODE = re.compile(r"(?<![\w/&;=\"-])((?=[\w-]*\d)[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,12})+)(?![\w/=\"-])")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "wallet" %}`; the name is a Lucide name, the test suite checks those written in templates."""
    return icons.icon(str(name), str(css))


@register.simple_tag
def money(amount: Decimal | int | None, currency: str) -> str:
    return text.money(amount, currency)


@register.simple_tag
def money_compact(amount: Decimal | int | None, currency: str) -> str:
    return text.money_compact(amount, currency)


@register.simple_tag
def percent(ratio: Decimal | int | None, digits: int | None = None) -> str:
    return text.percent(ratio, digits)


@register.simple_tag
def number(value: Decimal | int | None, digits: int | None = None) -> str:
    return text.number(value, digits)


@register.simple_tag
def compact(value: Decimal | int | None) -> str:
    return text.compact(value)


@register.simple_tag
def pill(label: str, tone: str = "neutral", plain: bool = False) -> SafeString:
    """A label in a tone: ok, warn, bad, info, brand, gold, neutral. `plain` leaves out the dot."""
    return format_html('<span class="pill pill-{}{}">{}</span>', tone, " pill-plain" if plain else "", label)


@register.simple_tag
def status(state: str, label: str) -> SafeString:
    """A state of a workflow in its colour; `label` is its translated name."""
    return format_html('<span class="pill pill-{}">{}</span>', tone_of(str(state)), label)


def initials(name: str) -> str:
    """One Han character, or up to two Latin initials."""
    name = name.strip()
    if not name:
        return "·"
    if ord(name[0]) > 0x2E80:
        return name[0]
    words = [w for w in name.replace("@", " ").replace("-", " ").split() if w[0].isalnum()]
    if len(words) > 1:
        return (words[0][0] + words[1][0]).upper()
    return name[:2].upper() if len(name) > 1 and name[:2].isalnum() else name[0].upper()


@register.simple_tag
def avatar(name: str, css: str = "") -> SafeString:
    """Initials on a colour that stays with the name. Decorative: the name stands beside it."""
    tint = hashlib.blake2s(name.encode(), digest_size=1).digest()[0] % 6
    extra = "".join(f" avatar-{part}" for part in css.split())
    return format_html('<span class="avatar avatar-{}{}" aria-hidden="true">{}</span>', tint, extra, initials(name))


@register.simple_tag
def delta(ratio: Decimal | None, good: str = "up") -> SafeString:
    """A change as an arrow and per cent. `good` says which direction is welcome: up, down or neither."""
    if ratio is None:
        return mark_safe("")
    way = "flat" if ratio == 0 else "up" if ratio > 0 else "down"
    tone = "muted" if way == "flat" or good == "neither" else "tone-ok" if way == good else "tone-bad"
    arrow = {"up": "arrow-up", "down": "arrow-down", "flat": "minus"}[way]
    said = text.percent(abs(ratio), 1)
    sign = {"up": "+", "down": "-", "flat": ""}[way]
    return format_html(
        '<span class="delta {}">{}<span class="sr-only">{}</span>{}</span>', tone, icons.icon(arrow), sign, said
    )


@register.simple_tag
def font_css() -> SafeString:
    """The link to the built font; without the build the page uses the system's fonts."""
    if finders.find(FONT_CSS) is None and not _collected():
        return mark_safe("")
    return format_html('<link rel="stylesheet" href="{}">', static(FONT_CSS))


def _collected() -> bool:
    from django.contrib.staticfiles.storage import staticfiles_storage

    return bool(getattr(staticfiles_storage, "hashed_files", {}).get(FONT_CSS))


@register.filter
def widget_kind(field: BoundField) -> str:
    """How a field is laid out: check, choices, file or plain."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, ClearableFileInput):
        return "file"
    return "plain"


@register.filter
def attr(mapping: dict[str, Any], key: str) -> Any:
    """A dictionary's value under a key known only at run time."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def current(context: Context, url: str) -> SafeString:
    """`aria-current` for a link: "page" when it is the page being shown, "true" when that lies below it."""
    request = context.get("request")
    path = url.partition("?")[0]
    if request is None or not request.path.startswith(path):
        return SafeString("")
    return SafeString(f' aria-current="{"page" if request.path == path else "true"}"')


@register.filter
def words(value: str) -> list[str]:
    """The words of a constant, to loop over: `{% for tone in "ok bad"|words %}`."""
    return value.split()


@register.filter
def whole(value: Any) -> SafeString:
    """Numbers of things, such as R-000268 or 2026-Q3, that no line break may cut at a hyphen."""
    parts = CODE.split(conditional_escape(str(value)))
    marked = (f'<span class="nowrap">{part}</span>' if index % 2 else part for index, part in enumerate(parts))
    return mark_safe("".join(marked))  # noqa: S308 - the text is escaped, the pattern matches no markup


@register.filter
def toast_tone(level: str) -> str:
    """A tone for a message level of Django."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level, "info")


@register.filter
def times(count: int | str) -> range:
    """A range to loop over."""
    return range(int(count))


@register.simple_tag(takes_context=True)
def page_query(context: Context, name: str, value: object) -> str:
    """The query string of this page with one parameter replaced; escaped by the template."""
    query = context["request"].GET.copy()
    query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    label: str = "",
    *,
    affix: str = "",
    affix_end: str = "",
    choices: bool = False,
    needed: bool = False,
) -> dict[str, Any]:
    """A field group with a sign before or after the input, or choice cards. Plain: `{{ form.x.as_field_group }}`.

    `needed`: the field itself may stay empty, but not as the form stands now.
    """
    return {
        "field": bound, "label_override": label, "affix": affix, "affix_end": affix_end, "cards": choices,
        "needed": needed,
    }  # fmt: skip


@register.filter
def device(user_agent: str) -> Device:
    """Name and icon of the device a session runs on."""
    return user_agents.device(user_agent)
