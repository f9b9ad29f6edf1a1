"""Numbers as readers of both languages write them, to the digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from prm.web import text

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        (D("1234567.5"), "CNY", "¥1,234,567.50", "¥1,234,567.50"),
        (D(0), "CNY", "¥0.00", "¥0.00"),
        (D("-3"), "USD", "-$3.00", "-US$3.00"),
        (D("0.005"), "CNY", "¥0.01", "¥0.01"),
        (D("-0.004"), "CNY", "¥0.00", "¥0.00"),
        (D("99800"), "JPY", "JP¥99,800", "JP¥99,800"),
        (D("99800.5"), "JPY", "JP¥99,801", "JP¥99,801"),
        (D("12.3456"), "KWD", "KWD\u00a012.346", "KWD\u00a012.346"),
        (D("1e3"), "EUR", "€1,000.00", "€1,000.00"),
        (D("99999999999999999.99"), "CNY", "¥99,999,999,999,999,999.99", "¥99,999,999,999,999,999.99"),
        (None, "CNY", "—", "—"),
        (7, "CNY", "¥7.00", "¥7.00"),
    ],
)
def test_money_is_exact(amount: Decimal | None, currency: str, english: str, chinese: str) -> None:
    with override("en"):
        assert text.money(amount, currency) == english
    with override("zh-hans"):
        assert text.money(amount, currency) == chinese


def test_money_of_an_unknown_currency_is_an_error() -> None:
    with pytest.raises(ValueError, match="XYZ"):
        text.money(D(1), "XYZ")


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (D("12.34"), "12.34", "12.34"),
        (D("350.25"), "350", "350"),
        (999, "999", "999"),
        (D("999.6"), "1K", "1,000"),
        (1_000, "1K", "1,000"),
        (1_250, "1.3K", "1,250"),
        (9_999, "10K", "9,999"),
        (10_000, "10K", "1万"),
        (815_000, "815K", "81.5万"),
        (999_949, "1M", "100万"),
        (1_180_000, "1.2M", "118万"),
        (96_000_000, "96M", "9,600万"),
        (99_999_999, "100M", "1亿"),
        (142_000_000, "142M", "1.4亿"),
        (1_500_000_000, "1.5B", "15亿"),
        (2_000_000_000_000, "2T", "2万亿"),
        (-1_900_000, "-1.9M", "-190万"),
    ],
)
def test_compact(value: int | Decimal, english: str, chinese: str) -> None:
    with override("en"):
        assert text.compact(value) == english
    with override("zh-hans"):
        assert text.compact(value) == chinese


def test_money_compact() -> None:
    with override("en"):
        assert text.money_compact(142_000_000, "CNY") == "¥142M"
        assert text.money_compact(D("-815000"), "USD") == "-$815K"
        assert text.money_compact(None, "CNY") == "—"
    with override("zh-hans"):
        assert text.money_compact(D("81500.40"), "CNY") == "¥8.2万"


@pytest.mark.parametrize(
    ("ratio", "digits", "expected"),
    [
        (D("0.125"), None, "12.5%"),
        (D("0.02"), None, "2%"),
        (D("0.123456"), None, "12.35%"),
        (D("-0.05"), None, "-5%"),
        (D(0), None, "0%"),
        (D("0.4"), 1, "40.0%"),
        (D(12), None, "1,200%"),
        (None, None, "—"),
    ],
)
def test_percent(ratio: Decimal | None, digits: int | None, expected: str) -> None:
    assert text.percent(ratio, digits) == expected


def test_number() -> None:
    assert text.number(D("1234567.10")) == "1,234,567.10"
    assert text.number(D("2.345"), 2) == "2.35"
    assert text.number(None) == "—"


def test_countries_have_names_in_both_languages() -> None:
    with override("en"):
        assert (text.country_name("DE"), text.country_name("ZZ9")) == ("Germany", "ZZ9")
    with override("zh-hans"):
        assert text.country_name("DE") == "德国"


def test_months() -> None:
    day = date(2026, 7, 15)
    with override("en"):
        assert (text.month(day), text.month(day, year=True)) == ("Jul", "Jul 2026")
    with override("zh-hans"):
        assert (text.month(day), text.month(day, year=True)) == ("7月", "2026年7月")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_tags_are_plain_text_for_attributes() -> None:
    with override("en"):
        assert render('{% money a "CNY" %}', a=D("1234.5")) == "¥1,234.50"
        assert render("{% percent r 1 %}", r=D("0.5")) == "50.0%"
        assert render("{% compact n %}", n=1_200_000) == "1.2M"


def test_localized_fields_read_what_chinese_readers_type() -> None:
    from django import forms

    with override("zh-hans"):
        field = forms.DecimalField(localize=True)
        assert field.clean("250,000.50") == D("250000.50")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Wei Chen", "WC"),
        ("蓝海数码", "蓝"),
        ("lanhai", "LA"),
        ("", "·"),
        ("wei@demo.test", "WD"),
        ("X", "X"),
        ("-", "-"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    from prm.web.templatetags.ui import initials

    assert initials(name) == expected


def test_texts_are_escaped() -> None:
    assert "<b>" not in render('{% pill x %}{% avatar x %}{% status "open" x %}', x="<b>")


def test_delta_says_the_direction_in_words_and_colour() -> None:
    with override("en"):
        rising, falling, still = (render("{% delta r %}", r=D(r)) for r in ("0.124", "-0.05", "0"))
        assert "tone-ok" in rising
        assert ">+<" in rising
        assert "12.4%" in rising
        assert "tone-bad" in falling
        assert ">-<" in falling
        assert "5.0%" in falling
        assert "muted" in still
        assert "tone-ok" in render('{% delta r "down" %}', r=D("-0.05"))
        assert render("{% delta r %}", r=None) == ""
