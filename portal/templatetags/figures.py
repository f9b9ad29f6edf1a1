"""Tags for figures of partners: values in their unit, the colour of a score."""

from __future__ import annotations

from decimal import Decimal

from django import template

from partners.metrics import Unit
from portal.shared.figure_text import figure_text
from prm.db.scope import require_tenant
from prm.web import text

register = template.Library()


@register.simple_tag
def figure(value: Decimal | None, unit: str, currency: str = "") -> str:
    return figure_text(value, unit, currency)


@register.simple_tag
def written(value: str, unit: str, currency: str = "") -> str:
    """A figure of a stored text, to the last digit."""
    number = Decimal(value)
    if unit == Unit.MONEY:
        return text.money(number, currency or require_tenant().base_currency)
    return figure_text(number, unit)
