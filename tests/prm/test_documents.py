"""Amounts in Chinese capitals, and paper that is the same for the same content."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.documents.capitals import DIGITS, capitals
from prm.documents.fonts import fonts_for
from prm.documents.paper import Paper


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("0", "CNY", "人民币零元整"),
        ("0.05", "CNY", "人民币伍分"),
        ("0.50", "CNY", "人民币伍角整"),
        ("10", "CNY", "人民币壹拾元整"),
        ("1005.30", "CNY", "人民币壹仟零伍元叁角整"),
        ("325.04", "CNY", "人民币叁佰贰拾伍元零肆分"),
        ("1680.32", "CNY", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("16409.02", "CNY", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "CNY", "人民币壹拾万柒仟元伍角叁分"),
        ("100500", "CNY", "人民币壹拾万零伍佰元整"),
        ("100010000", "CNY", "人民币壹亿零壹万元整"),
        ("100000001", "CNY", "人民币壹亿零壹元整"),
        ("1000000000000", "CNY", "人民币壹万亿元整"),
        ("1000100000000", "CNY", "人民币壹万零壹亿元整"),
        ("1000000010000", "CNY", "人民币壹万亿零壹万元整"),
        ("9999999999999999.99", "CNY",
         "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("-12.3", "CNY", "人民币负壹拾贰元叁角整"),
        ("1234.56", "USD", "美元壹仟贰佰叁拾肆元伍角陆分"),
        ("1234", "JPY", "日元壹仟贰佰叁拾肆元整"),
        ("1.005", "KWD", "科威特第纳尔壹元零伍厘"),
    ],
)  # fmt: skip
def test_amounts_in_capitals(amount: str, currency: str, said: str) -> None:
    assert capitals(Decimal(amount), currency) == said


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        capitals(Decimal(10) ** 16, "CNY")
    with pytest.raises(ValueError, match="unknown currency"):
        capitals(Decimal(1), "ABC")


def read(said: str) -> Decimal:
    """The amount behind the words: every unit multiplies what has been read since the last larger one."""
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total, section, digit = 0, 0, 0
    for letter in said.removeprefix("人民币").partition("元")[0] if "元" in said else "":
        if letter in DIGITS:
            digit = DIGITS.index(letter)
        elif letter in units:
            section, digit = section + digit * units[letter], 0
        elif letter == "万":
            section, digit = (section + digit) * 10**4, 0
            total, section = total + section, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    value = Decimal(total + section + digit)
    for letter, unit in pairwise(said):
        value += {"角": Decimal("0.1"), "分": Decimal("0.01")}.get(unit, Decimal(0)) * max(DIGITS.find(letter), 0)
    return value


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_the_words_say_the_amount_and_nothing_else(cents: int) -> None:
    amount = Decimal(cents) / 100
    said = capitals(amount, "CNY")
    assert read(said) == amount
    assert "零零" not in said
    assert "零元" not in said or not cents
    assert said.endswith(("整", "分"))


def test_a_document_has_the_characters_it_needs_and_no_others() -> None:
    small, other = fonts_for(frozenset("返利")), fonts_for(frozenset("返利对账单编号北京喆科技"))
    assert set(small) == {"", "B"}
    assert len(small[""]) < len(other[""]) < 60_000


def make(folder: Path) -> bytes:
    at = dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC)
    paper = Paper(folder, frozenset("返利对账单喆"), foot="R-000001", made_at=at)
    paper.write_in(12, bold=True)
    paper.cell(50, 8, "返利对账单 喆")
    return bytes(paper.output())


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = make(tmp_path / "a")
    fonts_for.cache_clear()
    assert make(tmp_path / "b") == first
    assert first.startswith(b"%PDF-")
