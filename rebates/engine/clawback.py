"""`at_sale_rate`: what a return takes back of the share that its original line was allocated."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prm.money import exact, minor_units, round_fraction


@dataclass(frozen=True, slots=True)
class Return:
    """A return of an original; `quantity` is positive. `line` is whatever the caller wants back."""

    sold_on: date
    external_id: str
    quantity: Decimal
    line: Any = None


def taken_back(
    allocated: Decimal, quantity: Decimal, returns: Iterable[Return], currency: str
) -> Iterator[tuple[Return, Decimal]]:
    """Each return with the amount that it takes back, in order of day and external id.

    So far = round(allocated × min(returned so far, quantity) ÷ quantity); a return carries the increase.
    """
    digits, so_far, returned = minor_units(currency), Decimal(0), Decimal(0)
    for one in sorted(returns, key=lambda one: (one.sold_on, one.external_id)):
        with exact():
            returned += one.quantity
            share = _share(returned, quantity)
            now = round_fraction(Fraction(allocated) * share, digits)
            yield one, now - so_far
            so_far = now


def _share(returned: Decimal, quantity: Decimal) -> Fraction:
    return Fraction(max(min(returned, quantity), Decimal(0))) / Fraction(quantity) if quantity else Fraction(0)
