"""Qualifiers: what a partner in a period must meet to be paid at all."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from prm.money import exact, plain

from .calculations import Aggregate
from .conditions import FIELDS, Condition, Kind, condition_json, field_kind, parse_condition
from .reading import Fault, Node


class Qualifier(ABC):
    type: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ()
    optional_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        """From the members of the object, `type` apart."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The canonical members, `type` apart."""

    @abstractmethod
    def holds(self, aggregate: Aggregate, position: int) -> bool:
        """`position` counts the qualifiers of this type before it: where its facts are in the aggregate."""

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        """What was asked and what was found, for the explanation."""
        return {}


@dataclass(frozen=True, slots=True)
class MinMeasure(Qualifier):
    value: Decimal

    type: ClassVar[str] = "min_measure"
    fields: ClassVar[tuple[str, ...]] = ("value",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(members["value"].amount())

    def to_json(self) -> dict[str, Any]:
        return {"value": plain(self.value)}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return aggregate.measure >= self.value

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        return {"wanted": self.value, "found": aggregate.measure}


@dataclass(frozen=True, slots=True)
class Mix(Qualifier):
    """The lines in scope that meet the condition make up at least this share of the measure."""

    scope: Condition
    min_share: Decimal

    type: ClassVar[str] = "mix"
    fields: ClassVar[tuple[str, ...]] = ("scope", "min_share")

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(parse_condition(members["scope"]), members["min_share"].amount())

    def to_json(self) -> dict[str, Any]:
        return {"scope": condition_json(self.scope), "min_share": plain(self.min_share)}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        with exact():
            return _at(aggregate.mixes, position) >= self.min_share * aggregate.measure

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        with exact():
            wanted = self.min_share * aggregate.measure
        return {"share": self.min_share, "wanted": wanted, "found": _at(aggregate.mixes, position)}


@dataclass(frozen=True, slots=True)
class Distinct(Qualifier):
    """At least so many values of the field have a positive measure."""

    field: str
    minimum: int

    type: ClassVar[str] = "distinct"
    fields: ClassVar[tuple[str, ...]] = ("field", "min")

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        name = members["field"].text()
        kind = field_kind(name)
        if kind is None:
            members["field"].fail("unknown_field", field=name)
        if kind is Kind.TAGS:
            members["field"].fail("unknown_value", options=", ".join(key for key in FIELDS if key != name))
        return cls(name, members["min"].count())

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "min": str(self.minimum)}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return self._found(aggregate, position) >= self.minimum

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        found = self._found(aggregate, position)
        return {"field": self.field, "wanted": Decimal(self.minimum), "found": Decimal(found)}

    def _found(self, aggregate: Aggregate, position: int) -> int:
        return aggregate.distinct[position] if position < len(aggregate.distinct) else 0


@dataclass(frozen=True, slots=True)
class TierIn(Qualifier):
    """The partner's tier on the last day of the period is one of these."""

    tiers: tuple[str, ...]

    type: ClassVar[str] = "tier"
    fields: ClassVar[tuple[str, ...]] = ("in",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls(tuple(item.text() for item in members["in"].items(minimum=1)))

    def to_json(self) -> dict[str, Any]:
        return {"in": list(self.tiers)}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return aggregate.standing.tier in self.tiers

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        return {"wanted_tiers": ", ".join(self.tiers), "found_tier": aggregate.standing.tier}


@dataclass(frozen=True, slots=True)
class CertifiedPeople(Qualifier):
    minimum: int
    certification: str | None = None

    type: ClassVar[str] = "certified_people"
    fields: ClassVar[tuple[str, ...]] = ("min",)
    optional_fields: ClassVar[tuple[str, ...]] = ("certification",)

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        name = members["certification"].text() if "certification" in members else None
        return cls(members["min"].count(), name)

    def to_json(self) -> dict[str, Any]:
        return {"min": str(self.minimum), **({"certification": self.certification} if self.certification else {})}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return self._found(aggregate) >= self.minimum

    def seen(self, aggregate: Aggregate, position: int) -> dict[str, Decimal | str | None]:
        return {"wanted": Decimal(self.minimum), "found": Decimal(self._found(aggregate))}

    def _found(self, aggregate: Aggregate) -> int:
        return aggregate.standing.certified.get(self.certification or "", 0)


@dataclass(frozen=True, slots=True)
class AgreementSigned(Qualifier):
    type: ClassVar[str] = "agreement_signed"

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls()

    def to_json(self) -> dict[str, Any]:
        return {}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return aggregate.standing.agreement_signed


@dataclass(frozen=True, slots=True)
class NoOverdue(Qualifier):
    type: ClassVar[str] = "no_overdue"

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        return cls()

    def to_json(self) -> dict[str, Any]:
        return {}

    def holds(self, aggregate: Aggregate, position: int) -> bool:
        return not aggregate.standing.overdue


QUALIFIERS: dict[str, type[Qualifier]] = {
    kind.type: kind for kind in (MinMeasure, Mix, Distinct, TierIn, CertifiedPeople, AgreementSigned, NoOverdue)
}


def parse_qualifiers(node: Node | None) -> tuple[Qualifier, ...]:
    return tuple(_parse(item) for item in node.items()) if node is not None else ()


def _parse(node: Node) -> Qualifier:
    if not isinstance(node.value, dict):
        node.fail("expected", type="object")
    if "type" not in node.value:
        raise Fault(node.at("type"), "missing_key")
    type_node = Node(node.value["type"], node.at("type"), node.depth + 1)
    kind = QUALIFIERS[type_node.choice(tuple(QUALIFIERS))]
    return kind.parse(node.object(("type", *kind.fields), kind.optional_fields))


def qualifier_json(qualifier: Qualifier) -> dict[str, Any]:
    return {"type": qualifier.type, **qualifier.to_json()}


def first_failing(qualifiers: tuple[Qualifier, ...], aggregate: Aggregate) -> tuple[Qualifier, int] | None:
    """The first that does not hold, in the order of the document, and its position among those of its type."""
    for qualifier, position in positioned(qualifiers):
        if not qualifier.holds(aggregate, position):
            return qualifier, position
    return None


def positioned(qualifiers: tuple[Qualifier, ...]) -> list[tuple[Qualifier, int]]:
    seen: dict[str, int] = {}
    found = []
    for qualifier in qualifiers:
        found.append((qualifier, seen.get(qualifier.type, 0)))
        seen[qualifier.type] = seen.get(qualifier.type, 0) + 1
    return found


def _at(parts: tuple[Decimal, ...], position: int) -> Decimal:
    return parts[position] if position < len(parts) else Decimal(0)
