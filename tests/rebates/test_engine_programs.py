# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""Program documents: canonical round trip, every fault at its path, garbage never a crash; sentences in both
languages.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from rebates.engine.program import Program, parse_programs
from rebates.engine.reading import Fault
from rebates.engine.sentence import condition_phrase, sentence
from rebates.faults import _MESSAGES, fault_line, fault_message
from tests.rebates.random_vendors import programs

MINIMAL: dict[str, Any] = {
    "code": "P", "currency": "USD", "period": "quarter",
    "calculation": {"type": "marginal", "bands": [{"rate": "0.02"}, {"from": 50000, "rate": 0.04}]},
}  # fmt: skip


def with_(**changes: Any) -> list[dict[str, Any]]:
    return [MINIMAL | changes]


def test_defaults_are_filled_in() -> None:
    [found] = parse_programs([MINIMAL])
    assert found.to_json() == {
        "code": "P", "name": {}, "currency": "USD", "period": "quarter", "valid_from": None, "valid_to": None, "scope": {},
        "measure": "net_amount", "qualifiers": [], "cap": None, "minimum_payout": None,
        "calculation": {"type": "marginal", "bands": [{"from": "0", "rate": "0.02"}, {"from": "50000", "rate": "0.04"}]},
        "stacking": {"group": "P", "rule": "stack", "priority": 0}, "returns": "restate", "accumulate": "period",
        "partner_as_of": "sale", "payout": {"form": "cash"},
    }  # fmt: skip


@given(programs())
def test_documents_round_trip(found: list[Program]) -> None:
    text = json.dumps([program.to_json() for program in found])
    assert parse_programs(text) == found
    assert parse_programs(json.loads(text)) == found


BAND = {"type": "retroactive", "bands": [{"from": "1", "rate": "0.1"}]}


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        ({}, "$", "expected"),
        ([3], "$[0]", "expected"),
        ([MINIMAL, MINIMAL], "$[1].code", "duplicate_code"),
        ([{}], "$[0].code", "missing_key"),
        ([{k: v for k, v in MINIMAL.items() if k != "calculation"}], "$[0].calculation", "missing_key"),
        (with_(codes=1), "$[0].codes", "unknown_key"),
        (with_(**{"a b": 1}), '$[0]["a b"]', "unknown_key"),
        (with_(code=" P"), "$[0].code", "bad_text"),
        (with_(code=""), "$[0].code", "empty_text"),
        (with_(code=7), "$[0].code", "expected"),
        (with_(currency="EURO"), "$[0].currency", "unknown_currency"),
        (with_(currency="XAU"), "$[0].currency", "unknown_currency"),
        (with_(period="week"), "$[0].period", "unknown_value"),
        (with_(period=None), "$[0].period", "expected"),
        (with_(name={"fr": "x"}), "$[0].name.fr", "unknown_key"),
        (with_(name="x"), "$[0].name", "expected"),
        (with_(valid_from="2024-02-30"), "$[0].valid_from", "not_a_date"),
        (with_(valid_from="20240201"), "$[0].valid_from", "not_a_date"),
        (with_(valid_from="2024-02-02", valid_to="2024-02-01"), "$[0].valid_to", "ends_before_it_starts"),
        (with_(scope=None), "$[0].scope", "expected"),
        (with_(scope={"all": {}}), "$[0].scope.all", "expected"),
        (with_(scope={"all": [], "any": []}), "$[0].scope.any", "unknown_key"),
        (with_(scope={"all": [{"field": "product.color", "op": "eq", "value": "x"}]}), "$[0].scope.all[0].field", "unknown_field"),
        (with_(scope={"any": [{}, {"not": {"field": "product.line", "op": "like", "value": "x"}}]}), "$[0].scope.any[1].not.op", "unknown_op"),
        (with_(scope={"field": "product.line", "op": "gt", "value": "x"}), "$[0].scope.op", "op_not_for_field"),
        (with_(scope={"field": "partner.tags", "op": "eq", "value": "x"}), "$[0].scope.op", "op_not_for_field"),
        (with_(scope={"field": "product.line", "op": "eq", "value": 3}), "$[0].scope.value", "expected"),
        (with_(scope={"field": "product.line", "op": "in", "value": []}), "$[0].scope.value", "too_few"),
        (with_(scope={"field": "product.line", "op": "in", "value": ["a", 3]}), "$[0].scope.value[1]", "expected"),
        (with_(scope={"field": "sale.quantity", "op": "between", "value": [3, 2]}), "$[0].scope.value", "low_above_high"),
        (with_(scope={"field": "sale.quantity", "op": "between", "value": [3]}), "$[0].scope.value", "expected"),
        (with_(scope={"field": "sale.quantity", "op": "eq", "value": "1e3"}), "$[0].scope.value", "not_a_plain_number"),
        (with_(scope={"field": "sale.quantity", "op": "eq", "value": float("nan")}), "$[0].scope.value", "not_a_plain_number"),
        (with_(scope={"field": "product.line", "op": "is_null", "value": "true"}), "$[0].scope.value", "expected"),
        (with_(scope={"field": "sale.attr.", "op": "eq", "value": "x"}), "$[0].scope.field", "unknown_field"),
        (with_(scope={"field": "product.line", "op": "eq"}), "$[0].scope.value", "missing_key"),
        (with_(scope={"field": "product.line", "op": "eq", "value": "\0"}), "$[0].scope.value", "bad_text"),
        (with_(measure="turnover"), "$[0].measure", "unknown_value"),
        (with_(calculation={"bands": []}), "$[0].calculation.type", "missing_key"),
        (with_(calculation={"type": "magic"}), "$[0].calculation.type", "unknown_value"),
        (with_(calculation={"type": "marginal"}), "$[0].calculation.bands", "missing_key"),
        (with_(calculation={"type": "marginal", "bands": []}), "$[0].calculation.bands", "too_few"),
        (with_(calculation=BAND | {"mode": "x"}), "$[0].calculation.mode", "unknown_key"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": "-0.1"}]}), "$[0].calculation.bands[0].rate", "negative"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": 1}, {"rate": 2}]}), "$[0].calculation.bands[1].from", "missing_key"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": 1}, {"from": 0, "rate": 2}]}), "$[0].calculation.bands[1].from", "bands_not_sorted"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": True}]}), "$[0].calculation.bands[0].rate", "expected"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": "9" * 19}]}), "$[0].calculation.bands[0].rate", "not_a_plain_number"),
        (with_(calculation={"type": "marginal", "bands": [{"rate": 10**5000}]}), "$[0].calculation.bands[0].rate", "not_a_plain_number"),
        (with_(stacking={"rule": "sum"}), "$[0].stacking.rule", "unknown_value"),
        (with_(stacking={"priority": "1.5"}), "$[0].stacking.priority", "expected"),
        (with_(stacking=None), "$[0].stacking", "expected"),
        (with_(returns="never"), "$[0].returns", "unknown_value"),
        (with_(payout={"form": "gold"}), "$[0].payout.form", "unknown_value"),
        (with_(payout={}), "$[0].payout.form", "missing_key"),
    ],
)  # fmt: skip
def test_every_fault_is_found_at_its_path(document: Any, path: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_programs(document)
    assert (caught.value.path, caught.value.code) == (path, code)
    assert fault_line(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("", "$", "not_json"), ("{", "$", "not_json"), (b"\xff\xfe", "$", "not_utf8"), ("[" * 100_000, "$", "too_deep"),
        ('[{"code": "A", "code": "B"}]', "$[0].code", "duplicate_key"),
        ('[{"scope": ' * 30 + "1" + "}]" * 30, "$[0].code", "missing_key"),
        ('[{"code": NaN}]', "$[0].currency", "missing_key"),
    ],
)  # fmt: skip
def test_text_that_is_no_document(text: str | bytes, path: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_programs(text)
    assert (caught.value.path, caught.value.code) == (path, code)


def test_conditions_nested_too_deeply_are_refused() -> None:
    scope: Any = {}
    for _ in range(60):
        scope = {"not": scope}
    with pytest.raises(Fault) as caught:
        parse_programs(with_(scope=scope))
    assert caught.value.code == "too_deep"


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse_programs(b"\xef\xbb\xbf" + json.dumps([MINIMAL]).encode())[0].code == "P"


WORDS = st.sampled_from(
    [*MINIMAL, "scope", "all", "any", "not", "field", "op", "value", "bands", "rate", "from", "type", "x", ""]
)
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["marginal", "USD", "in", "product.line", "1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


def fault_of(document: Any) -> Fault | None:
    """Parses, expecting a fault or a document that round-trips; anything else is a crash."""
    try:
        found = parse_programs(document)
    except Fault as fault:
        return fault
    assert parse_programs([program.to_json() for program in found]) == found
    return None


@given(GARBAGE, st.sampled_from([None, *MINIMAL, "scope", "stacking", "cap", "qualifiers", "name", "minimum_payout"]))
def test_garbage_is_refused_with_a_path_and_never_crashes(garbage: Any, key: str | None) -> None:
    fault = fault_of(garbage if key is None else [MINIMAL | {key: garbage}])
    assert fault is None or (fault.path.startswith("$") and fault_message(fault))


@given(st.text() | st.binary())
def test_any_text_is_a_fault_or_a_document(text: str | bytes) -> None:
    fault = fault_of(text)
    assert fault is None or (fault.path.startswith("$") and fault_message(fault))


def test_every_code_of_the_engine_has_a_text() -> None:
    codes = set()
    for path in (Path(__file__).parents[2] / "rebates" / "engine").rglob("*.py"):
        source = path.read_text()
        codes |= set(re.findall(r'\.fail\(\s*"(\w+)"', source))
        codes |= set(re.findall(r'Fault\([^,]+(?:\([^)]*\))?,\s*"(\w+)"', source))
    assert codes
    assert codes == set(_MESSAGES)


def test_a_fault_reads_in_english() -> None:
    with pytest.raises(Fault) as caught:
        parse_programs(with_(scope={"field": "partner.tags", "op": "eq", "value": "x"}))
    with translation.override("en"):
        assert fault_line(caught.value) == (
            "$[0].scope.op: This operator does not go with “partner.tags”. Possible: contains, is_null."
        )


ROAD = {
    "all": [
        {"field": "product.line", "op": "eq", "value": "Road"},
        {"any": [{"field": "partner.region", "op": "in", "value": ["Europe", "Asia", "Africa"]}, {"field": "partner.tier", "op": "eq", "value": "gold"}]},
    ]
}  # fmt: skip


def test_the_sentence_of_a_marginal_program() -> None:
    [found] = parse_programs(with_(scope=ROAD, valid_from="2012-07-01", payout={"form": "credit_note"}))
    assert sentence(found, "en") == (
        "Each quarter you earn a rebate in USD on the net amount of your sales where the product line is “Road” and (the partner "
        "region is “Europe”, “Asia” or “Africa” or the partner tier is “gold”). You earn 2% of the part up to USD 50,000, 4% of "
        "the part above USD 50,000. The tier on the day of sale counts. Sales in other currencies are converted to USD at the "
        "rate of the day of sale. Returns count in the period of the original sale. The rebate is paid as a credit note. Valid "
        "for sales from 1 July 2012 on."
    )
    assert sentence(found, "zh-hans") == (
        "每季度按您符合以下条件的销售（产品线为“Road”且（合作伙伴所在大区为“Europe”、“Asia”或“Africa”或合作伙伴等级为“gold”））的净额"
        "向您计发返利，币种为 USD。分段计算：USD 50,000 以内的部分返 2%，超过 USD 50,000 的部分返 4%。合作伙伴等级以销售当日为准。"
        "其他币种的销售按销售当日汇率折算为 USD。退货计入原销售所属期间。返利以贷项通知单（票折）支付。自 2012年7月1日起的销售适用。"
    )


def test_the_sentence_of_a_retroactive_program_by_unit() -> None:
    bands = [{"from": 10, "rate": "1.5"}, {"from": 100, "rate": 3}]
    [found] = parse_programs(
        with_(measure="quantity", period="year", returns="forward", calculation={"type": "retroactive", "bands": bands})
    )
    assert sentence(found, "en") == (
        "Each year you earn a rebate in USD on the quantity of all your sales. The total decides the rate for all of it: nothing "
        "below 10, USD 1.5 per unit from 10, USD 3 per unit from 100. Returns count in the period in which they are made. The "
        "rebate is paid in cash."
    )
    assert sentence(found, "zh-hans") == (
        "每年按您的全部销售的数量向您计发返利，币种为 USD。按总额达到的档位，对全部总额适用同一标准：不满 10 不计返利，"
        "达到 10 每件返 USD 1.5，达到 100 每件返 USD 3。退货计入退货发生的期间。返利以现金支付。"
    )


@given(programs(), st.sampled_from(["en", "zh-hans"]))
def test_every_program_has_a_sentence(found: list[Program], language: str) -> None:
    for program in found:
        text = sentence(program, language)
        assert program.currency in text
        assert "{" not in text
        assert "None" not in text
        assert condition_phrase(program.scope, language) in text
