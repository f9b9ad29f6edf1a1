"""The rows of the program form: bands and tests, between what people type and what the program's document says.

A rate is typed in per cent and kept as a ratio; on `quantity` it is an amount per unit and kept as typed. What cannot
be read goes into the document as it is: the engine refuses it there and names the place.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from prm.money import parse_decimal, plain
from rebates.engine.conditions import FIELDS, ORDERING, Kind, field_kind

MAX_ROWS = 60
_SEPARATORS = re.compile(r"[,，;；\n]")
_GROUPING = str.maketrans("", "", ",， \u00a0")

FIELD_LABELS: dict[str, object] = {
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
    "sale.deal_registered": _("Registered deal"),
    "sale.days_to_pay": _("Days to pay"),
    "sale.quantity": _("Quantity of the line"),
    "sale.net_amount": _("Net amount of the line"),
}
OP_LABELS: dict[str, object] = {
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
YES_NO = (("true", _("yes")), ("false", _("no")))


def percent_of(ratio: object) -> str:
    """`0.025` as `2.5`; what is no number stays as it is."""
    try:
        return plain(parse_decimal(str(ratio)).scaleb(2))
    except ValueError:
        return str(ratio)


def ratio_of(percent: str) -> str:
    """`2.5` or `2.5%` as `0.025`; what is no number stays as it is."""
    text = percent.translate(_GROUPING).removesuffix("%")
    try:
        return plain(parse_decimal(text).scaleb(-2))
    except ValueError:
        return percent


def number_of(text: str) -> str:
    """A number without grouping marks; what is no number stays as it is."""
    bare = text.translate(_GROUPING)
    try:
        return plain(parse_decimal(bare))
    except ValueError:
        return text


@dataclasses.dataclass(slots=True)
class BandRow:
    start: str = ""
    rate: str = ""
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.start and not self.rate

    def to_json(self, *, per_unit: bool) -> dict[str, str]:
        rate = number_of(self.rate) if per_unit else ratio_of(self.rate)
        return {"from": number_of(self.start) if self.start else "0", "rate": rate}

    @classmethod
    def read(cls, band: Mapping[str, Any], *, per_unit: bool) -> BandRow:
        rate = band.get("rate", "")
        return cls(str(band.get("from", "0")), str(rate) if per_unit else percent_of(rate))


@dataclasses.dataclass(slots=True)
class TestRow:
    """One test of the scope. `values` are texts; several only for `in`, `not_in` and `between`."""

    __test__ = False  # not a test class for pytest

    field: str = ""
    op: str = "in"
    values: list[str] = dataclasses.field(default_factory=list)
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.field

    @property
    def kind(self) -> Kind | None:
        return field_kind(self.field)

    @property
    def text(self) -> str:
        return ", ".join(self.values)

    @property
    def takes_many(self) -> bool:
        return self.op in ("in", "not_in")

    @property
    def is_yes_no(self) -> bool:
        return self.op == "is_null" or self.kind is Kind.FLAG

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "op": self.op, "value": self._value()}

    def _value(self) -> Any:
        if self.is_yes_no and not self.takes_many:
            return self.values[:1] == ["true"]
        texts: list[Any] = [number_of(value) for value in self.values] if self._is_numeric else list(self.values)
        if self.kind is Kind.FLAG:
            texts = [value == "true" for value in texts]
        if self.takes_many or self.op == "between":
            return texts
        return texts[0] if texts else ""

    @property
    def _is_numeric(self) -> bool:
        return self.kind is Kind.NUMBER or self.op in ORDERING

    @classmethod
    def read(cls, test: Mapping[str, Any]) -> TestRow:
        value = test.get("value")
        items = value if isinstance(value, list) else [value]
        return cls(str(test.get("field", "")), str(test.get("op", "eq")), [_text(item) for item in items])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)


def posted_bands(data: QueryDict) -> list[BandRow]:
    """The band rows of a sent form, in order of the page."""
    starts, rates = data.getlist("band_from"), data.getlist("band_rate")
    pairs = zip(starts[:MAX_ROWS], rates[:MAX_ROWS], strict=False)
    return [BandRow(start.strip(), rate.strip()) for start, rate in pairs]


def posted_tests(data: QueryDict) -> list[TestRow]:
    """The test rows of a sent form: `test_field` and `test_op` once a row, `test_value_<row>` as often as chosen."""
    rows = []
    for index, (name, op) in enumerate(zip(data.getlist("test_field"), data.getlist("test_op"), strict=False)):
        if index == MAX_ROWS:
            break
        attribute = data.get(f"test_attr_{index}", "").strip()
        full = f"{name}{attribute}" if name == "sale.attr." else name
        given = data.getlist(f"test_value_{index}")
        picked = f"test_picked_{index}" in data
        rows.append(TestRow(full, op, given if picked else _typed(given, op)))
    return rows


def _typed(given: Sequence[str], op: str) -> list[str]:
    """The values of a text input: several where the operator takes several."""
    if op not in ("in", "not_in", "between"):
        return [text.strip() for text in given if text.strip()]
    return [part.strip() for text in given for part in _SEPARATORS.split(text) if part.strip()]


def rows_of_scope(scope: Mapping[str, Any]) -> tuple[str, list[TestRow]] | None:
    """`all` or `any` with its tests; None for a scope that rows cannot show."""
    if not scope:
        return "all", []
    if set(scope) == {"field", "op", "value"}:
        return "all", [TestRow.read(scope)]
    for match in ("all", "any"):
        tests = scope.get(match)
        if set(scope) == {match} and isinstance(tests, list) and tests and all("field" in test for test in tests):
            return match, [TestRow.read(test) for test in tests]
    return None


def known_fields() -> list[tuple[str, object]]:
    """The fields a scope may test, in the order of the form; attributes of the sales file last."""
    known = [(name, label) for name, label in FIELD_LABELS.items() if name in FIELDS]
    return [*known, ("sale.attr.", _("Another column of the sales file"))]
