"""What a partner is not shown: what the vendor makes on its sales. Of a program by margin it sees the payout, the rules
and the sales, but neither the measure nor any figure from which it follows line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import BooleanField, Case, ExpressionWrapper, F, JSONField, Model, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from prm.identity.actor import Actor
from prm.money import plain

Row = TypeVar("Row", bound=Model)
OF_MARGIN = Q(version__definition__measure="margin")
VEIL = "veil"
"""The step that stands for all that bands and rates did."""
STATIONS = frozenset({"qualifier", "stacking", "earned_earlier", "cap", "program_total", "clawback", "rounding"})
"""Steps after the calculation: their amounts speak of payouts, not of the measure."""
TELLING = frozenset({"min_measure", "mix"})
"""Qualifiers that look at the measure."""


def is_private(definition: Mapping[str, Any]) -> bool:
    """Whether the measure of the program is the vendor's own business."""
    return definition.get("measure") == "margin"


def with_shown(rows: QuerySet[Row], actor: Actor) -> QuerySet[Row]:
    """Accruals or statement lines with `is_veiled`; where so `shown_measure` is None and `shown_explanation` empty."""
    found: Any = rows
    if not actor.is_partner:
        return found.annotate(  # type: ignore[no-any-return]
            is_veiled=Value(False), shown_measure=F("measure"), shown_explanation=F("explanation")
        )
    private = Coalesce(ExpressionWrapper(OF_MARGIN, output_field=BooleanField()), Value(False))
    return found.annotate(  # type: ignore[no-any-return]
        is_veiled=private,
        shown_measure=Case(When(OF_MARGIN, then=None), default=F("measure")),
        shown_explanation=Case(When(OF_MARGIN, then=Value({}, JSONField())), default=F("explanation")),
    )


def told_to_partner(row: Any) -> Mapping[str, Any]:
    """The explanation of an accrual or statement line as its partner may read it."""
    explanation: Mapping[str, Any] = row.explanation
    hidden = is_private(row.version.definition) and explanation.get("type")
    return _veiled(explanation) if hidden else explanation


def _veiled(explanation: Mapping[str, Any]) -> Mapping[str, Any]:
    steps = [_station(step) for step in explanation["steps"] if step["step"] in STATIONS]
    earned = sum((Decimal(step["amount"]) for step in explanation["steps"] if step["step"] not in STATIONS), Decimal(0))
    first = [{"step": VEIL, "amount": plain(earned)}] if earned else []
    return {
        **explanation, "measure": None, "steps": [*first, *steps], "next": None,
        "qualifiers": [_check(one) for one in explanation["qualifiers"]],
    }  # fmt: skip


def _station(step: Mapping[str, Any]) -> Mapping[str, Any]:
    if step["step"] == "qualifier" and step["qualifier"] in TELLING:
        return {"step": "qualifier", "amount": step["amount"], "qualifier": step["qualifier"], VEIL: True}
    return step


def _check(check: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": check["type"], "holds": check["holds"], VEIL: True} if check["type"] in TELLING else check
