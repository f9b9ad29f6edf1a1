"""The demo vendors' programs, as the documents that the product imports."""

from __future__ import annotations

import datetime as dt
from typing import Any


def _any_of(field: str, values: list[str]) -> dict[str, Any]:
    return {"field": field, "op": "in", "value": values}


def _bands(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"from": start, "rate": rate} for start, rate in pairs]


def demo_programs(since: dt.date) -> list[dict[str, Any]]:
    """Programs in yuan and dollars of several kinds: volume, growth, collection speed, a bonus for salespeople."""
    start = since.isoformat()
    return [
        {
            "code": "CORE-Q",
            "name": {"en": "Core networking, quarterly", "zh-hans": "核心网络季度返利"},
            "currency": "CNY", "period": "quarter", "valid_from": start,
            "scope": {"all": [_any_of("product.line", ["Switching", "Wireless"]),
                              {"field": "partner.country", "op": "eq", "value": "CN"}]},
            "calculation": {"type": "retroactive", "bands": _bands(
                ("0", "0.005"), ("500000", "0.015"), ("1500000", "0.02"), ("3000000", "0.025"), ("6000000", "0.03"))},
        },
        {
            "code": "SECURE-Q",
            "name": {"en": "Security growth, quarterly", "zh-hans": "安全产品季度阶梯返利"},
            "currency": "CNY", "period": "quarter", "valid_from": start,
            "scope": {"all": [{"field": "product.line", "op": "eq", "value": "Security"},
                              _any_of("partner.tier", ["gold", "platinum"]),
                              {"field": "sale.currency", "op": "eq", "value": "CNY"}]},
            "calculation": {"type": "marginal", "bands": _bands(
                ("0", "0.01"), ("1000000", "0.02"), ("3000000", "0.03"), ("5000000", "0.04"))},
        },
        {
            "code": "SPRINT-M",
            "name": {"en": "Compute sprint, monthly", "zh-hans": "计算产品月度冲刺"},
            "currency": "CNY", "period": "month", "valid_from": start,
            "scope": {"all": [{"field": "product.line", "op": "eq", "value": "Compute"},
                              {"field": "partner.country", "op": "eq", "value": "CN"},
                              {"field": "sale.channel", "op": "ne", "value": "distributor"}]},
            "calculation": {"type": "marginal", "bands": _bands(
                ("200000", "0.01"), ("800000", "0.015"), ("2000000", "0.02"), ("4000000", "0.025"))},
            "payout": {"form": "credit_note"},
        },
        {
            "code": "GLOBAL-Q",
            "name": {"en": "International partners, quarterly", "zh-hans": "国际伙伴季度返利"},
            "currency": "USD", "period": "quarter", "valid_from": start,
            "scope": {"all": [_any_of("partner.region", ["Southeast Asia", "Europe", "North America"]),
                              {"not": {"field": "product.line", "op": "eq", "value": "Services"}}]},
            "calculation": {"type": "retroactive", "bands": _bands(
                ("0", "0.01"), ("40000", "0.02"), ("120000", "0.03"), ("300000", "0.04"))},
        },
        {
            "code": "CASH-Q",
            "name": {"en": "Paid on time, quarterly", "zh-hans": "季度回款返利"},
            "currency": "CNY", "period": "quarter", "valid_from": start,
            "scope": {"field": "sale.currency", "op": "eq", "value": "CNY"},
            "calculation": {"type": "line_rate", "rates": [
                {"when": {"field": "sale.days_to_pay", "op": "lte", "value": "30"}, "rate": "0.003"},
                {"when": {"field": "sale.days_to_pay", "op": "lte", "value": "60"}, "rate": "0.002"},
                {"when": {"field": "sale.days_to_pay", "op": "lte", "value": "90"}, "rate": "0.001"}]},
            "minimum_payout": {"amount": "500", "otherwise": "carry"},
        },
        {
            "code": "GROW-Q",
            "name": {"en": "Growth over last year, quarterly", "zh-hans": "季度同比增长返利"},
            "currency": "CNY", "period": "quarter", "valid_from": start,
            "scope": {"field": "partner.country", "op": "eq", "value": "CN"},
            "calculation": {"type": "growth", "baseline": "same_period_last_year", "pay_on": "excess",
                            "bands": _bands(("0.10", "0.01"), ("0.25", "0.02"))},
            "qualifiers": [{"type": "distinct", "field": "product.line", "min": 2}],
            "cap": {"per_period": "50000"},
        },
        {
            "code": "SELLER-M",
            "name": {"en": "Wireless bonus for salespeople, monthly", "zh-hans": "无线产品销售人员月度奖励"},
            "currency": "CNY", "period": "month", "valid_from": start,
            "scope": {"all": [{"field": "product.line", "op": "eq", "value": "Wireless"},
                              {"field": "partner.country", "op": "eq", "value": "CN"}]},
            "calculation": {"type": "spiff", "amount": "20"},
            "returns": "at_sale_rate",
        },
    ]  # fmt: skip


def rival_programs(since: dt.date) -> list[dict[str, Any]]:
    start = since.isoformat()
    return [
        {
            "code": "BASE-Q",
            "name": {"en": "Base rebate, quarterly", "zh-hans": "季度基础返利"},
            "currency": "USD", "period": "quarter", "valid_from": start,
            "calculation": {"type": "retroactive", "bands": _bands(("0", "0.01"), ("60000", "0.02"))},
        },
        {
            "code": "STORAGE-M",
            "name": {"en": "Storage push, monthly", "zh-hans": "存储产品月度激励"},
            "currency": "USD", "period": "month", "valid_from": start,
            "scope": {"field": "product.line", "op": "eq", "value": "Compute"},
            "calculation": {"type": "marginal", "bands": _bands(("0", "0.005"), ("20000", "0.02"))},
        },
    ]  # fmt: skip
