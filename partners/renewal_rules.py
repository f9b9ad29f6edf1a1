"""What the data advises about a partner whose term ends: rules over figures, each with the figure that it saw.

Pure: the same figures give the same advice, in the same order of reasons. Nothing here decides; a person does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from partners.states.renewals import RenewalAdvice

Figures = Mapping[str, Decimal]
"""Code of the input → its value; what is unknown is not there."""
STRONG, WEAK, GOOD = "strong", "weak", "good"
"""Speaks strongly against going on as before, speaks against it, speaks for the partner."""

FALLS_MUCH, FALLS, GROWS = Decimal("-0.30"), Decimal("-0.10"), Decimal("0.25")
CERTIFIED_AT_LEAST = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """`figure` is the input that it shows."""

    code: str
    weight: str
    figure: str
    holds: Callable[[Figures], bool]


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    weight: str
    figure: str
    value: Decimal

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "weight": self.weight, "figure": self.figure, "value": str(self.value)}


def _is(code: str, test: Callable[[Decimal], bool]) -> Callable[[Figures], bool]:
    return lambda figures: code in figures and test(figures[code])


RULES = (
    Rule("no_sales", STRONG, "revenue", _is("revenue", lambda value: value <= 0)),
    Rule("falls_much", STRONG, "growth", _is("growth", lambda value: value <= FALLS_MUCH)),
    Rule("suspended", STRONG, "suspensions", _is("suspensions", lambda value: value > 0)),
    Rule("at_risk", STRONG, "at_risk", _is("at_risk", lambda value: value > 0)),
    Rule("falls", WEAK, "growth", _is("growth", lambda value: FALLS_MUCH < value <= FALLS)),
    Rule("quiet", WEAK, "recent_orders", lambda f: _is("recent_orders", lambda value: value <= 0)(f) and _sells(f)),
    Rule("uncertified", WEAK, "certified_people", _is("certified_people", lambda value: value < CERTIFIED_AT_LEAST)),
    Rule("owes", WEAK, "clawbacks", _is("clawbacks", lambda value: value > 0)),
    Rule("disputes", WEAK, "disputes", _is("disputes", lambda value: value > 0)),
    Rule("grows", GOOD, "growth", _is("growth", lambda value: value >= GROWS)),
    Rule("steady", GOOD, "growth", _is("growth", lambda value: FALLS < value < GROWS)),
)


def advice_of(figures: Figures) -> tuple[RenewalAdvice, list[Reason]]:
    """Part ways with who sold nothing, or has two strong reasons against it; watch with any reason against it; upgrade
    who grows; renew the others.
    """
    reasons = [
        Reason(rule.code, rule.weight, rule.figure, figures[rule.figure]) for rule in RULES if rule.holds(figures)
    ]
    codes = {reason.code for reason in reasons}
    strong = sum(reason.weight == STRONG for reason in reasons)
    if "no_sales" in codes or strong > 1:
        return RenewalAdvice.EXIT, reasons
    if strong or any(reason.weight == WEAK for reason in reasons):
        return RenewalAdvice.WATCH, reasons
    return (RenewalAdvice.UPGRADE if "grows" in codes else RenewalAdvice.RENEW), reasons


def _sells(figures: Figures) -> bool:
    return figures.get("revenue", Decimal(0)) > 0
