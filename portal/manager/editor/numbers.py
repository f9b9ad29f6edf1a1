"""Numbers as people type them and as the document keeps them.

A rate is typed in per cent and kept as a ratio. What cannot be read goes into the document as it is: the engine refuses
it there and names the place.
"""

from __future__ import annotations

from decimal import Decimal

from prm.money import parse_decimal, plain

_GROUPING = str.maketrans("", "", ",， \u00a0")


def percent_of(ratio: object) -> str:
    """`0.025` as `2.5`; what is no number stays as it is."""
    try:
        return plain(parse_decimal(str(ratio)).scaleb(2))
    except ValueError:
        return str(ratio)


def ratio_of(percent: str) -> str:
    """`2.5` or `2.5%` as `0.025`; what is no number stays as it is."""
    text = percent.translate(_GROUPING).removesuffix("%")
    try:
        return plain(parse_decimal(text).scaleb(-2))
    except ValueError:
        return percent


def number_of(text: str) -> str:
    """A number without grouping marks; what is no number stays as it is."""
    bare = text.translate(_GROUPING)
    try:
        return plain(parse_decimal(bare))
    except ValueError:
        return text


def as_text(value: object) -> str:
    """A value of a document as an input shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)
