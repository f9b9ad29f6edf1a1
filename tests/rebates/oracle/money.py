"""Amounts: digits of a currency, the one rounding, and the split of whole units by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, lcm

DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
CURRENCIES = frozenset({"USD", "EUR", "GBP", "AUD", "CAD", "CNY", *DIGITS})


def digits(currency: str) -> int:
    return DIGITS.get(currency, 2)


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    whole = floor(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def units(value: Fraction, currency: str) -> int:
    """An amount rounded to whole minor units."""
    return half_up(value * 10 ** digits(currency))


def units_below(value: Fraction, currency: str) -> int:
    """A limit rounded down to whole minor units."""
    return floor(value * 10 ** digits(currency))


def amount(count: int, currency: str) -> Fraction:
    return Fraction(count, 10 ** digits(currency))


def fixed(count: int, places: int) -> str:
    """Whole units of `places` decimals in plain notation: 1234 and 2 give 12.34."""
    text = str(abs(count)).rjust(places + 1, "0")
    if places:
        text = f"{text[:-places]}.{text[-places:]}"
    return f"-{text}" if count < 0 else text


def measure_text(value: Fraction) -> str:
    """Rounded to 6 decimals, without trailing zeros."""
    return fixed(half_up(value * 10**6), 6).rstrip("0").rstrip(".") if half_up(value * 10**6) else "0"


def split(total: int, weights: Sequence[Fraction], names: Sequence[str]) -> list[int]:
    """Whole units in proportion to the weights; what is left over goes to the largest remainders, then lowest names."""
    if total < 0:
        return [-part for part in split(-total, weights, names)]
    denominator = lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * denominator) for weight in weights]
    if sum(whole) == 0:
        whole = [abs(weight) for weight in whole]
    if sum(whole) == 0:
        whole = [1] * len(names)
    if sum(whole) < 0:
        whole = [-weight for weight in whole]
    everything = sum(whole)
    parts = [total * weight // everything for weight in whole]
    remainders = [total * weight % everything for weight in whole]
    order = sorted(range(len(names)), key=lambda i: (-remainders[i], names[i]))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
