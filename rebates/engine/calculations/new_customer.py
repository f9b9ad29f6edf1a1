"""`new_customer`: for each end customer with no earlier purchase from the vendor, an amount or a rate for some time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from prm.money import plain
from rebates.engine.reading import Fault, Node
from rebates.engine.trace import Step

from .base import ZERO, Aggregate, Calculation, Customer, Earned, earned

NAMED = 20
"""So many customers are explained one by one, the rest in one step."""


@dataclass(frozen=True)
class NewCustomer(Calculation):
    """Exactly one of `amount` (once) and `rate` (on the lines of the first `window_days`)."""

    amount: Decimal | None = None
    rate: Decimal | None = None
    window_days: int | None = None
    cap_per_customer: Decimal | None = None
    min_first_order: Decimal | None = None

    type: ClassVar[str] = "new_customer"
    fields: ClassVar[tuple[str, ...]] = ()
    optional_fields: ClassVar[tuple[str, ...]] = (
        "amount", "rate", "window_days", "cap_per_customer", "min_first_order",
    )  # fmt: skip

    @classmethod
    def parse(cls, members: dict[str, Node]) -> Self:
        if "amount" in members:
            for key in ("rate", "window_days"):
                if key in members:
                    members[key].fail("not_beside", other="amount")
        elif "rate" not in members:
            raise Fault(_place("amount", members), "missing_key")
        elif "window_days" not in members:
            raise Fault(_place("window_days", members), "missing_key")
        days = members["window_days"].integer() if "window_days" in members else None
        if days is not None and not 1 <= days <= 36_600:
            members["window_days"].fail("out_of_range", low=1, high=36_600)
        numbers = ("amount", "rate", "cap_per_customer", "min_first_order")
        found = {key: members[key].amount() for key in numbers if key in members}
        return cls(window_days=days, **found)

    def to_json(self) -> dict[str, Any]:
        numbers = (
            ("amount", self.amount), ("rate", self.rate), ("cap_per_customer", self.cap_per_customer),
            ("min_first_order", self.min_first_order),
        )  # fmt: skip
        document: dict[str, Any] = {key: plain(value) for key, value in numbers if value is not None}
        return document | ({} if self.window_days is None else {"window_days": str(self.window_days)})

    def apply(self, aggregate: Aggregate) -> Earned:
        if not aggregate.customers:
            return Earned(ZERO, "no_new_customer")
        return earned(sum((self.earned_by(one) for one in aggregate.customers), ZERO))

    def earned_by(self, customer: Customer) -> Decimal:
        """What one customer earns in the period; below 0 when returns take back what an earlier period paid."""
        if customer.order <= 0 or customer.order < (self.min_first_order or ZERO):
            return ZERO
        if self.amount is not None:
            return self._capped(self.amount) if customer.opens else ZERO
        rate = self.rate or ZERO
        return self._capped(rate * customer.now) - self._capped(rate * customer.before)

    def steps(self, aggregate: Aggregate) -> list[Step]:
        pairs = sorted(((self.earned_by(one), one) for one in aggregate.customers), key=lambda pair: pair[1].code)
        paid = [(amount, one) for amount, one in pairs if amount]
        steps = [
            Step("customer", amount, {"customer": one.code, "first_order": one.order, "part": one.now - one.before})
            for amount, one in paid[:NAMED]
        ]
        return [*steps, *_rest(paid[NAMED:]), *_not_below_zero([amount for amount, _one in paid])]

    def _capped(self, amount: Decimal) -> Decimal:
        amount = max(amount, ZERO)
        return amount if self.cap_per_customer is None else min(amount, self.cap_per_customer)


def _rest(paid: Sequence[tuple[Decimal, Customer]]) -> list[Step]:
    if not paid:
        return []
    return [Step("customers", sum((amount for amount, _one in paid), ZERO), {"count": Decimal(len(paid))})]


def _not_below_zero(amounts: Sequence[Decimal]) -> list[Step]:
    total = sum(amounts, ZERO)
    return [Step("not_below_zero", -total)] if total < 0 else []


def _place(key: str, members: dict[str, Node]) -> str:
    return f"{members['type'].path.removesuffix('.type')}.{key}"
