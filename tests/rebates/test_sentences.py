"""The contract sentence of every calculation, word for word, in English and Chinese."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.engine.phrases import calculation_phrases
from rebates.engine.program import Program, parse_program
from rebates.engine.sentence import LANGUAGES, condition_phrase, qualifier_phrases, sentence
from rebates.engine.words import Words
from tests.rebates.adversarial_programs import ProgramMaker
from tests.rebates.documents import documents

FOUR = ("marginal", "retroactive", "rolling", "total")
BANDS = [{"from": "0", "rate": "0.1"}, {"from": "1000", "rate": "0.25"}]
FROM_500 = [{"from": "500", "rate": "0.1"}, {"from": "1000", "rate": "0.2"}, {"from": "5000", "rate": "0.25"}]
GROWN = [{"from": "0.05", "rate": "0.02"}, {"from": "0.1", "rate": "0.03"}]
AMOUNTS = [{"from": "0", "amount": "1"}, {"from": "100", "amount": "2.5"}]
ATTAINED = [{"from": "0.8", "rate": "0.02"}, {"from": "1", "rate": "0.03"}]
MARKS = [{"from": "1000", "amount": "100"}, {"from": "2000", "amount": "300"}]
PAID_IN_30 = {"field": "sale.days_to_pay", "op": "lte", "value": "30"}
PAID_IN_60 = {"field": "sale.days_to_pay", "op": "between", "value": ["31", "60"]}
CURVE = [
    {"attainment": "0.8", "factor": "0.5"}, {"attainment": "1", "factor": "1"}, {"attainment": "1.2", "factor": "1.5"},
]  # fmt: skip


def program(calculation: dict[str, Any], **more: Any) -> Program:
    return parse_program({"code": "P", "currency": "USD", "period": "quarter", "calculation": calculation} | more)


def paid(found: Program, language: str) -> str:
    """What the calculation pays, without what counts, where that is always the same."""
    words = LANGUAGES[language]
    said = calculation_phrases(found, words)
    return words.space.join(said if found.calculation.type in ("new_customer", "spiff") else said[1:]).strip()


PAID = [
    pytest.param(
        {"type": "marginal", "bands": BANDS},
        "You earn 10% of the part up to USD 1,000, 25% of the part above USD 1,000.",
        "分段计算：USD 1,000 以内的部分返 10%，超过 USD 1,000 的部分返 25%。",
        id="marginal",
    ),
    pytest.param(
        {"type": "retroactive", "bands": FROM_500},
        (
            "The total decides the rate for all of it: nothing below USD 500, 10% from USD 500, 20% from USD 1,000, "
            "25% from USD 5,000."
        ),
        (
            "按总额达到的档位，对全部总额适用同一标准：不满 USD 500 不计返利，达到 USD 500 返 10%，达到 USD 1,000 返 2"
            "0%，达到 USD 5,000 返 25%。"
        ),
        id="retroactive-from-500",
    ),
    pytest.param(
        {"type": "rolling", "bands": BANDS},
        (
            "Every band that the total reaches pays its rate on the total counted up to the end of that band, and "
            "these amounts are added up: 10% of the total up to USD 1,000; once USD 1,000 is reached, 25% of the "
            "whole total."
        ),
        (
            "滚动计算：总额达到的每一档，均按该档标准对截至该档上限的总额计返，各档相加：总额中 USD 1,000 以内的部分返"
            " 10%；达到 USD 1,000 后，全部总额再返 25%。"
        ),
        id="rolling",
    ),
    pytest.param(
        {"type": "rolling", "bands": FROM_500},
        (
            "Every band that the total reaches pays its rate on the total counted up to the end of that band, and "
            "these amounts are added up: once USD 500 is reached, 10% of the total up to USD 1,000; once USD 1,000 is "
            "reached, 20% of the total up to USD 5,000; once USD 5,000 is reached, 25% of the whole total."
        ),
        (
            "滚动计算：总额达到的每一档，均按该档标准对截至该档上限的总额计返，各档相加：达到 USD 500 后，总额中 USD 1"
            ",000 以内的部分再返 10%；达到 USD 1,000 后，总额中 USD 5,000 以内的部分再返 20%；达到 USD 5,000 后，全部"
            "总额再返 25%。"
        ),
        id="rolling-from-500",
    ),
    pytest.param(
        {"type": "total", "bands": BANDS},
        (
            "The rates of all bands that the total reaches are added up and paid on the whole total: 10% from the "
            "first sale on, a further 25% from USD 1,000 on."
        ),
        (
            "总计计算：总额达到的各档标准相加，按合计标准对全部总额计返：自第一笔销售起返 10%，达到 USD 1,000 起再返 2"
            "5%。"
        ),
        id="total",
    ),
    pytest.param(
        {"type": "total", "bands": FROM_500},
        (
            "The rates of all bands that the total reaches are added up and paid on the whole total: 10% from USD 500 "
            "on, a further 20% from USD 1,000 on, a further 25% from USD 5,000 on."
        ),
        (
            "总计计算：总额达到的各档标准相加，按合计标准对全部总额计返：达到 USD 500 起返 10%，达到 USD 1,000 起再返 "
            "20%，达到 USD 5,000 起再返 25%。"
        ),
        id="total-from-500",
    ),
    pytest.param(
        {"type": "per_unit", "mode": "marginal", "bands": AMOUNTS},
        "You earn USD 1 per unit of the part up to 100, USD 2.5 per unit of the part above 100.",
        "分段计算：100 以内的部分每件返 USD 1，超过 100 的部分每件返 USD 2.5。",
        id="per-unit-marginal",
    ),
    pytest.param(
        {"type": "per_unit", "mode": "retroactive", "bands": AMOUNTS},
        "The total decides the rate for all of it: USD 1 per unit below 100, USD 2.5 per unit from 100.",
        "按总额达到的档位，对全部总额适用同一标准：不满 100 每件返 USD 1，达到 100 每件返 USD 2.5。",
        id="per-unit-retroactive",
    ),
    pytest.param(
        {"type": "milestone", "bands": MARKS},
        (
            "You earn one fixed amount, that of the highest mark the total reaches: nothing below USD 1,000, USD 100 "
            "at USD 1,000, USD 300 at USD 2,000."
        ),
        (
            "达标奖励为固定金额，只按总额达到的最高一档发放：不满 USD 1,000 不计返利，达到 USD 1,000 奖 USD 100，达到 "
            "USD 2,000 奖 USD 300。"
        ),
        id="milestone-highest",
    ),
    pytest.param(
        {"type": "milestone", "cumulative": True, "bands": AMOUNTS},
        (
            "You earn a fixed amount for every mark the total reaches, added up: USD 1 for any total above 0, USD 2.5 "
            "at USD 100."
        ),
        "达标奖励为固定金额，总额达到的每一档均发放，各档相加：有销售即奖 USD 1，达到 USD 100 奖 USD 2.5。",
        id="milestone-cumulative",
    ),
    pytest.param(
        {"type": "line_rate", "rates": [{"when": PAID_IN_30, "rate": "0.03"}, {"when": PAID_IN_60, "rate": "0.02"}]},
        (
            "Every line is paid at the rate of the first of these that it meets: 3% where the number of days to pay "
            "is at most 30; 2% where the number of days to pay is between 31 and 60. A line that meets none of them "
            "earns nothing."
        ),
        (
            "逐行计算：每行销售按其最先符合的一条计返：回款天数不超过 30：返 3%；回款天数在 31 与 60 之间（含两端）："
            "返 2%。均不符合的行不计返利。"
        ),
        id="line-rate",
    ),
    pytest.param(
        {"type": "line_rate", "rates": [{"when": PAID_IN_30, "rate": "0.03"}, {"when": {}, "rate": "0.01"}]},
        (
            "Every line is paid at the rate of the first of these that it meets: 3% where the number of days to pay "
            "is at most 30; 1% for every other line."
        ),
        "逐行计算：每行销售按其最先符合的一条计返：回款天数不超过 30：返 3%；其余各行：返 1%。",
        id="line-rate-with-rest",
    ),
    pytest.param(
        {"type": "growth", "baseline": "same_period_last_year", "bands": GROWN},
        (
            "How much the total has grown over the same period of the previous fiscal year decides the rate, and it "
            "is paid on the whole total, not only on the growth: nothing below 5% growth, 2% from 5% growth, 3% from "
            "10% growth. Nothing is paid where there is no total above 0 in the earlier period."
        ),
        (
            "按总额较上一财年同期的增长率定档，并对本期全部总额（而非仅增长部分）计返：增长不足 5% 不计返利，增长达到 "
            "5% 返 2%，增长达到 10% 返 3%。基期没有大于零的总额时，不计返利。"
        ),
        id="growth-on-all",
    ),
    pytest.param(
        {
            "type": "growth", "baseline": "previous_period", "bands": [{"from": "0", "rate": "0.01"}, *GROWN],
            "pay_on": "excess", "without_baseline": "first_band",
        },
        (
            "How much the total has grown over the period directly before decides the rate, and it is paid only on "
            "the amount by which the total exceeds that of the earlier period: 1% when the total is at least that of "
            "the earlier period, 2% from 5% growth, 3% from 10% growth. Where there is no total above 0 in the "
            "earlier period, the first rate is paid on the whole total: 1%."
        ),
        (
            "按总额较上一期间的增长率定档，但仅对本期总额超出上一期间总额的部分计返：不低于基期总额返 1%，增长达到 5% "
            "返 2%，增长达到 10% 返 3%。基期没有大于零的总额时，对全部总额按第一档计返：返 1%。"
        ),
        id="growth-on-excess",
    ),
    pytest.param(
        {"type": "target", "bands": ATTAINED},
        (
            "The share of your target that the total attains decides the rate, and it is paid on the whole total: "
            "nothing below 80% of the target, 2% from 80% of the target, 3% from 100% of the target. Nothing is paid "
            "where no target is set."
        ),
        (
            "按总额的目标达成率定档，对全部总额计返：达成率不足 80% 不计返利，达成率达到 80% 返 2%，达成率达到 100% 返"
            " 3%。未设定目标的，不计返利。"
        ),
        id="target-bands",
    ),
    pytest.param(
        {"type": "target", "rate": "0.03", "curve": CURVE, "pay_on": "excess"},
        (
            "The rate of 3% is multiplied by a factor for the share of your target that the total attains, and is "
            "paid only on the amount by which the total exceeds the target. The factor is 0 below 80%, 0.5 at 80%, 1 "
            "at 100%, 1.5 from 120% on; in between it changes evenly. Nothing is paid where no target is set."
        ),
        (
            "基准返利（返 3%）乘以目标达成率对应的系数，仅对总额超出目标的部分计返。系数：达成率不足 80% 为 0，80% 时"
            "为 0.5，100% 时为 1，120% 及以上为 1.5，两点之间按直线变化。未设定目标的，不计返利。"
        ),
        id="target-curve",
    ),
    pytest.param(
        {"type": "new_customer", "amount": "500", "min_first_order": "2000"},
        (
            "Each quarter you earn a reward in USD for new end customers among all your sales. A customer is new when "
            "no partner has sold to it before; it belongs to the partner of its first sale. You earn USD 500 once for "
            "each new customer, in the period of its first order. It is earned only when the first order comes to at "
            "least USD 2,000."
        ),
        (
            "每季度就您的全部销售中新开发的最终客户向您计发奖励，币种为 USD。此前没有任何合作伙伴向其销售过的最终客户"
            "为新客户，归属于首笔销售的合作伙伴。每开发一个新客户一次性奖励 USD 500，计入其首单所属期间。首单须不低于 "
            "USD 2,000 方可计发。"
        ),
        id="new-customer-amount",
    ),
    pytest.param(
        {"type": "new_customer", "rate": "0.05", "window_days": "90", "cap_per_customer": "1000"},
        (
            "Each quarter you earn a reward in USD for new end customers among all your sales. A customer is new when "
            "no partner has sold to it before; it belongs to the partner of its first sale. You earn 5% of the net "
            "amount of what each new customer buys in the 90 days that begin with its first order. It is at most USD "
            "1,000 for one customer."
        ),
        (
            "每季度就您的全部销售中新开发的最终客户向您计发奖励，币种为 USD。此前没有任何合作伙伴向其销售过的最终客户"
            "为新客户，归属于首笔销售的合作伙伴。自首单之日起 90 天内，按每个新客户采购的净额返 5%。每个客户最高 USD 1"
            ",000。"
        ),
        id="new-customer-rate",
    ),
    pytest.param(
        {"type": "spiff", "amount": "20"},
        (
            "Each quarter, for every unit in all your sales, USD 20 is owed to the person named on the sale line as "
            "the seller, not to your company."
        ),
        "每季度就您的全部销售计发销售人员奖励：每售出一件 USD 20，归销售明细所载销售人员本人，不归贵公司。",
        id="spiff",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("calculation", "english", "chinese"), PAID)
def test_what_each_calculation_pays(calculation: dict[str, Any], english: str, chinese: str) -> None:
    found = program(calculation)
    assert paid(found, "en") == english
    assert paid(found, "zh-hans") == chinese


def test_four_readings_of_the_same_bands_are_four_texts() -> None:
    for language in LANGUAGES:
        texts = {paid(program({"type": kind, "bands": BANDS}), language) for kind in FOUR}
        assert len(texts) == 4


EVERYTHING: dict[str, Any] = {
    "scope": {"field": "partner.tier", "op": "eq", "value": "gold"},
    "qualifiers": [
        {"type": "min_measure", "value": "10000"},
        {"type": "mix", "scope": {"field": "product.line", "op": "eq", "value": "Road"}, "min_share": "0.3"},
        {"type": "distinct", "field": "product.line", "min": "3"},
        {"type": "tier", "in": ["gold", "platinum"]},
        {"type": "certified_people", "min": "2", "certification": "Sales"},
        {"type": "certified_people", "min": "2"},
        {"type": "agreement_signed"},
        {"type": "no_overdue"},
    ],
    "cap": {"per_period": "5000", "program_total": "250000"},
    "minimum_payout": {"amount": "50"},
    "stacking": {"group": "base", "rule": "priority", "priority": 10},
    "accumulate": "year_to_date",
    "returns": "at_sale_rate",
    "payout": {"form": "free_goods"},
}


def test_everything_a_program_can_ask_and_limit() -> None:
    found = program({"type": "marginal", "bands": BANDS}, **EVERYTHING)
    assert sentence(found, "en") == (
        "Each quarter you earn a rebate in USD on the net amount of your sales where the partner tier is “gold”. You "
        "earn 10% of the part up to USD 1,000, 25% of the part above USD 1,000. It is paid only if all of this holds: "
        "the total is at least USD 10,000; at least 30% of the total comes from sales where the product line is "
        "“Road”; sales cover at least 3 different values of the product line; your tier on the last day of the period "
        "is “gold” or “platinum”; at least 2 of your people hold the certification “Sales”; at least 2 of your people "
        "hold a valid certification; your agreement is signed; you have no overdue invoice. Otherwise the period pays "
        "nothing. The fiscal year counts as a whole: each period the rebate is worked out on the year so far, and "
        "what its earlier periods have earned already is deducted. At most USD 5,000 is paid for one period. All "
        "partners together are paid at most USD 250,000 over the life of the program: what is settled first is served "
        "first, and what is left is shared in proportion. An amount below USD 50 is not paid out but carried over to "
        "the next period. A sale that meets several programs of the group “base” counts only in the one with the "
        "lowest number; this one has the number 10. The tier on the day of sale counts. Sales in other currencies are "
        "converted to USD at the rate of the day of sale. For returns, what the original sale earned is taken back in "
        "the period of the return. The rebate is paid as free goods."
    )
    assert sentence(found, "zh-hans") == (
        "每季度按您符合以下条件的销售（合作伙伴等级为“gold”）的净额向您计发返利，币种为 USD。分段计算：USD 1,000 以内"
        "的部分返 10%，超过 USD 1,000 的部分返 25%。须同时满足以下条件方可发放：总额不低于 USD 10,000；总额中至少 30% "
        "来自符合以下条件的销售（产品线为“Road”）；有销售的产品线不少于 3 个；期末最后一日的等级为“gold”或“platinum”；"
        "至少 2 名人员持有认证“Sales”；至少 2 名人员持有有效认证；协议已签署；无逾期账款。否则当期不予发放。按财年累计"
        "计算：每期先按财年年初至本期末的累计数计算返利，再减去本财年此前各期已计的返利。每期最高 USD 5,000。本政策全"
        "部合作伙伴合计最高 USD 250,000：先结算先得，余额不足时按比例分配。不足 USD 50 的，当期不发放，结转至下一期。"
        "同时符合“base”组多项政策的销售，只计入序号最小的一项；本政策序号为 10。合作伙伴等级以销售当日为准。其他币种的"
        "销售按销售当日汇率折算为 USD。退货时，在退货期间扣回原销售已获得的返利。返利以货物（货返）支付。"
    )


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        ({"minimum_payout": {"amount": "50", "otherwise": "forfeit"}},
         "An amount below USD 50 is not paid out and lapses.", "不足 USD 50 的，不予发放，也不结转。"),
        ({"stacking": {"group": "base", "rule": "best"}},
         "Of the programs of the group “base”, only the one that pays you most in a period is paid.",
         "“base”组的各项政策中，每期只发放对您金额最高的一项。"),
        ({"stacking": {"group": "base"}},
         "It is paid beside the other programs of the group “base”.", "与“base”组的其他政策可叠加发放。"),
        ({"qualifiers": [{"type": "no_overdue"}]},
         "It is paid only if you have no overdue invoice; otherwise the period pays nothing.",
         "须满足以下条件方可发放：无逾期账款；否则当期不予发放。"),
        ({"returns": "forward"}, "Returns count in the period in which they are made.", "退货计入退货发生的期间。"),
    ],
)  # fmt: skip
def test_single_rules(change: dict[str, Any], english: str, chinese: str) -> None:
    found = program({"type": "marginal", "bands": BANDS}, **change)
    assert english in sentence(found, "en")
    assert chinese in sentence(found, "zh-hans")


def test_a_year_of_targets_says_that_targets_are_added_up() -> None:
    found = program({"type": "target", "bands": ATTAINED}, accumulate="year_to_date")
    assert "The targets of these periods are added up, too." in sentence(found, "en")
    assert "各期目标同样累计。" in sentence(found, "zh-hans")


def test_quantities_are_paid_by_the_unit() -> None:
    found = program({"type": "new_customer", "rate": "3", "window_days": "30"}, measure="quantity")
    assert paid(found, "en").endswith(
        "You earn USD 3 for each unit that a new customer buys in the 30 days that begin with its first order."
    )
    assert paid(found, "zh-hans").endswith("自首单之日起 30 天内，按每个新客户采购的数量每件奖励 USD 3。")


def test_both_languages_have_the_same_phrases() -> None:
    english, chinese = LANGUAGES["en"], LANGUAGES["zh-hans"]
    for name in Words.__slots__:
        one, other = getattr(english, name), getattr(chinese, name)
        if isinstance(one, dict):
            assert one.keys() == other.keys(), name


@given(documents(), st.sampled_from(["en", "zh-hans"]))
def test_every_program_has_a_sentence(document: dict[str, Any], language: str) -> None:
    found = parse_program(document)
    text = sentence(found, language)
    assert found.currency in text
    assert not {"{", "}", "None"} & set(text.split()), text
    assert "{" not in text
    assert condition_phrase(found.scope, language) in text
    assert all(phrase in text for phrase in qualifier_phrases(found, language))


@given(st.randoms(use_true_random=True), st.sampled_from(["en", "zh-hans"]))
def test_difficult_programs_have_sentences_too(random: Random, language: str) -> None:
    for document in ProgramMaker(random, ("2026-01-01", "2026-06-30")).programs():
        found = parse_program(document)
        text = sentence(found, language)
        assert found.currency in text
        assert "{" not in text
