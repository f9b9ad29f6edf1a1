"""Where a partner stands in a program, whatever it goes by: units, shares, days to pay, new customers, requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.shared.program_text import share_text
from portal.shared.qualifier_text import qualifier_met, qualifier_name, qualifier_unmet
from portal.shared.trace_values import measure_of, money_of, value_of
from prm.money import minor_units, plain, round_digits
from prm.web import text
from rebates.engine.calculations import Growth, LineRate, NewCustomer, Spiff, Target
from rebates.engine.program import Program
from rebates.engine.sentence import condition_phrase

Explanation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a program goes by. `share`, 0 to 1, is drawn as a bar, in the colour `css`."""

    label: str
    value: str
    note: str = ""
    share: Decimal | None = None
    css: str = ""


def standing_of(rules: Program, explanation: Explanation) -> list[Mark]:
    """What the ladder of bands does not show; empty where there is no explanation."""
    if not explanation.get("type"):
        return []
    return [*_calculation(rules, explanation), *(_check(check, explanation) for check in explanation["qualifiers"])]


def _calculation(rules: Program, explanation: Explanation) -> Iterator[Mark]:
    match rules.calculation:
        case Spiff(amount=amount):
            each = _("%(amount)s a unit") % {"amount": money_of(plain(amount), explanation)}
            yield Mark(_("Units so far"), measure_of(explanation["measure"], explanation), each)
        case LineRate():
            yield from _rates(rules.calculation, explanation)
        case NewCustomer():
            yield _customers(rules.calculation, explanation)
        case Growth() | Target():
            yield from _compared(explanation)


def _rates(calculation: LineRate, explanation: Explanation) -> Iterator[Mark]:
    """Each rate with what it was paid on, and what no rate met."""
    steps = {step["number"]: step for step in explanation["steps"] if step["step"] == "line_rate"}
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    rest = measure = Decimal(explanation["measure"])
    for number, one in enumerate(calculation.rates, 1):
        step = steps.get(str(number), {"part": "0", "amount": "0", "rate": plain(one.rate)})
        phrase = condition_phrase(one.when, language)
        facts = {"pays": value_of(step, explanation), "amount": _paid(step, explanation)}
        rest -= Decimal(step["part"])
        yield Mark(
            phrase[:1].upper() + phrase[1:] if phrase else _("Every other sale"),
            measure_of(step["part"], explanation), _("%(pays)s, so far %(amount)s") % facts,
            _share(Decimal(step["part"]), measure),
        )  # fmt: skip
    if rest > 0:
        yield Mark(
            _("Meets no rate"), measure_of(plain(rest), explanation), _("earns nothing"), _share(rest, measure), "bad"
        )


def _paid(step: Mapping[str, Any], explanation: Explanation) -> str:
    amount = round_digits(Decimal(step["amount"]), minor_units(explanation["currency"]))
    return text.money(amount, explanation["currency"])


def _customers(calculation: NewCustomer, explanation: Explanation) -> Mark:
    named = sum(1 for step in explanation["steps"] if step["step"] == "customer")
    others = sum(int(Decimal(step["count"])) for step in explanation["steps"] if step["step"] == "customers")
    if calculation.amount is not None:
        note = _("%(amount)s for each") % {"amount": money_of(plain(calculation.amount), explanation)}
    else:
        days = calculation.window_days or 0
        note = ngettext(
            "%(rate)s on what each buys in its first day", "%(rate)s on what each buys in its first %(days)s days", days
        ) % {"rate": share_text(calculation.rate or Decimal(0)), "days": text.number(days)}  # fmt: skip
    return Mark(_("New customers that earn so far"), text.number(named + others), note)


def _compared(explanation: Explanation) -> Iterator[Mark]:
    """How far growth or attainment is, where it is known; else how far the next mark is."""
    measure = Decimal(explanation["measure"])
    for step in explanation["steps"]:
        if "target" in step:
            target = Decimal(step["target"])
            facts = {"measure": measure_of(explanation["measure"], explanation),
                     "target": measure_of(step["target"], explanation)}  # fmt: skip
            note = _("%(measure)s of a target of %(target)s") % facts
            yield Mark(_("Attained"), _ratio(measure, target), note, _share(measure, target), "ok")
        elif step.get("baseline") is not None:
            before = Decimal(step["baseline"])
            note = _("compared with %(before)s before") % {"before": measure_of(step["baseline"], explanation)}
            yield Mark(_("Growth"), _ratio(measure - before, before), note)
    following = explanation.get("next")
    if following:
        facts = {"start": measure_of(following["from"], explanation)}
        yield Mark(
            _("On the way to the next mark"), measure_of(explanation["measure"], explanation),
            _("it is at %(start)s") % facts, _share(measure, Decimal(following["from"])),
        )  # fmt: skip


def _check(check: Mapping[str, Any], explanation: Explanation) -> Mark:
    """A requirement with how much of it is there."""
    holds, name = bool(check["holds"]), qualifier_name(check["type"])
    note = (qualifier_met if holds else qualifier_unmet)(check, explanation)
    css = "ok" if holds else "bad"
    if check["type"] == "mix":
        found, measure = Decimal(check["found"]), Decimal(explanation["measure"])
        return Mark(name, _ratio(found, measure), note, _share(found, measure), css)
    if check["type"] in ("min_measure", "distinct", "certified_people"):
        found, wanted = Decimal(check["found"]), Decimal(check["wanted"])
        return Mark(name, _met(holds), note, _share(found, wanted), css)
    return Mark(name, _met(holds), note)


def _met(holds: bool) -> str:
    return _("met") if holds else _("not met")


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return max(Decimal(0), min(Decimal(1), part / whole)) if whole > 0 else Decimal(0)


def _ratio(part: Decimal, whole: Decimal) -> str:
    return text.percent(part / whole) if whole else text.DASH
