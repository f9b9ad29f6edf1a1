"""What became of a payment in words, for statements and lists of payments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebates.selectors.payment_facts import Happened, StatementPayment
from rebates.states import PaymentFact

TEXTS: Mapping[PaymentFact, object] = {
    PaymentFact.PAID: gettext_lazy("Paid on %(day)s"),
    PaymentFact.FAILED: gettext_lazy("Failed on %(day)s"),
    PaymentFact.REVERSED: gettext_lazy("Came back on %(day)s"),
}
TONES: Mapping[PaymentFact, str] = {PaymentFact.PAID: "ok", PaymentFact.FAILED: "bad", PaymentFact.REVERSED: "bad"}


@dataclass(frozen=True, slots=True)
class FactRow:
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    payment: Any
    amount: Decimal
    facts: list[FactRow]


def payment_rows(found: Iterable[StatementPayment]) -> list[PaymentRow]:
    return [PaymentRow(one.payment, one.amount, facts_told(one.facts)) for one in found]


def facts_told(facts: Sequence[Happened]) -> list[FactRow]:
    """Oldest first; the attempt is named where there was more than one."""
    several = any(one.attempt > 1 for one in facts)
    return [FactRow(TONES[one.fact], _told(one, several)) for one in facts]


def _told(one: Happened, several: bool) -> str:
    parts = [str(TEXTS[one.fact]) % {"day": date_format(one.on, "SHORT_DATE_FORMAT")}]
    if several:
        parts.append(_("attempt %(number)s") % {"number": one.attempt})
    return " · ".join([*parts, *([one.text] if one.text else [])])
