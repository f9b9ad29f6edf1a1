"""Figures of partners as texts, each in its unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partners.metrics import Unit
from prm.db.scope import require_tenant
from prm.money import plain
from prm.web import text

HUNDRED = Decimal(100)
ENTERED_UNITS = [
    (Unit.COUNT, _("Number")), (Unit.MONEY, _("Amount")), (Unit.RATIO, _("Per cent")), (Unit.DAYS, _("Days")),
    (Unit.SCORE, _("Score")),
]  # fmt: skip


def figure_text(value: Decimal | None, unit: str, currency: str = "") -> str:
    """Amounts whole, in the vendor's currency unless told otherwise; ratios as per cent."""
    if value is None:
        return text.DASH
    if unit == Unit.MONEY:
        return text.money_compact(value, currency or require_tenant().base_currency)
    if unit == Unit.RATIO:
        return text.percent(value, 1)
    return text.number(Decimal(plain(value.quantize(Decimal("0.01")))))


def typed_of(value: Decimal, unit: str) -> str:
    """As people type it: per cents for ratios."""
    return plain(value * HUNDRED if unit == Unit.RATIO else value)


def stored_of(typed: Decimal, unit: str) -> Decimal:
    return typed / HUNDRED if unit == Unit.RATIO else typed
