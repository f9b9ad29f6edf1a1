"""The contract sentence: what a program says, in the partner's language, generated from its configuration."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from prm.money import exact, plain

from .calculations import Band, Bands
from .conditions import ATTRIBUTE, All, AnyOf, Condition, Kind, Not, Test, field_kind, tests_of
from .program import Program
from .words import ENGLISH, LANGUAGES, Words


def sentence(program: Program, language: str = "en") -> str:
    """The program as a text of a few sentences, in English or Simplified Chinese (`en`, `zh-hans`)."""
    words = LANGUAGES.get(language.lower(), ENGLISH)
    return words.space.join(filter(None, _sentences(program, words)))


def condition_phrase(condition: Condition, language: str = "en") -> str:
    """A condition in words; empty for the condition that is always true."""
    words = LANGUAGES.get(language.lower(), ENGLISH)
    return "" if condition == All(()) else _condition(condition, words, top=True)


def _sentences(program: Program, words: Words) -> list[str]:
    uses_tier = any(test.field == "partner.tier" for test in tests_of(program.scope))
    return [
        words.opening[program.period].format(
            sales=_sales(program.scope, words), measure=words.measures[program.measure], currency=program.currency
        ),
        _CALCULATIONS[program.calculation.type](program, words),
        words.tier[program.partner_as_of] if uses_tier else "",
        words.conversion.format(currency=program.currency) if program.uses_money else "",
        words.returns[program.returns],
        words.forms[program.payout_form],
        _validity(program, words),
    ]


def _sales(scope: Condition, words: Words) -> str:
    if scope == All(()):
        return words.every_sale
    return words.scope.format(condition=_condition(scope, words, top=True))


def _condition(condition: Condition, words: Words, *, top: bool = False) -> str:
    match condition:
        case Test():
            return _test(condition, words)
        case Not(item=item):
            return words.negation.format(condition=_condition(item, words, top=True))
        case All(items=items):
            return _joined(items, words.all, words.every_sale, words, top=top)
        case AnyOf(items=items):
            return _joined(items, words.any, words.no_sale, words, top=top)


def _joined(items: Sequence[Condition], word: str, empty: str, words: Words, *, top: bool) -> str:
    if not items:
        return empty
    parts = [_condition(item, words, top=len(items) == 1 and top) for item in items]
    text = word.join(parts)
    return text if top or len(parts) == 1 else words.group.format(text=text)


def _test(test: Test, words: Words) -> str:
    kind = field_kind(test.field)
    if kind is Kind.FLAG and test.op in ("eq", "ne"):
        return words.flags[test.field, test.value is (test.op == "eq")]
    field = _field(test.field, words)
    if test.op == "is_null":
        return (words.missing if test.value else words.given).format(field=field)
    values = [_value(value, words) for value in (test.value if isinstance(test.value, tuple) else (test.value,))]
    if test.op == "between":
        return words.tests["between"].format(field=field, low=values[0], high=values[1])
    return words.tests[test.op].format(field=field, value=_listed(values, words))


def _field(field: str, words: Words) -> str:
    if field.startswith(ATTRIBUTE):
        return words.attribute.format(name=words.quoted.format(text=field.removeprefix(ATTRIBUTE)))
    # A flag is named by its sentence when it is true: only `in`, `not_in` and `is_null` come here.
    return words.fields.get(field) or words.flags[field, True]


def _value(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return grouped(value) if isinstance(value, Decimal) else words.quoted.format(text=value)


def _listed(values: Sequence[str], words: Words) -> str:
    if len(values) == 1:
        return values[0]
    return words.comma.join(values[:-1]) + words.last_of_several + values[-1]


def grouped(number: Decimal) -> str:
    """Plain notation with grouped thousands: 50,000."""
    whole, point, decimals = plain(number).partition(".")
    return f"{int(whole):,}{point}{decimals}"


def _rate(program: Program, words: Words) -> Callable[[Decimal], str]:
    """A rate as a percentage, or as an amount per unit where units are counted."""
    if program.measure == "quantity":
        return lambda rate: words.per_unit.format(amount=f"{program.currency} {grouped(rate)}")
    return percent


def percent(rate: Decimal) -> str:
    with exact():
        return f"{grouped(rate * 100)}%"


def _bound(program: Program, number: Decimal) -> str:
    return grouped(number) if program.measure == "quantity" else f"{program.currency} {grouped(number)}"


def _facts(program: Program, words: Words, band: Band) -> dict[str, str]:
    return {
        "rate": _rate(program, words)(band.value),
        "start": _bound(program, band.start),
        "end": "" if band.end is None else _bound(program, band.end),
    }


def _ladder(program: Program) -> Bands:
    ladder = program.calculation.ladder()
    if ladder is None:
        raise TypeError(f"{program.calculation.type} has no bands")
    return ladder


def _marginal(program: Program, words: Words) -> str:
    parts = []
    for band in _ladder(program):
        first = band.start == 0
        phrase = {
            (True, True): words.part_all,
            (True, False): words.part_first,
            (False, False): words.part_between,
            (False, True): words.part_last,
        }[first, band.end is None]
        parts.append(phrase.format(**_facts(program, words, band)))
    return words.marginal.format(parts=words.clause.join(parts))


def _retroactive(program: Program, words: Words) -> str:
    bands = list(_ladder(program))
    parts = []
    if bands[0].start > 0:
        parts.append(words.nothing_below.format(**_facts(program, words, bands[0])))
    for band in bands:
        phrase = words.reach_from if band.start > 0 else words.reach_below if band.end is not None else words.reach_all
        parts.append(phrase.format(**_facts(program, words, band)))
    return words.retroactive.format(parts=words.clause.join(parts))


_CALCULATIONS: dict[str, Callable[[Program, Words], str]] = {"marginal": _marginal, "retroactive": _retroactive}


def _validity(program: Program, words: Words) -> str:
    start = words.day(program.valid_from) if program.valid_from else ""
    end = words.day(program.valid_to) if program.valid_to else ""
    if start and end:
        return words.valid_between.format(start=start, end=end)
    if start:
        return words.valid_from.format(start=start)
    return words.valid_to.format(end=end) if end else ""
