"""A program's other rules as label and text, only those that say something: caps, minimum, stacking, returns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.shared import program_words as words
from portal.shared.program_text import amount_text, share_text
from portal.shared.program_words import kind_name
from prm.web import text
from rebates.engine.calculations import Growth, Milestone, NewCustomer, PerUnit, Spiff, Target
from rebates.engine.program import Program
from rebates.engine.sentence import qualifier_phrases


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    text: str


def requirements_of(rules: Program) -> list[str]:
    """What a partner must meet, each a phrase in the reader's language."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return [phrase[:1].upper() + phrase[1:] for phrase in qualifier_phrases(rules, language)]


def facts_of(rules: Program) -> list[Fact]:
    """Calculation and measure always, the rest where it is not as usual."""
    found = [
        Fact(_("Calculation"), kind_name(rules.calculation.type)),
        Fact(_("What is added up"), str(words.MEASURES[rules.measure])),
        *_calculation(rules),
        *_limits(rules),
        *_stacking(rules),
    ]
    if rules.accumulate == "year_to_date":
        found.append(Fact(_("Worked out on"), str(words.ACCUMULATE["year_to_date"])))
    found.append(Fact(_("Returned goods"), str(words.RETURNS[rules.returns])))
    if rules.payout_form != "cash":
        found.append(Fact(_("Paid as"), str(words.PAYOUT_FORMS[rules.payout_form])))
    return found


def _calculation(rules: Program) -> list[Fact]:
    match rules.calculation:
        case Growth(baseline=baseline, pay_on=pay_on):
            return [Fact(_("Compared with"), str(words.BASELINES[baseline])), _pay_on(pay_on)]
        case Target(pay_on=pay_on):
            return [_pay_on(pay_on)]
        case PerUnit(mode=mode):
            return [Fact(_("How the bands pay"), kind_name(mode))]
        case Milestone(cumulative=cumulative):
            return [Fact(_("What is paid"), str(words.CUMULATIVE["yes" if cumulative else "no"]))]
    return []


def amounts_of(rules: Program) -> list[Fact]:
    """The amounts and rates of a calculation that has them beside, or instead of, bands."""
    match rules.calculation:
        case Target(rate=Decimal() as rate):
            return [Fact(_("Rate at a factor of 1"), _rate(rules, rate))]
        case NewCustomer() as found:
            return _new_customer(rules, found)
        case Spiff(amount=amount):
            return [Fact(_("Amount per unit"), amount_text(amount, rules.currency))]
    return []


def _pay_on(pay_on: str) -> Fact:
    return Fact(_("The rate is paid"), str(words.PAY_ON[pay_on]))


def _rate(rules: Program, rate: Decimal) -> str:
    if rules.measure != "quantity":
        return share_text(rate)
    return _("%(amount)s per unit") % {"amount": amount_text(rate, rules.currency)}


def _new_customer(rules: Program, found: NewCustomer) -> list[Fact]:
    pairs: list[tuple[str, Any]] = [
        (_("Amount per new customer"), found.amount),
        (_("At most per customer"), found.cap_per_customer),
        (_("First order at least"), found.min_first_order),
    ]
    facts = [Fact(label, amount_text(amount, rules.currency)) for label, amount in pairs if amount is not None]
    if found.rate is None or found.window_days is None:
        return facts
    days = _("%(count)s days") % {"count": text.number(found.window_days)}
    return [Fact(_("Rate"), _rate(rules, found.rate)), Fact(_("In the first days"), days), *facts]


def _limits(rules: Program) -> list[Fact]:
    cap, minimum = rules.cap, rules.minimum_payout
    amounts = [
        (_("At most per partner and period"), cap.per_period if cap else None),
        (_("Budget of the whole program"), cap.program_total if cap else None),
    ]
    facts = [Fact(label, amount_text(amount, rules.currency)) for label, amount in amounts if amount is not None]
    if minimum is not None:
        then = _("less is carried over") if minimum.otherwise == "carry" else _("less lapses")
        facts.append(Fact(_("Smallest amount paid out"), f"{amount_text(minimum.amount, rules.currency)}, {then}"))
    return facts


def _stacking(rules: Program) -> list[Fact]:
    stacking = rules.stacking
    if stacking.rule == "stack" and stacking.group == rules.code:
        return []
    facts = [Fact(_("Group"), stacking.group), Fact(_("In its group"), str(words.RULES[stacking.rule]))]
    if stacking.rule == "priority":
        facts.append(Fact(_("Number in the order"), text.number(stacking.priority)))
    return facts
