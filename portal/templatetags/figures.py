"""Tags for figures of partners: values in their unit, the colour of a score."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.metrics import Unit
from partners.selectors.scorecards import About, about
from partners.states.plans import ActionStatus, Side
from portal.shared.figure_text import figure_text
from prm.db.scope import require_tenant
from prm.web import icons, text
from rebates.states import DisputeReason

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


@register.simple_tag
def kept_figure(value: str | None, unit: str, currency: str = "") -> str:
    """A figure that was stored as text."""
    return figure_text(Decimal(value) if value else None, unit, currency)


@register.simple_tag
def as_number(value: str) -> Decimal:
    return Decimal(value)


@register.simple_tag
def figure_name(side: str, code: str) -> str:
    """Its name; the code of one that no installed app has any more."""
    what = about(side, code)
    return str(what.name) if what else code


@register.simple_tag
def side_name(side: str) -> str:
    return str(Side(side).label)


@register.simple_tag
def action_state(status: str) -> str:
    return str(ActionStatus(status).label)


@register.simple_tag
def dispute_reason(reason: str) -> str:
    return str(DisputeReason(reason).label)


@register.simple_tag
def kept_score(value: str | None) -> str:
    """A score that was stored as text."""
    return text.number(Decimal(value), 1) if value is not None else text.DASH
