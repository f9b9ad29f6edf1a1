"""One strategy per calculation type. A new type is a module here and a line in `CALCULATIONS`."""

from typing import Any

from rebates.engine.reading import Fault, Node

from .bands import Band, Bands, parse_bands
from .base import Aggregate, Calculation, Earned
from .marginal import Marginal
from .retroactive import Retroactive

CALCULATIONS: dict[str, type[Calculation]] = {kind.type: kind for kind in (Marginal, Retroactive)}

# Every type of the specification: one that is not in the registry is refused as "not supported yet", not as unknown.
KNOWN_TYPES = (
    "marginal", "retroactive", "rolling", "total", "per_unit", "milestone",
    "line_rate", "growth", "target", "new_customer", "spiff",
)  # fmt: skip


def parse_calculation(node: Node) -> Calculation:
    """The strategy of a `calculation` object. Raises `Fault`."""
    if not isinstance(node.value, dict):
        node.fail("expected", type="object")
    if "type" not in node.value:
        raise Fault(node.at("type"), "missing_key")
    type_node = Node(node.value["type"], node.at("type"), node.depth + 1)
    kind = CALCULATIONS.get(type_node.choice(KNOWN_TYPES))
    if kind is None:
        type_node.fail("unsupported", what=str(type_node.value))
    return kind.parse(node.object(("type", *kind.fields), kind.optional_fields))


def calculation_json(calculation: Calculation) -> dict[str, Any]:
    return {"type": calculation.type, **calculation.to_json()}


__all__ = [
    "CALCULATIONS", "KNOWN_TYPES", "Aggregate", "Band", "Bands", "Calculation", "Earned", "calculation_json",
    "parse_bands", "parse_calculation",
]  # fmt: skip
