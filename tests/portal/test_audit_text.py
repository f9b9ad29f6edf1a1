"""What the audit trail and lists say about codes: in the reader's words, and never broken at a hyphen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from portal.shared.audit_text import details_of, reason_of
from prm.web.templatetags.ui import whole


def told(action: str, data: dict[str, Any], target_type: str = "") -> list[tuple[str, str]]:
    return details_of(SimpleNamespace(action=action, data=data, target_type=target_type))


@pytest.mark.parametrize(
    ("action", "data", "said"),
    [
        ("rebates.dispute.opened", {"reason": "wrong_rate", "stated": "1000.5000"},
         [("原因", "返利比例或等级有误"), ("对账单金额", "1,000.50")]),
        ("rebates.dispute.opened", {"stated": "1000.1250", "claimed": "1200.0000"},
         [("对账单金额", "1,000.125"), ("主张金额", "1,200.00")]),
        ("rebates.provision.rule_set", {"method": "linear", "rate": ""}, [("预测方式", "按目前进度推算")]),
        ("partners.partner.changed", {"region": ["", "华东"]}, [("区域", "— → 华东")]),
        ("exports.column_set.created", {"columns": ["a", "b"], "is_shared": True}, [("列", "2"), ("所有人可用", "是")]),
        ("exports.export.requested", {"filters": {"since": "2026-10-01", "status": "open"}},
         [("哪些行", "从 2026-10-01, 状态 未关账")]),
        ("files.file.stored", {"sha256": "0123456789abcdef"}, [("校验值", "0123456789ab…")]),
    ],
)  # fmt: skip
def test_details_are_in_the_readers_language(action: str, data: dict[str, Any], said: list[tuple[str, str]]) -> None:
    with translation.override("zh-hans"):
        assert told(action, data) == said


def test_the_reason_of_an_export_is_a_format() -> None:
    entry = SimpleNamespace(action="rebates.settlement.exported", data={"reason": "journal_csv"})
    assert reason_of(entry) == "Journal entries (CSV)"
    assert told("rebates.settlement.exported", entry.data) == [("Format", "Journal entries (CSV)")]


def test_numbers_of_things_stay_whole_and_markup_stays_escaped() -> None:
    assert whole("D-00001 · <b>") == '<span class="nowrap">D-00001</span> · &lt;b&gt;'
    assert whole("value-added, well-known") == "value-added, well-known"
    assert whole(mark_safe('<a href="/p/2026-Q3/">x</a>')) == '<a href="/p/2026-Q3/">x</a>'
