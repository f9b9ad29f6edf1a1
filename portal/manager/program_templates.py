"""The usual kinds of programs as complete documents, in the vendor's currency and product lines: beginnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.errors import NotFound
from prm.money import minor_units, plain
from rebates.engine.program import parse_program
from rebates.engine.sentence import sentence

Document = dict[str, Any]
# What a thousand dollars is in round figures, so that a beginning in yen is not a hundred times too small.
_SCALE = {"CNY": 5, "HKD": 10, "TWD": 50, "INR": 50, "THB": 50, "JPY": 100, "KRW": 1000, "VND": 20_000, "IDR": 10_000}


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a template fits itself to. `codes` are taken."""

    currency: str
    since: dt.date
    lines: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()

    def amount(self, dollars: int | str) -> str:
        """An amount of dollars in round figures of the vendor's currency."""
        amount = Decimal(dollars) * _SCALE.get(self.currency, 1)
        return plain(amount if minor_units(self.currency) else amount.to_integral_value())

    def line(self, index: int = 0) -> list[Document]:
        """The test for one of the vendor's product lines; nothing where it has none."""
        if not self.lines:
            return []
        return [{"field": "product.line", "op": "in", "value": [self.lines[index % len(self.lines)]]}]

    def free_code(self, code: str) -> str:
        number = 2
        found = code
        while found in self.codes:
            found, number = f"{code}-{number}", number + 1
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """`build` gives what the template says; code, currency, first day and name are the same for all."""

    key: str
    icon: str
    title: str | Promise
    text: str | Promise
    code: str
    name: tuple[str, str]
    build: Callable[[Vendor], Document]

    def document(self, vendor: Vendor) -> Document:
        english, chinese = self.name
        whole = {
            "code": vendor.free_code(self.code),
            "name": {"en": english, "zh-hans": chinese},
            "currency": vendor.currency,
            "period": "quarter",
            "valid_from": vendor.since.isoformat(),
        }
        return parse_program(whole | self.build(vendor)).to_json()


@dataclass(frozen=True, slots=True)
class Offer:
    """A template as the page shows it."""

    template: Template
    sentence: str


def templates_for(vendor: Vendor, language: str) -> list[Offer]:
    spoken = "zh-hans" if language.startswith("zh") else "en"
    return [Offer(one, sentence(parse_program(one.document(vendor)), spoken)) for one in TEMPLATES]


def template_document(key: str, vendor: Vendor) -> Document:
    found = next((one for one in TEMPLATES if one.key == key), None)
    if found is None:
        raise NotFound
    return found.document(vendor)


def _scope(tests: list[Document]) -> Document:
    return {"all": tests} if tests else {}


def _rates(vendor: Vendor, *pairs: tuple[int, str]) -> list[Document]:
    return [{"from": vendor.amount(start), "rate": rate} for start, rate in pairs]


def _shares(*pairs: tuple[str, str]) -> list[Document]:
    return [{"from": start, "rate": rate} for start, rate in pairs]


def _volume(vendor: Vendor) -> Document:
    bands = _rates(vendor, (0, "0.01"), (50_000, "0.02"), (150_000, "0.03"), (400_000, "0.04"))
    return {
        "scope": _scope(vendor.line()),
        "calculation": {"type": "retroactive", "bands": bands},
        "minimum_payout": {"amount": vendor.amount(50), "otherwise": "carry"},
    }


def _growth(vendor: Vendor) -> Document:
    return {
        "calculation": {
            "type": "growth",
            "baseline": "same_period_last_year",
            "bands": _shares(("0.05", "0.01"), ("0.15", "0.02"), ("0.3", "0.03")),
            "pay_on": "all",
            "without_baseline": "exclude",
        },
        "qualifiers": [{"type": "min_measure", "value": vendor.amount(20_000)}],
    }


def _target(vendor: Vendor) -> Document:
    return {
        "calculation": {
            "type": "target",
            "bands": _shares(("0.8", "0.01"), ("1", "0.025"), ("1.2", "0.035")),
            "pay_on": "all",
        },
        "accumulate": "year_to_date",
    }


def _mix(vendor: Vendor) -> Document:
    focus = vendor.line(1) or [{"field": "product.category", "op": "is_null", "value": False}]
    return {
        "calculation": {"type": "retroactive", "bands": _rates(vendor, (20_000, "0.015"), (100_000, "0.025"))},
        "qualifiers": [
            {"type": "mix", "scope": {"all": focus}, "min_share": "0.3"},
            {"type": "distinct", "field": "product.line", "min": "3"},
        ],
    }


def _new_customer(vendor: Vendor) -> Document:
    return {
        "calculation": {
            "type": "new_customer",
            "rate": "0.05",
            "window_days": "90",
            "cap_per_customer": vendor.amount(5_000),
            "min_first_order": vendor.amount(1_000),
        },
        "returns": "restate",
    }


def _spiff(vendor: Vendor) -> Document:
    return {
        "period": "month",
        "scope": _scope(vendor.line()),
        "calculation": {"type": "spiff", "amount": vendor.amount(20)},
        "cap": {"program_total": vendor.amount(20_000)},
    }


def _collection(_vendor: Vendor) -> Document:
    days = (("0", "30", "0.02"), ("31", "60", "0.01"), ("61", "90", "0.005"))
    return {
        "calculation": {
            "type": "line_rate",
            "rates": [
                {"when": {"all": [{"field": "sale.days_to_pay", "op": "between", "value": [low, high]}]}, "rate": rate}
                for low, high, rate in days
            ],
        },
        "payout": {"form": "credit_note"},
    }


TEMPLATES = (
    Template(
        "volume", "chart-column-increasing", _("Tiered volume"),
        _("The more is sold in the quarter, the higher the rate, on everything."),
        "VOLUME-Q", ("Volume rebate, quarterly", "季度销量阶梯返利"), _volume,
    ),
    Template(
        "growth", "trending-up", _("Growth"), _("Paid for growing over the same quarter of last year."),
        "GROWTH-Q", ("Growth rebate, quarterly", "季度增长返利"), _growth,
    ),
    Template(
        "target", "target", _("Target"),
        _("Paid for attaining a target agreed with each partner, over the year so far."),
        "TARGET-Q", ("Target rebate, year to date", "年度任务返利"), _target,
    ),
    Template(
        "mix", "layers", _("Mix"), _("Paid only when a focus line has its share and enough lines are sold."),
        "MIX-Q", ("Mix rebate, quarterly", "季度产品组合返利"), _mix,
    ),
    Template(
        "new_customer", "user-plus", _("New customers"),
        _("A share of what new end customers buy in their first 90 days."),
        "NEWCUST-Q", ("New customer bonus", "新客户开发奖励"), _new_customer,
    ),
    Template(
        "spiff", "hand-coins", _("SPIFF"), _("An amount per unit for the person who sold it, with a budget."),
        "SPIFF-M", ("SPIFF, monthly", "销售人员月度激励"), _spiff,
    ),
    Template(
        "collection", "calendar-clock", _("Collection speed"),
        _("The sooner a sale is paid, the higher its rate: up to 30, 60 and 90 days."),
        "COLLECT-Q", ("Collection speed rebate", "回款返利"), _collection,
    ),
)  # fmt: skip
