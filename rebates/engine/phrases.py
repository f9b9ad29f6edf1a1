"""How the contract sentence tells each calculation: what counts, then what is paid for it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from .calculations import Band, Growth, LineRate, Milestone, NewCustomer, PerUnit, Rate, Spiff, Target
from .conditions import TRUE, AnyOf, Condition
from .program import Program
from .saying import bound, condition, grouped, money, percent, rate_text
from .words import Phrases, Words

ZERO = Decimal(0)


def calculation_phrases(program: Program, words: Words) -> list[str]:
    """The opening and what the calculation pays, as sentences."""
    kind = program.calculation.type
    opening = words.opening.get(kind, words.opening["measure"]).format(
        each=words.each[program.period],
        sales=sales_phrase(program.scope, words),
        measure=words.measures[program.measure],
        currency=program.currency,
        amount=_spiff_amount(program),
    )
    return [opening, *_CALCULATIONS[kind](program, program.calculation, words)]


def sales_phrase(scope: Condition, words: Words) -> str:
    return words.every_sale if scope == TRUE else words.scope.format(condition=condition(scope, words, top=True))


def _spiff_amount(program: Program) -> str:
    calculation = program.calculation
    return money(program, calculation.amount) if isinstance(calculation, Spiff) else ""


def _bands(calculation: Any) -> list[Band]:
    return list(calculation.bands)


def _facts(program: Program, words: Words, band: Band) -> dict[str, str]:
    return {
        "rate": rate_text(program, band.value, words),
        "start": bound(program, band.start),
        "end": "" if band.end is None else bound(program, band.end),
    }


def _sliced(phrases: Phrases, band: Band, facts: dict[str, str]) -> str:
    """The phrase of a band that has a beginning and perhaps an end."""
    key = {(True, True): "all", (True, False): "first", (False, False): "between", (False, True): "last"}
    return phrases[key[band.start == 0, band.end is None]].format(**facts)


def _below(phrases: Phrases, bands: Sequence[Band], start: str) -> list[str]:
    """What is paid below the first band, when there is a below."""
    return [phrases["nothing_below"].format(start=start)] if bands[0].start > 0 else []


def _marginal(program: Program, calculation: Any, words: Words) -> list[str]:
    parts = [_sliced(words.marginal, band, _facts(program, words, band)) for band in _bands(calculation)]
    return [words.marginal["text"].format(parts=words.clause.join(parts))]


def _retroactive(program: Program, calculation: Any, words: Words) -> list[str]:
    bands = _bands(calculation)
    parts = _below(words.retroactive, bands, bound(program, bands[0].start))
    for band in bands:
        key = "from" if band.start > 0 else "below" if band.end is not None else "all"
        parts.append(words.retroactive[key].format(**_facts(program, words, band)))
    return [words.retroactive["text"].format(parts=words.clause.join(parts))]


def _per_unit(program: Program, calculation: PerUnit, words: Words) -> list[str]:
    reading = _marginal if calculation.mode == "marginal" else _retroactive
    return reading(program, calculation, words)


def _rolling(program: Program, calculation: Any, words: Words) -> list[str]:
    parts = [_sliced(words.rolling, band, _facts(program, words, band)) for band in _bands(calculation)]
    return [words.rolling["text"].format(parts=words.semicolon.join(parts))]


def _total(program: Program, calculation: Any, words: Words) -> list[str]:
    parts = []
    for index, band in enumerate(_bands(calculation)):
        alone = band.start == 0 and band.end is None
        key = "more" if index else "all" if alone else "first" if band.start == 0 else "start"
        parts.append(words.total[key].format(**_facts(program, words, band)))
    return [words.total["text"].format(parts=words.clause.join(parts))]


def _milestone(program: Program, calculation: Milestone, words: Words) -> list[str]:
    bands = _bands(calculation)
    parts = _below(words.milestone, bands, bound(program, bands[0].start))
    for band in bands:
        phrase = words.milestone["from" if band.start > 0 else "all"]
        parts.append(phrase.format(amount=money(program, band.value), start=bound(program, band.start)))
    kind = "cumulative" if calculation.cumulative else "highest"
    return [words.milestone[kind].format(parts=words.clause.join(parts))]


def _line_rate(program: Program, calculation: LineRate, words: Words) -> list[str]:
    phrases, rates = words.line_rate, calculation.rates
    if rates[0].when == TRUE:
        return [phrases["only"].format(rate=rate_text(program, rates[0].rate, words))]
    parts = words.semicolon.join(_line_rate_part(program, one, words) for one in rates)
    catches_all = any(one.when == TRUE for one in rates)
    return [phrases["text"].format(parts=parts), "" if catches_all else phrases["nothing_else"]]


def _line_rate_part(program: Program, one: Rate, words: Words) -> str:
    rate = rate_text(program, one.rate, words)
    key = "else" if one.when == TRUE else "never" if one.when == AnyOf(()) else "when"
    return words.line_rate[key].format(rate=rate, condition=condition(one.when, words, top=True))


def _growth(program: Program, calculation: Growth, words: Words) -> list[str]:
    phrases, bands = words.growth, _bands(calculation)
    parts = _below(phrases, bands, percent(bands[0].start))
    for band in bands:
        phrase = phrases["from" if band.start > 0 else "zero"]
        parts.append(phrase.format(rate=rate_text(program, band.value, words), start=percent(band.start)))
    first = rate_text(program, bands[0].value, words)
    return [
        phrases[calculation.pay_on].format(baseline=phrases[calculation.baseline], parts=words.clause.join(parts)),
        phrases[calculation.without_baseline].format(rate=first),
    ]


def _target(program: Program, calculation: Target, words: Words) -> list[str]:
    phrases, on = words.target, words.target[calculation.pay_on]
    if calculation.bands is None:
        rate = rate_text(program, calculation.rate or ZERO, words)
        said = phrases["curve"].format(rate=rate, on=on, points=_curve(calculation, words))
    else:
        said = phrases["bands"].format(on=on, parts=words.clause.join(_attained(program, calculation.bands, words)))
    return [said, phrases["without"]]


def _attained(program: Program, found: Any, words: Words) -> list[str]:
    phrases, bands = words.target, list(found)
    parts = _below(phrases, bands, percent(bands[0].start))
    for band in bands:
        key = "from" if band.start > 0 else "below" if band.end is not None else "any"
        end = "" if band.end is None else percent(band.end)
        rate = rate_text(program, band.value, words)
        parts.append(phrases[key].format(rate=rate, start=percent(band.start), end=end))
    return parts


def _curve(calculation: Target, words: Words) -> str:
    phrases, points = words.target, calculation.curve
    start = percent(points[0].attainment)
    parts = [phrases["zero_below"].format(start=start)] if points[0].attainment > 0 else []
    for index, point in enumerate(points):
        phrase = phrases["last" if index == len(points) - 1 else "at"]
        parts.append(phrase.format(factor=grouped(point.factor), start=percent(point.attainment)))
    return words.clause.join(parts) + (phrases["line"] if len(points) > 1 else "")


def _new_customer(program: Program, calculation: NewCustomer, words: Words) -> list[str]:
    phrases = words.new_customer
    limits = {"cap": calculation.cap_per_customer, "min_first_order": calculation.min_first_order}
    return [
        phrases["who"],
        _for_a_customer(program, calculation, words),
        *(phrases[key].format(amount=money(program, one)) for key, one in limits.items() if one is not None),
    ]


def _for_a_customer(program: Program, calculation: NewCustomer, words: Words) -> str:
    phrases = words.new_customer
    if calculation.amount is not None:
        return phrases["amount"].format(amount=money(program, calculation.amount))
    rate, days = calculation.rate or ZERO, grouped(calculation.window_days or 0)
    if program.measure == "quantity":
        return phrases["rate_per_unit"].format(amount=money(program, rate), days=days)
    said = words.rate.format(rate=percent(rate))
    return phrases["rate"].format(rate=said, measure=words.measures[program.measure], days=days)


def _spiff(program: Program, calculation: Spiff, words: Words) -> list[str]:
    """The opening says all of it."""
    return []


_CALCULATIONS: dict[str, Callable[[Program, Any, Words], list[str]]] = {
    "marginal": _marginal,
    "retroactive": _retroactive,
    "rolling": _rolling,
    "total": _total,
    "per_unit": _per_unit,
    "milestone": _milestone,
    "line_rate": _line_rate,
    "growth": _growth,
    "target": _target,
    "new_customer": _new_customer,
    "spiff": _spiff,
}
