"""Bands: half-open intervals `[from, next from)` of the measure, stored by their starts, so that no gap or overlap
can exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from prm.money import plain
from rebates.engine.reading import Fault, Node


@dataclass(frozen=True, slots=True)
class Band:
    """`value` is the band's rate or amount. `end` is None for the last band."""

    start: Decimal
    end: Decimal | None
    value: Decimal

    def part(self, measure: Decimal) -> Decimal:
        """The slice of the measure that lies inside the band."""
        return max(self.upper(measure) - self.start, Decimal(0))

    def upper(self, measure: Decimal) -> Decimal:
        """The measure up to the end of the band."""
        return measure if self.end is None or measure < self.end else self.end


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in order of their starts; below the first one nothing is earned."""

    bands: tuple[Band, ...]
    value_key: str

    def __iter__(self) -> Iterator[Band]:
        return iter(self.bands)

    def reached(self, measure: Decimal) -> Band | None:
        """The highest band whose start the measure reaches."""
        found = None
        for band in self.bands:
            if measure < band.start:
                break
            found = band
        return found

    def all_reached(self, measure: Decimal) -> list[Band]:
        return [band for band in self.bands if measure >= band.start]

    def facts(self, band: Band, part: Decimal) -> dict[str, Decimal | str | None]:
        """The numbers that explain one band's contribution."""
        key = "rate" if self.value_key == "rate" else "amount_per_unit"
        return {"from": band.start, "to": band.end, key: band.value, "part": part}

    def to_json(self) -> list[dict[str, Any]]:
        return [{"from": plain(band.start), self.value_key: plain(band.value)} for band in self.bands]


def parse_bands(node: Node, value_key: str = "rate") -> Bands:
    """At least one band, sorted by `from`, unique, nothing negative; the first `from` may be left out."""
    pairs: list[tuple[Decimal, Decimal]] = []
    for index, item in enumerate(node.items(minimum=1)):
        required = (value_key,) if index == 0 else ("from", value_key)
        members = item.object(required, ("from",))
        start = members["from"].amount() if "from" in members else Decimal(0)
        if pairs and start <= pairs[-1][0]:
            raise Fault(members["from"].path, "bands_not_sorted")
        pairs.append((start, members[value_key].amount()))
    ends = [start for start, _ in pairs[1:]]
    return Bands(
        tuple(Band(start, end, value) for (start, value), end in zip(pairs, [*ends, None], strict=True)), value_key
    )
