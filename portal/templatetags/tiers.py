"""Tags of the pages about tiers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template

from partners.tiers.money import cost_label
from partners.tiers.scheme import Scheme
from portal.shared import tier_text
from prm.web import text

register = template.Library()


@register.simple_tag
def tier_name(scheme: Scheme | None, code: str) -> str:
    return tier_text.tier_name(scheme, code) if scheme else code


@register.filter
def cost_name(code: str) -> str:
    return str(cost_label(code))


@register.simple_tag
def tier_money(amount: str, currency: str) -> str:
    """An amount as a back-test keeps it."""
    return text.money(Decimal(amount), currency)


@register.simple_tag
def tier_difference(cost: Mapping[str, str]) -> str:
    amount = Decimal(cost["after"]) - Decimal(cost["before"])
    return ("+" if amount > 0 else "") + text.money(amount, cost["currency"])
