"""Values of a statement: they travel as parameters, never inside the text."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Parameters:
    """Collects values and hands out their placeholders. All statements of a plan share one set."""

    values: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: Any, cast: str = "") -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{cast}" if cast else f"%({name})s"


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables to read. All have the columns of the live ones; under row security these show one tenant's rows.

    `customers` are the sale lines in which a customer's first sale is looked for: always all of them.
    """

    lines: str = "commerce_saleline"
    customers: str = "commerce_saleline"
    products: str = "commerce_product"
    partners: str = "partners_partner"
    tiers: str = "partners_tierchange"
    rates: str = "commerce_exchangerate"
    targets: str = "rebates_target"
    overdue: str = "commerce_overdue"


LIVE = Sources()
