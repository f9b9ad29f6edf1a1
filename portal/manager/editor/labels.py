"""The choices of the program form, in the words of a channel manager."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.shared import program_words as words
from portal.shared.program_words import KIND_NAMES
from rebates.states import PeriodKind

Choices = list[tuple[str, "str | Promise"]]

FIELD_LABELS: dict[str, str | Promise] = {
    "product.line": _("Product line"),
    "product.category": _("Product category"),
    "product.brand": _("Product brand"),
    "product.sku": _("Product SKU"),
    "partner.tier": _("Partner tier"),
    "partner.region": _("Partner region"),
    "partner.country": _("Partner country"),
    "partner.type": _("Partner type"),
    "partner.tags": _("Partner tags"),
    "partner.code": _("Partner code"),
    "sale.channel": _("Sales channel"),
    "sale.currency": _("Currency of the sale"),
    "sale.customer_code": _("Customer code"),
    "sale.customer_segment": _("Customer segment"),
    "sale.customer_industry": _("Customer industry"),
    "sale.new_customer": _("New end customer"),
    "sale.deal_registered": _("Registered deal"),
    "sale.days_to_pay": _("Days to pay"),
    "sale.quantity": _("Quantity of the line"),
    "sale.net_amount": _("Net amount of the line"),
}
OP_LABELS: dict[str, str | Promise] = {
    "eq": _("is"),
    "ne": _("is not"),
    "in": _("is one of"),
    "not_in": _("is none of"),
    "gt": _("is more than"),
    "gte": _("is at least"),
    "lt": _("is less than"),
    "lte": _("is at most"),
    "between": _("is between"),
    "contains": _("contain"),
    "is_null": _("is missing"),
}
YES_NO: Choices = [("true", _("yes")), ("false", _("no"))]
ROOT_MATCHES: Choices = [
    ("all", _("all of these hold")),
    ("any", _("any of these holds")),
    ("none", _("none of these holds")),
    ("json", _("written as JSON")),
]
MATCHES: Choices = ROOT_MATCHES[:3]

PERIODS = PeriodKind.choices
MEASURES: Choices = list(words.MEASURES.items())
MODES: Choices = [
    ("marginal", _("Step by step: each band's amount for the units inside the band")),
    ("retroactive", _("The amount of the band reached, for all units")),
]
CUMULATIVE: Choices = list(words.CUMULATIVE.items())
BASELINES: Choices = list(words.BASELINES.items())
PAY_ON: Choices = list(words.PAY_ON.items())
WITHOUT_BASELINE: Choices = list(words.WITHOUT_BASELINE.items())
TARGET_BY: Choices = [("bands", _("Bands of attainment")), ("curve", _("A rate and a curve of factors"))]
CUSTOMER_PAYS: Choices = [("amount", _("A fixed amount once")), ("rate", _("A rate on its first purchases"))]
OTHERWISE: Choices = [("carry", _("is carried to the next period")), ("forfeit", _("lapses"))]
RULES: Choices = list(words.RULES.items())
ACCUMULATE: Choices = list(words.ACCUMULATE.items())
AS_OF: Choices = list(words.AS_OF.items())
PAYOUT_FORMS: Choices = list(words.PAYOUT_FORMS.items())
QUALIFIERS: Choices = [
    ("min_measure", _("A minimum is reached")),
    ("mix", _("A share comes from certain sales")),
    ("distinct", _("So many different ones are sold")),
    ("tier", _("The tier at the end of the period")),
    ("certified_people", _("So many certified people")),
    ("agreement_signed", _("The agreement is signed")),
    ("no_overdue", _("No invoice is overdue")),
]


@dataclass(frozen=True, slots=True)
class Explained:
    """A choice with a line that explains it and an example in numbers."""

    value: str
    label: str | Promise
    text: str | Promise
    example: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Calculations that look at the same thing."""

    label: str | Promise
    kinds: tuple[Explained, ...]


BY_TOTAL = Family(
    _("By the total of the period"),
    (
        Explained(
            "marginal", KIND_NAMES["marginal"], _("Each band's rate on the part inside the band."),
            "1,000 × 10% + 1,000 × 25% = 350",
        ),
        Explained(
            "retroactive", KIND_NAMES["retroactive"], _("The rate of the band reached, on everything."),
            "2,000 × 25% = 500",
        ),
        Explained(
            "rolling", KIND_NAMES["rolling"], _("Every band reached pays on everything up to its end."),
            "1,000 × 10% + 2,000 × 25% = 600",
        ),
        Explained(
            "total", KIND_NAMES["total"], _("The rates of all bands reached, added up, on everything."),
            "2,000 × (10% + 25%) = 700",
        ),
        Explained(
            "per_unit", KIND_NAMES["per_unit"], _("A fixed amount for each unit sold, by bands of quantity."),
            _("20 units × 15 = 300"),
        ),
        Explained(
            "milestone", KIND_NAMES["milestone"], _("A fixed amount for reaching a mark."),
            _("2,000 reaches the mark: 300"),
        ),
    ),
)  # fmt: skip
BY_COMPARISON = Family(
    _("By comparison"),
    (
        Explained(
            "growth", KIND_NAMES["growth"], _("How much more than in an earlier period decides the rate."),
            _("1,600 before, so +25%: 2,000 × 10% = 200"),
        ),
        Explained(
            "target", KIND_NAMES["target"], _("How much of an agreed target is attained decides the rate."),
            _("Target 1,600, so 125%: 2,000 × 10% = 200"),
        ),
    ),
)  # fmt: skip
BY_LINE = Family(
    _("By sale, customer or seller"),
    (
        Explained(
            "line_rate", KIND_NAMES["line_rate"], _("Each line has the rate of the first condition it meets."),
            "1,500 × 3% + 500 × 1% = 50",
        ),
        Explained(
            "new_customer", KIND_NAMES["new_customer"],
            _("An amount for each new end customer, or a rate for some time."),
            _("2 new customers × 150 = 300"),
        ),
        Explained(
            "spiff", KIND_NAMES["spiff"], _("An amount per unit for the person who sold it."), _("20 units × 5 = 100"),
        ),
    ),
)  # fmt: skip
FAMILIES = (BY_TOTAL, BY_COMPARISON, BY_LINE)
KINDS = {kind.value: kind for family in FAMILIES for kind in family.kinds}

RETURNS = (
    Explained(
        "restate", words.RETURNS["restate"],
        _("The old period is worked out again without it. If it is settled, the difference is an adjustment."),
        _("Q1: 490,000 × 2% = 9,800 instead of 20,800. Taken back: 11,000."),
    ),
    Explained(
        "at_sale_rate", words.RETURNS["at_sale_rate"],
        _("What the returned goods had earned is taken back in the period of the return."),
        _("30,000 × 4%. Taken back: 1,200."),
    ),
    Explained(
        "forward", words.RETURNS["forward"],
        _("It lowers the sales of its own period like any other line."),
        _("Q2: 570,000 × 4% instead of 600,000 × 4%. That is 1,200 less."),
    ),
)  # fmt: skip
