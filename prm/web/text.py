"""Numbers as a reader of the active language writes them. Display only: nothing here is computed with.

`¥` means CNY; every other currency that claims the sign is spelled out (`JP¥`), so two columns never look alike.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol
from django.utils.formats import date_format
from django.utils.translation import get_language

from prm.money import round_digits, round_money

DASH = "—"
Number = Decimal | int

_SYMBOLS = {"CNY": "¥", "JPY": "JP¥"}
# (threshold as a power of ten, unit), largest first.
_COMPACT = {
    "zh": ((12, "万亿"), (8, "亿"), (4, "万")),
    "en": ((12, "T"), (9, "B"), (6, "M"), (3, "K")),
}


def language() -> str:
    """`zh` or `en`: the two scripts of number words."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def country_name(code: str) -> str:
    """A country in the reader's language, the code itself when it is unknown."""
    return str(Locale.parse("zh_Hans_CN" if language() == "zh" else "en").territories.get(code, code))


@lru_cache(maxsize=512)
def symbol(currency: str, lang: str) -> str:
    """The sign before an amount, with a no-break space after a letter: `¥`, `US$`, `CHF `."""
    sign = _SYMBOLS.get(currency) or get_currency_symbol(currency, "zh_Hans_CN" if lang == "zh" else "en")
    return f"{sign}\u00a0" if sign[-1].isalpha() else sign


def _signed(amount: Decimal, body: str) -> str:
    return f"-{body}" if amount < 0 else body


def number(value: Number | None, digits: int | None = None) -> str:
    """Grouped by thousands; `digits` fixes the decimals, otherwise they are shown as they are."""
    if value is None:
        return DASH
    amount = Decimal(value)
    if digits is not None:
        amount = round_digits(amount, digits)
    return f"{amount:,f}"


def money(amount: Number | None, currency: str) -> str:
    """All digits of the currency's minor unit: `¥1,234.50`, `JP¥1,235`, `-$3.00`."""
    if amount is None:
        return DASH
    value = round_money(Decimal(amount), currency)
    return _signed(value, f"{symbol(currency, language())}{abs(value):,f}")


def _short(value: Decimal) -> tuple[Decimal, str]:
    """The figure in the unit that leaves it at least 1 after rounding: 999,950 is 1M, not 1,000K."""
    units = _COMPACT[language()]
    for exponent, unit in units[:-1]:
        scaled = _trim(value.scaleb(-exponent))
        following = max(e for e, _ in units if e < exponent)
        if abs(scaled) >= 1 and abs(_trim(value.scaleb(-following))) >= Decimal(10) ** (exponent - following):
            return scaled, unit
    exponent, unit = units[-1]
    return _trim(value.scaleb(-exponent)), unit


def _trim(value: Decimal) -> Decimal:
    quantum = Decimal(1) if abs(value) >= 100 else Decimal("0.1")
    return value.quantize(quantum, rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = f"{abs(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact(value: Number | None) -> str:
    """A figure for a glance: `142M`, `1.2K`, `1.4亿`, `81.5万`; below the first unit the number itself."""
    if value is None:
        return DASH
    amount = Decimal(value)
    first = Decimal(10) ** _COMPACT[language()][-1][0]
    if abs(round_digits(amount, 0)) < first:
        digits = 0 if abs(amount) >= 100 or amount == amount.to_integral_value() else 2
        amount = round_digits(amount, digits)
        return _signed(amount, _plain(amount))
    scaled, unit = _short(amount)
    return _signed(scaled, f"{_plain(scaled)}{unit}")


def money_compact(amount: Number | None, currency: str) -> str:
    """`¥142M` and `¥1.4亿`: for tiles and axes, never where somebody is paid."""
    if amount is None:
        return DASH
    body = compact(abs(Decimal(amount)))
    return ("-" if amount < 0 and body != "0" else "") + symbol(currency, language()) + body


def percent(ratio: Number | None, digits: int | None = None) -> str:
    """A ratio as per cent: 0.125 is `12.5%`. Without `digits` at most two decimals, no trailing zeros."""
    if ratio is None:
        return DASH
    value = Decimal(ratio) * 100
    if digits is not None:
        return f"{round_digits(value, digits):,f}%"
    value = round_digits(value, 2)
    return f"{_signed(value, _plain(value))}%"


def month(day: date, *, year: bool = False) -> str:
    """A month on an axis: `Jul`, `Jul 2026`; `7月`, `2026年7月`."""
    if language() == "zh":
        return f"{day.year}年{day.month}月" if year else f"{day.month}月"
    return date_format(day, "M Y" if year else "M")
