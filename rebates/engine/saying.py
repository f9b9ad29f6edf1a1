"""Numbers, conditions and lists in the words of a language."""

from collections.abc import Sequence
from decimal import Decimal

from prm.money import exact, plain

from .conditions import ATTRIBUTE, All, AnyOf, Condition, Kind, Not, Test, field_kind
from .program import Program
from .words import Words


def grouped(number: Decimal | int) -> str:
    """Plain notation with grouped thousands: 50,000."""
    whole, point, decimals = plain(Decimal(number)).partition(".")
    return f"{int(whole):,}{point}{decimals}"


def percent(rate: Decimal) -> str:
    with exact():
        return f"{grouped(rate * 100)}%"


def money(program: Program, amount: Decimal) -> str:
    return f"{program.currency} {grouped(amount)}"


def bound(program: Program, number: Decimal) -> str:
    """A point of the measure: an amount of money, or a plain count of units."""
    return grouped(number) if program.measure == "quantity" else money(program, number)


def rate_text(program: Program, rate: Decimal, words: Words) -> str:
    """A rate as a percentage, or as an amount per unit where units are counted."""
    if program.measure == "quantity":
        return words.rate_per_unit.format(amount=money(program, rate))
    return words.rate.format(rate=percent(rate))


def quoted(text: object, words: Words) -> str:
    return words.quoted.format(text=text)


def listed(values: Sequence[str], words: Words) -> str:
    if len(values) == 1:
        return values[0]
    return words.comma.join(values[:-1]) + words.last_of_several + values[-1]


def field(name: str, words: Words) -> str:
    if name.startswith(ATTRIBUTE):
        return words.attribute.format(name=quoted(name.removeprefix(ATTRIBUTE), words))
    # A flag is named by its sentence when it is true.
    return words.fields.get(name) or words.flags[name, True]


def condition(found: Condition, words: Words, *, top: bool = False) -> str:
    match found:
        case Test():
            return _test(found, words)
        case Not(item=item):
            return words.negation.format(condition=condition(item, words, top=True))
        case All(items=items):
            return _joined(items, words.all, words.every_sale, words, top=top)
        case AnyOf(items=items):
            return _joined(items, words.any, words.no_sale, words, top=top)


def _joined(items: Sequence[Condition], word: str, empty: str, words: Words, *, top: bool) -> str:
    if not items:
        return empty
    parts = [condition(item, words, top=len(items) == 1 and top) for item in items]
    text = word.join(parts)
    return text if top or len(parts) == 1 else words.group.format(text=text)


def _test(test: Test, words: Words) -> str:
    kind = field_kind(test.field)
    if kind is Kind.FLAG and test.op in ("eq", "ne"):
        return words.flags[test.field, test.value is (test.op == "eq")]
    name = field(test.field, words)
    if test.op == "is_null":
        return (words.missing if test.value else words.given).format(field=name)
    values = [_value(value, words) for value in (test.value if isinstance(test.value, tuple) else (test.value,))]
    if test.op == "between":
        return words.tests["between"].format(field=name, low=values[0], high=values[1])
    return words.tests[test.op].format(field=name, value=listed(values, words))


def _value(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return grouped(value) if isinstance(value, Decimal) else quoted(value, words)
