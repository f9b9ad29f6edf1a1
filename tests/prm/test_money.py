"""Rounding, minor units and allocation: exact values and the laws that hold for every split."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.money import (
    Money,
    allocate,
    floor_money,
    known_currency,
    minor_units,
    parse_decimal,
    plain,
    round_fraction,
    round_money,
)


@pytest.mark.parametrize(
    ("code", "digits"), [("JPY", 0), ("USD", 2), ("CNY", 2), ("KWD", 3), ("CLF", 4), ("IQD", 3), ("LBP", 2)]
)
def test_minor_units_follow_iso_4217(code: str, digits: int) -> None:
    assert minor_units(code) == digits


@pytest.mark.parametrize("code", ["XAU", "XXX", "ABC", "usd", "", "US", "USDT"])
def test_codes_in_which_nothing_can_be_paid_are_unknown(code: str) -> None:
    assert not known_currency(code)
    with pytest.raises(ValueError, match="unknown currency"):
        minor_units(code)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "USD", "0.01"),
        ("0.00499999", "USD", "0.00"),
        ("-0.005", "USD", "-0.01"),
        ("0.5", "JPY", "1"),
        ("2.0005", "KWD", "2.001"),
    ],
)
def test_rounding_is_half_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert str(round_money(Decimal(amount), currency)) == expected
    assert round_fraction(Fraction(Decimal(amount)), minor_units(currency)) == Decimal(expected)


def test_floor_drops_what_is_finer_than_the_minor_unit() -> None:
    assert floor_money(Decimal("9.999"), "USD") == Decimal("9.99")


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "NaN",
        "Infinity",
        "-inf",
        "",
        " ",
        "1,000",
        "1 000",
        "٣",
        "0x1",
        "1.",
        ".5",
        "1" * 19,
        "9" * 10_000,
        "0." + "1" * 21,
    ],
)
def test_only_plain_decimals_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        parse_decimal(text)


def test_plain_never_writes_an_exponent() -> None:
    assert [plain(Decimal(x)) for x in ("1E+3", "0.0250", "-0", "50000", "1E-7")] == [
        "1000",
        "0.025",
        "0",
        "50000",
        "0.0000001",
    ]


@pytest.mark.parametrize(
    ("units", "weights", "keys", "expected"),
    [
        (10_000, [1, 1, 1], ["a", "b", "c"], [3334, 3333, 3333]),
        (10_000, [1, 1, 1], ["9", "10", "11"], [3333, 3334, 3333]),
        (5, [Decimal("1.5"), Decimal("-0.5")], ["1", "2"], [8, -3]),
        (-5, [Decimal("1.5"), Decimal("-0.5")], ["1", "2"], [-8, 3]),
        (5, [1, -1], ["a", "b"], [3, 2]),
        (2, [0, 0, 0], ["c", "b", "a"], [0, 1, 1]),
        (3, [-1, -2], ["a", "b"], [1, 2]),
        (0, [], [], []),
    ],
)
def test_allocation(units: int, weights: list[Decimal | int], keys: list[str], expected: list[int]) -> None:
    assert allocate(units, weights, keys) == expected


def test_nothing_to_allocate_to_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        allocate(1, [], [])


@given(st.integers(-(10**12), 10**12), st.lists(st.decimals(-1000, 1000, places=6), min_size=1, max_size=30))
def test_parts_add_up_and_are_near_their_share(units: int, weights: list[Decimal]) -> None:
    parts = allocate(units, weights, [str(i) for i in range(len(weights))])
    assert sum(parts) == units
    total = sum(map(Fraction, weights))
    if total:
        assert all(
            abs(part - units * Fraction(weight) / total) < 1 for part, weight in zip(parts, weights, strict=True)
        )


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 50), st.text(max_size=4)), min_size=1, max_size=20, unique_by=lambda x: x[1]),
    st.randoms(),
)
def test_order_of_the_parts_changes_nothing(units: int, weighted: list[tuple[int, str]], random) -> None:  # type: ignore[no-untyped-def]
    def split(items: list[tuple[int, str]]) -> dict[str, int]:
        return dict(
            zip(
                [key for _, key in items],
                allocate(units, [w for w, _ in items], [key for _, key in items]),
                strict=True,
            )
        )

    shuffled = weighted[:]
    random.shuffle(shuffled)
    assert split(weighted) == split(shuffled)


def test_money_does_not_mix_currencies() -> None:
    assert Money(Decimal("1.10"), "USD") + Money(Decimal("2.05"), "USD") == Money(Decimal("3.15"), "USD")
    with pytest.raises(ValueError, match="do not mix"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


def test_money_splits_to_the_cent() -> None:
    assert [str(part.amount) for part in Money(Decimal("100.00"), "USD").split([1, 1, 1], "abc")] == [
        "33.34",
        "33.33",
        "33.33",
    ]
