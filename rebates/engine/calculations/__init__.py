"""One strategy per calculation type. A new type is a class and a line in `CALCULATIONS`."""

from typing import Any

from rebates.engine.reading import Fault, Node

from .banded import Banded, Marginal, Milestone, PerUnit, Retroactive, Rolling, Total
from .bands import Band, Bands, parse_bands
from .base import Aggregate, Calculation, Customer, Earned, Number, Standing
from .growth import Growth
from .line_rate import LineRate, Rate
from .new_customer import NewCustomer
from .spiff import Spiff
from .target import Point, Target

CALCULATIONS: dict[str, type[Calculation]] = {
    kind.type: kind
    for kind in (
        Marginal, Retroactive, Rolling, Total, PerUnit, Milestone, LineRate, Growth, Target, NewCustomer, Spiff,
    )
}  # fmt: skip


def parse_calculation(node: Node) -> Calculation:
    """The strategy of a `calculation` object. Raises `Fault`."""
    if not isinstance(node.value, dict):
        node.fail("expected", type="object")
    if "type" not in node.value:
        raise Fault(node.at("type"), "missing_key")
    type_node = Node(node.value["type"], node.at("type"), node.depth + 1)
    kind = CALCULATIONS[type_node.choice(tuple(CALCULATIONS))]
    return kind.parse(node.object(("type", *kind.fields), kind.optional_fields))


def calculation_json(calculation: Calculation) -> dict[str, Any]:
    return {"type": calculation.type, **calculation.to_json()}


__all__ = [
    "CALCULATIONS", "Aggregate", "Band", "Banded", "Bands", "Calculation", "Customer", "Earned", "Growth", "LineRate",
    "Marginal", "Milestone", "NewCustomer", "Number", "PerUnit", "Point", "Rate", "Retroactive", "Rolling", "Spiff",
    "Standing", "Target", "Total", "calculation_json", "parse_bands", "parse_calculation",
]  # fmt: skip
