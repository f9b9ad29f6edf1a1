"""Tags for figures of partners: values in their unit, the colour of a score."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.metrics import Unit
from partners.selectors.scorecards import About
from portal.shared.figure_text import figure_text
from prm.db.scope import require_tenant
from prm.web import icons, text

register = template.Library()


@register.simple_tag
def figure(value: Decimal | str | None, unit: str, currency: str = "") -> str:
    """Templates have an empty text for what is not there."""
    return figure_text(value if isinstance(value, Decimal) else None, unit, currency)


@register.simple_tag
def written(value: str, unit: str, currency: str = "") -> str:
    """A figure of a stored text, to the last digit."""
    number = Decimal(value)
    if unit == Unit.MONEY:
        return text.money(number, currency or require_tenant().base_currency)
    return figure_text(number, unit)


@register.simple_tag
def score(value: Decimal | str | None) -> str:
    """A score from 0 to 100, with its tenth."""
    return text.number(value if isinstance(value, Decimal) else None, 1)


@register.simple_tag(takes_context=True)
def score_head(context: Context, what: About) -> SafeString:
    """A column head of the matrix that sorts, with what the figure means for pointers and readers."""
    key, sort = f"{what.side}:{what.code}", context["sort"]
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = sort.next_for(key)
    active = sort.key == key
    said = (' aria-sort="descending"' if sort.descending else ' aria-sort="ascending"') if active else ""
    arrow = icons.icon("arrow-down" if sort.descending else "arrow-up") if active else ""
    hint = f"{what.definition} {what.owner}"
    return format_html(
        '<th scope="col" class="number"{} title="{}"><a href="?{}">{}{}</a></th>',
        SafeString(said), hint, query.urlencode(), what.name, arrow,
    )  # fmt: skip
