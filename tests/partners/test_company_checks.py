"""What is said of a company's numbers, domain and names: pure, with exact values."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from partners.recruitment.checks import check_company, check_email, check_tax_id, check_website, domain_of, phone_of
from partners.recruitment.codes import code_made, pattern_clean
from partners.recruitment.defaults import DEFAULTS, definition_of
from partners.recruitment.fields import definition_clean, fields_of, steps_of
from partners.recruitment.names import core_key, name_key
from prm.errors import Invalid


@pytest.mark.parametrize(
    ("country", "number", "level", "value"),
    [
        ("CN", "91110000600037341L", "ok", "91110000600037341L"),
        ("CN", " 9111 0000-600037341l ", "ok", "91110000600037341L"),
        ("CN", "91110000600037341M", "bad", ""),
        ("CN", "9111000060003734", "bad", ""),
        ("CN", "9111000060003734IO", "bad", ""),
        ("DE", "DE 136 695 976", "ok", "DE136695976"),
        ("DE", "DE136695978", "bad", ""),
        ("GR", "EL 094259216", "ok", "EL094259216"),
        ("GB", "GB 980 7806 84", "ok", "980780684"),
        ("US", "12-3456789", "warn", "123456789"),
    ],
)
def test_tax_numbers(country: str, number: str, level: str, value: str) -> None:
    found = check_tax_id(country, number)
    assert (found.level, found.value) == (level, value)
    assert str(found.message)


def test_a_wrong_check_digit_is_told_apart_from_a_wrong_length() -> None:
    assert "check digit" in str(check_tax_id("CN", "91110000600037341M").message)
    assert "16" in str(check_tax_id("CN", "9111000060003734").message)


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("https://www.Example.com/path?q=1", "example.com"),
        ("sales@mail.example.co.uk", "mail.example.co.uk"),
        ("http://müller.de:8080", "xn--mller-kva.de"),
        ("www.申江数码.cn", "xn--fiqp53bvoot18i.cn"),
        ("192.168.0.1", ""),
        ("localhost", ""),
        ("exa mple", ""),
        ("-bad-.com", ""),
        ("", ""),
    ],
)
def test_domains(typed: str, domain: str) -> None:
    found = domain_of(typed)
    if domain.startswith("xn--fiqp"):
        assert found.startswith("xn--")
        assert found.endswith(".cn")
    else:
        assert found == domain


def test_a_public_mail_service_is_no_company_domain() -> None:
    assert check_website("qq.com").level == "bad"
    assert check_email("li@163.com", "example.cn").level == "warn"
    assert check_email("li@sales.example.cn", "https://example.cn").level == "ok"
    assert check_email("li@other.cn", "example.cn").level == "warn"


@pytest.mark.parametrize(
    ("typed", "country", "value"),
    [
        ("021-6234 5678", "CN", "862162345678"),
        ("+86 (21) 62345678", "DE", "862162345678"),
        ("0086 138 0013 8000", "CN", "8613800138000"),
        ("138 0013 8000", "CN", "8613800138000"),
        ("030 1234567", "DE", "49301234567"),
        ("12", "CN", ""),
    ],
)
def test_phones(typed: str, country: str, value: str) -> None:
    assert phone_of(typed, country) == value


def test_only_what_is_given_is_checked() -> None:
    assert check_company({"country": "CN"}) == []
    given = {"country": "CN", "tax_id": "91110000600037341L", "duns": "15-048-3782", "website": "shenjiang.cn"}
    assert [(one.code, one.level) for one in check_company(given)] == [("uscc", "ok"), ("duns", "ok"), ("domain", "ok")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京华为技术有限公司", "北京華為技術 有限責任公司"),
        ("ＡＣＭＥ（中国）有限公司", "ACME(中国)有限责任公司"),
        ("Acme Sp. z o.o.", "ACME S.p.A."),
        ("Müller & Söhne GmbH & Co. KG", "MULLER SOHNE GMBH"),
        ("The Widget Company, Inc.", "Widget Co., Ltd"),
    ],
)
def test_the_same_name_written_otherwise(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


def test_cores_leave_out_what_many_share() -> None:
    assert core_key("深圳市华为技术有限公司") == core_key("华为（北京）科技股份有限公司") == "华为"
    assert core_key("Huawei (China) Technologies Co., Ltd.") == core_key("HUAWEI INTERNATIONAL LIMITED") == "huawei"
    assert core_key("北京科技有限公司") == core_key("上海科技有限公司") == ""
    assert name_key("有限公司")


def test_names_of_real_companies_seldom_fall_together(shared_data: Path) -> None:
    """Of real legal entities a normalised name stands for one company nearly always, and is never empty."""
    path = shared_data / "company_names" / "gleif_technology_electronics_legal_entities.csv.gz"
    with gzip.open(path, "rt") as file:
        names = [row["legal_name"] for _count, row in zip(range(8000), csv.DictReader(file), strict=False)]
    keys = [name_key(name) for name in names]
    assert all(keys)
    assert len(set(keys)) > 0.97 * len(set(names))


def test_default_forms_ask_in_both_languages() -> None:
    for slug in DEFAULTS:
        definition = definition_clean(definition_of(slug))
        english, chinese = fields_of(definition, "en"), fields_of(definition, "zh-hans")
        assert [field.key for field in english] == [field.key for field in chinese]
        assert steps_of(english) == ["company", "contact", "business", "evidence"]
        assert definition == definition_clean(definition)


def test_a_form_that_cannot_be_asked_is_refused_at_its_inputs() -> None:
    question = {"key": "q1", "kind": "choice", "label": {"en": ""}, "options": [{"en": "one"}], "on": True}
    with pytest.raises(Invalid) as refusal:
        definition_clean(
            {"title": {}, "consent": {"en": "I agree"}, "response_hours": 0, "reapply": "x", "fields": [question]}
        )
    assert set(refusal.value.fields) == {"title", "response_hours", "reapply", "q1_label_en", "q1_options_en"}


def test_codes_follow_the_pattern() -> None:
    assert code_made("P-{####}", number=7, year=2026, country="CN") == "P-0007"
    assert code_made("{CC}{YYYY}-{###}", number=1234, year=2026, country="DE") == "DE2026-1234"
    assert pattern_clean(" QD.{CC}/{#####} ") == "QD.{CC}/{#####}"
    for bad in ("P-1", "{####}{##}", "P {###}", "{DD}-{###}", "x" * 41):
        with pytest.raises(Invalid):
            pattern_clean(bad)
