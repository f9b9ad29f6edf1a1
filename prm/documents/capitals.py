"""Amounts in Chinese capitals (大写), as on cheques and invoices: 人民币壹仟零伍元叁角整."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_currency_name

from prm.money import minor_units, round_money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
PARTS = ("角", "分", "厘", "毫")


def capitals(amount: Decimal, currency: str) -> str:
    """The amount in words with the currency's Chinese name before it, rounded to its minor unit.

    Raises `ValueError` for an unknown currency and above 9,999 万亿.
    """
    value = round_money(amount, currency)
    whole, parts = divmod(abs(value), 1)
    digits = f"{parts:.{minor_units(currency)}f}"[2:] if minor_units(currency) else ""
    name = "人民币" if currency == "CNY" else get_currency_name(currency, locale="zh_Hans_CN")
    return name + ("负" if value < 0 else "") + _written(int(whole), digits)


def _written(whole: int, digits: str) -> str:
    said = f"{_integer(whole)}元" if whole else ""
    for place, digit in zip(PARTS, digits, strict=False):
        if digit != "0":
            said += DIGITS[int(digit)] + place
        elif said and not said.endswith("零"):
            said += "零"
    if not said:
        return "零元整"
    said = said.removesuffix("零")
    # Fen are the smallest coin that is written; after them nothing can be added by somebody else.
    return said if said[-1] in PARTS[1:] else f"{said}整"


def _integer(number: int) -> str:
    if number >= 10**16:
        message = f"{number} is too large to be written"
        raise ValueError(message)
    said, missing = "", False
    for power in range(len(GROUPS) - 1, -1, -1):
        group = number // 10 ** (4 * power) % 10**4
        if not group:
            missing = missing or bool(said)
            continue
        if said and (missing or group < 1000):
            said += "零"
        said += _group(group) + GROUPS[power]
        missing = False
    # 万亿 counts 亿 by the ten thousand: with 亿 after it, its own 亿 is not said twice.
    head, _sep, tail = said.partition("万亿")
    return f"{head}万{tail}" if tail and "亿" in tail else said


def _group(number: int) -> str:
    """A number below ten thousand."""
    said, missing = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if missing else "") + DIGITS[digit] + PLACES[place]
            missing = False
        elif said:
            missing = True
    return said
