"""Money: the one place where amounts are read, rounded and split.

Amounts are `Decimal`, never `float`. Arithmetic inside `exact()` is exact or fails: the context traps every loss of a
digit, so a sum of products of amounts and exchange rates keeps all its decimals until the single rounding at the end.
"""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, Self

import pycountry

# ISO 4217 exponents other than 2. CLDR (babel) gives the digits in customary use instead, which differ (IQD, LBP, ALL).
# fmt: off
_MINOR_UNITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}
# Metals, bond units, test and "no currency" codes have no minor unit: nothing can be paid in them.
_NOT_PAYABLE = {
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX",
}
# fmt: on

_EXACT = Context(prec=600, Emax=999999, Emin=-999999, traps=[Inexact, InvalidOperation, DivisionByZero])
_ROUNDING = Context(prec=600, Emax=999999, Emin=-999999, rounding=ROUND_HALF_UP, traps=[InvalidOperation])

MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 20
_DECIMAL = re.compile(rf"[+-]?[0-9]{{1,{MAX_INTEGER_DIGITS}}}(?:\.[0-9]{{1,{MAX_DECIMALS}}})?")


def exact() -> AbstractContextManager[Context]:
    """A decimal context in which an operation that would lose a digit raises `decimal.Inexact`."""
    return localcontext(_EXACT)


@lru_cache(maxsize=1024)
def known_currency(code: str) -> bool:
    """True for an ISO 4217 code in which amounts can be paid."""
    currency = pycountry.currencies.get(alpha_3=code) if len(code) == 3 else None
    return currency is not None and currency.alpha_3 == code and code not in _NOT_PAYABLE


@lru_cache(maxsize=1024)
def minor_units(currency: str) -> int:
    """Digits after the point by ISO 4217: JPY 0, USD 2, KWD 3. Raises `ValueError` for an unknown code."""
    if not known_currency(currency):
        raise ValueError(f"unknown currency {currency!r}")
    return _MINOR_UNITS.get(currency, 2)


@lru_cache(maxsize=1024)
def _quantum(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def round_digits(amount: Decimal, digits: int) -> Decimal:
    """Half away from zero to `digits` decimals."""
    return amount.quantize(_quantum(digits), rounding=ROUND_HALF_UP, context=_ROUNDING)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Half away from zero to the currency's minor unit."""
    return round_digits(amount, minor_units(currency))


def floor_money(amount: Decimal, currency: str) -> Decimal:
    """Towards zero to the currency's minor unit: for limits that must not be exceeded."""
    return amount.quantize(_quantum(minor_units(currency)), rounding=ROUND_DOWN, context=_ROUNDING)


def to_units(amount: Decimal, currency: str) -> int:
    """An amount that is already rounded, as a count of minor units. Raises `ValueError` when it is finer than one."""
    with exact():
        units = amount.scaleb(minor_units(currency))
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is finer than the minor unit of {currency}")
    return int(units)


def from_units(units: int, currency: str) -> Decimal:
    """The amount of a count of minor units."""
    with exact():
        return Decimal(units).scaleb(-minor_units(currency))


def round_fraction(value: Fraction, digits: int) -> Decimal:
    """An exact ratio, half away from zero to `digits` decimals."""
    scaled = abs(value) * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    with exact():
        return Decimal(-units if value < 0 else units).scaleb(-digits)


def plain(value: Decimal) -> str:
    """Plain notation without trailing zeros and never with an exponent: `50000`, `0.025`, `0`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def parse_decimal(text: str) -> Decimal:
    """A decimal number in plain notation, at most 18 digits before and 20 after the point.

    Raises `ValueError` for anything else: exponents, NaN, Infinity, grouping marks, digits of other scripts, blanks
    inside.
    """
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"not a plain decimal number: {text[:40]!r}")
    return Decimal(text)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in a currency. Adding or comparing two currencies raises `ValueError`."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        minor_units(self.currency)
        if not self.amount.is_finite():
            raise ValueError(f"an amount is a finite Decimal, not {self.amount!r}")

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        with exact():
            return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def __neg__(self) -> "Money":
        with exact():
            return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def rounded(self) -> "Money":
        """Half away from zero to the minor unit."""
        return Money(round_money(self.amount, self.currency), self.currency)

    @property
    def units(self) -> int:
        """The count of minor units; raises `ValueError` when the amount is finer than one."""
        return to_units(self.amount, self.currency)

    @classmethod
    def from_units(cls, units: int, currency: str) -> Self:
        return cls(from_units(units, currency), currency)

    def split(self, weights: Sequence[Decimal | Fraction | int], keys: Sequence[Any]) -> list["Money"]:
        """Parts in proportion to the weights that add up to this amount, see `allocate`."""
        return [Money.from_units(units, self.currency) for units in allocate(self.units, weights, keys)]

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def allocate(units: int, weights: Sequence[Decimal | Fraction | int], keys: Sequence[Any]) -> list[int]:
    """Split whole units in proportion to the weights; the parts add up to `units` exactly.

    Shares are `units × weight ÷ sum`, rounded towards minus infinity; what is left goes one each to the largest exact
    remainders, ties to the lowest key. Negative weights get negative shares; a negative `units` is split as its
    absolute value and negated. Weights that add up to 0 count by their absolute values, and equally when all are 0.
    Keys are unique (text: by code point).
    """
    if len(weights) != len(keys):
        raise ValueError(f"{len(weights)} weights, {len(keys)} keys")
    if not weights:
        if units:
            raise ValueError(f"nothing to allocate {units} to")
        return []
    if units < 0:
        return [-part for part in allocate(-units, weights, keys)]
    whole = _whole_weights(weights)
    total = sum(whole)
    parts, remainders = zip(*(divmod(units * weight, total) for weight in whole), strict=True)
    left = units - sum(parts)
    order = sorted(range(len(keys)), key=lambda i: (-remainders[i], keys[i]))
    result = list(parts)
    for i in order[:left]:
        result[i] += 1
    return result


def _whole_weights(weights: Sequence[Decimal | Fraction | int]) -> list[int]:
    """The weights as integers in the same proportion with a positive sum."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    total = sum(whole)
    if total == 0:
        whole = [abs(weight) for weight in whole]
        return whole if any(whole) else [1] * len(whole)
    return whole if total > 0 else [-weight for weight in whole]
