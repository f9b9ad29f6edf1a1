"""What was kept of an evaluation, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from partners.tiers.scheme import Key, Scheme
from partners.tiers.sql import value_of


def values_of_inputs(scheme: Scheme, inputs: Mapping[str, Sequence[object]]) -> dict[Key, Decimal | None]:
    return {key: value_of(inputs[str(key)])[0] for key in scheme.figures() if str(key) in inputs}


def missing_of_inputs(scheme: Scheme, inputs: Mapping[str, Sequence[object]]) -> dict[Key, int]:
    """Rows that could not be counted, where there are any."""
    found = {key: value_of(inputs[str(key)])[1] for key in scheme.figures() if str(key) in inputs}
    return {key: count for key, count in found.items() if count}
