"""Schemes as documents: every fault with its place, what no one can reach, what is said of it in both languages."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.metrics import WindowKind, WindowSpec, metric
from partners.tiers.assess import assess, changed
from partners.tiers.reach import check_reachable
from partners.tiers.reading import scheme_read
from partners.tiers.saying import changes_said, missing_sentence, rules_sentences, tier_sentence
from partners.tiers.scheme import Criterion, Key, Scheme, Tier, Words
from prm.errors import Invalid
from tests.partners.ladder import SILVER, document, more, tier

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def faults(definition: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        check_reachable(scheme_read(definition))
    return {path: " ".join(map(str, texts)) for path, texts in refused.value.fields.items()}


def test_a_document_comes_back_as_it_was() -> None:
    benefits = [{"kind": "discount", "text": {"en": "5 % off", "zh-hans": "九五折"}, "value": "5"}]
    written = document(
        tier("silver", more("revenue", "100.5"), more("orders", "3", points=40), pass_mark=30, benefits=benefits),
        keep_until="2026-12-31",
    )
    scheme = scheme_read(written)
    assert scheme_read(scheme.to_json()) == scheme
    assert scheme.fingerprint() == scheme_read(scheme.to_json()).fingerprint()
    assert (scheme.rank("silver"), scheme.rank("gold"), scheme.rank("")) == (1, 0, 0)


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ([], "$"),
        ({"tiers": []}, "$.tiers"),
        ({"tiers": [SILVER], "wrong": 1}, "$.wrong"),
        (document(SILVER | {"code": ""}), "$.tiers[0].code"),
        (document(SILVER, SILVER), "$.tiers[1].code"),
        (document(SILVER | {"name": {"en": "", "zh-hans": ""}}), "$.tiers[0].name"),
        (document(tier("a", more("nonsense", "1"))), "$.tiers[0].criteria[0].metric"),
        (document(tier("a", more("revenue", "x"))), "$.tiers[0].criteria[0].at_least"),
        (document(tier("a", more("revenue", ""))), "$.tiers[0].criteria[0].at_least"),
        (document(tier("a", more("revenue", "1", length=0))), "$.tiers[0].criteria[0].length"),
        (document(tier("a", more("revenue", "1", window="soon"))), "$.tiers[0].criteria[0].window"),
        (document(tier("a", more("revenue", "1"), more("revenue", "2"))), "$.tiers[0].criteria[1]"),
        (document(SILVER, grace_days=-1), "$.rules.grace_days"),
        (document(SILVER, warnings=[]), "$.rules.warnings"),
        (document(SILVER, warnings=[60], risk_days=10, grace_days=20), "$.rules.warnings"),
        (document(SILVER, upgrade="never"), "$.rules.upgrade"),
        (document(SILVER, keep_until="soon"), "$.rules.keep_until"),
    ],
)
def test_faults_have_their_place(definition: object, path: str) -> None:
    assert path in faults(definition)


@pytest.mark.parametrize(
    ("definition", "path", "reason"),
    [
        (document(tier("a", more("revenue", "5", at_most="4"))), "$.tiers[0].criteria[0].at_least", "Nobody"),
        (document(tier("a", more("return_rate", "1.5"))), "$.tiers[0].criteria[0].at_least", "never above 100%"),
        (document(tier("a", more("orders", "", at_most="-1"))), "$.tiers[0].criteria[0].at_most", "never below 0"),
        (document(tier("a", more("orders", "5", points=40), pass_mark=60)), "$.tiers[0].pass_mark", "are 40"),
        (document(tier("a", more("orders", "5", points=40))), "$.tiers[0].pass_mark", "without a pass mark"),
        (document(SILVER, tier("gold", more("revenue", "99"))), "$.tiers[1].criteria[0].at_least", "easier than for"),
        (document(SILVER, tier("gold", more("orders", "9"))), "$.tiers[1].criteria", "does not ask for it"),
        (
            document(tier("a", more("orders", "9"), more("orders", "", length=24, at_most="5"))),
            "$.tiers[0].criteria[0].at_least", "longer window",
        ),
    ],
)  # fmt: skip
def test_what_no_one_can_reach_is_refused_with_the_reason(definition: object, path: str, reason: str) -> None:
    assert reason in faults(definition)[path]


def test_a_scheme_in_words() -> None:
    scheme = scheme_read(document(SILVER, tier("gold", more("revenue", "1000"), more("orders", "9", points=50),
                                               more("product_lines", "2", points=50), pass_mark=50)))  # fmt: skip
    assert tier_sentence(scheme.tiers[0], "CNY") == (
        "Silver asks for Revenue over the last 12 months: at least ¥100.00."
    )
    assert tier_sentence(scheme.tiers[1], "CNY") == (
        "Gold asks for Revenue over the last 12 months: at least ¥1,000.00; and for 50 points of: Orders over the last "
        "12 months: at least 9 (50 points); Product lines sold over the last 12 months: at least 2 (50 points)."
    )
    assert len(rules_sentences(scheme.rules)) == 3
    result = assess(scheme, {key: D(300) if key.metric == "revenue" else D(0) for key in scheme.figures()}).of(2)
    assert missing_sentence(result, "CNY") == (
        "Missing for Gold: ¥700.00 more of Revenue; 9 more of Orders; 2 more of Product lines sold."
    )
    with translation.override("zh-hans"):
        said = tier_sentence(scheme.tiers[0], "CNY")
        assert "asks for" not in said
        assert "¥100.00" in said


def test_more_orders_and_people_are_added_growth_is_replaced() -> None:
    year = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
    values = {Key("orders", year): D(3), Key("revenue_growth", year): D("0.1"), Key("deals_registered", year): None}
    found = changed(values, {"orders": D(-5), "revenue_growth": D("0.3"), "deals_registered": D(2)})
    assert list(found.values()) == [D(0), D("0.3"), D(2)]


# Properties

UP = ["revenue", "orders", "new_customers", "product_lines", "deals_registered"]
YEAR = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
numbers = st.decimals(min_value=0, max_value=1000, places=2)
values_by_key = st.fixed_dictionaries({Key(code, YEAR): st.none() | numbers for code in UP})


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Any ladder, harder to climb or not: what holds of evaluations holds of all of them."""
    tiers = []
    for number in range(draw(st.integers(1, 4))):
        codes = draw(st.lists(st.sampled_from(UP), unique=True, max_size=5))
        criteria = tuple(
            Criterion(Key(code, YEAR), draw(numbers), None, draw(st.integers(0, 50))) for code in codes
        )  # fmt: skip
        most = sum(one.points for one in criteria)
        tiers.append(Tier(f"t{number}", Words(f"T{number}", ""), criteria, draw(st.integers(0, most))))
    return Scheme(tuple(tiers))


@UNHURRIED
@given(schemes(), values_by_key, st.sampled_from(UP), numbers)
def test_more_of_what_is_better_never_lowers_the_tier(scheme: Scheme, values: dict, code: str, extra: D) -> None:
    assert metric(code).better == "up"
    assert assess(scheme, changed(values, {code: extra})).rank >= assess(scheme, values).rank


@UNHURRIED
@given(schemes(), values_by_key, st.randoms())
def test_the_order_of_criteria_and_values_does_not_matter(scheme: Scheme, values: dict, random) -> None:
    def shuffled(items):
        found = list(items)
        random.shuffle(found)
        return found

    mixed = Scheme(
        tuple(Tier(one.code, one.name, tuple(shuffled(one.criteria)), one.pass_mark) for one in scheme.tiers)
    )
    again = assess(mixed, dict(shuffled(values.items())))
    assert (again.rank, again.code) == (assess(scheme, values).rank, assess(scheme, values).code)


@UNHURRIED
@given(schemes(), values_by_key)
def test_what_is_missing_is_what_it_takes(scheme: Scheme, values: dict) -> None:
    """Adding what each open criterion says is missing reaches every tier whose figures are known."""
    for result in assess(scheme, values).results:
        filled = dict(values)
        for check in result.checks:
            filled[check.criterion.key] = (check.value or D(0)) + (check.missing or D(0))
        if all(check.value is not None for check in result.checks):
            reached = assess(scheme, filled).of(result.rank)
            assert reached is not None
            assert reached.is_reached
            assert all(0 <= check.share <= 1 for check in result.checks)


def test_what_somebody_thinks_of_in_words() -> None:
    changes = {"certified_people": D(2), "revenue": D(300000), "satisfaction": D("7.5")}
    said = "2 more certified people, ¥300,000.00 more revenue and customer satisfaction of 7.5"
    assert changes_said(changes, "CNY") == said
    assert changes_said({"revenue": D(-5)}, "CNY") == "¥5.00 less revenue"
    with translation.override("zh-hans"):
        assert changes_said(changes, "CNY") == "认证人员增加 2、销售额增加 ¥300,000.00、客户满意度达到 7.5"
