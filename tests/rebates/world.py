"""A vendor with a few partners and products, and short ways to sell, program and settle in tests."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from commerce.models import ExchangeRate, Product, SaleLine
from partners.models import Partner, TierChange
from prm.identity.actor import Actor
from prm.identity.models import Membership, User
from prm.identity.rights import Role
from prm.tenancy.models import Tenant
from rebates.models import Accrual, Program, ReviewSettings
from rebates.services.accruals import accruals_update
from rebates.services.programs import program_create, program_publish

BANDS = [{"from": "0", "rate": "0.02"}, {"from": "50000", "rate": "0.04"}]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def definition(code: str = "P1", **changes: Any) -> dict[str, Any]:
    document = {
        "code": code, "name": {"en": f"Program {code}", "zh-hans": f"计划{code}"}, "currency": "USD",
        "period": "quarter", "calculation": {"type": "marginal", "bands": BANDS},
    }  # fmt: skip
    return document | changes


@dataclass
class World:
    """The tenant's things by code, made on first use."""

    tenant: Tenant
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    system: Actor = field(default_factory=lambda: Actor.system("tests"))

    def no_review(self) -> None:
        """Approved is payable at once, for tests that are about something else."""
        ReviewSettings.objects.update_or_create(defaults={"review_days": 0})

    def actor(self, role: Role, name: str = "", partner: Partner | None = None) -> Actor:
        email = f"{name or role}@{self.tenant.slug}.test"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        membership, _ = Membership.objects.get_or_create(user=user, partner=partner, defaults={"role": role})
        return Actor.user(membership)

    def partner(self, code: str = "A", **changes: Any) -> Partner:
        return Partner.objects.get_or_create(code=code, defaults={"name": f"Partner {code}"} | changes)[0]

    def product(self, sku: str = "X", **changes: Any) -> Product:
        defaults = {"name": f"Product {sku}", "line": "Road"} | changes
        return Product.objects.get_or_create(sku=sku, defaults=defaults)[0]

    def tier(self, partner: str, tier: str, since: str) -> TierChange:
        return TierChange.objects.create(partner=self.partner(partner), tier=tier, valid_from=day(since))

    def rate(self, source: str, target: str, since: str, rate: str) -> ExchangeRate:
        return ExchangeRate.objects.create(
            from_currency=source, to_currency=target, valid_from=day(since), rate=Decimal(rate)
        )

    def sale(
        self, partner: str, sold_on: str, amount: str, *, quantity: str = "", sku: str = "X", currency: str = "USD",
        external_id: str = "", **more: Any,
    ) -> SaleLine:  # fmt: skip
        """A sale line as an import leaves it; a negative amount with `reverses` is a return."""
        units = quantity or ("-1" if amount.startswith("-") else "1")
        return SaleLine.objects.create(
            external_id=external_id or f"L{next(self.numbers):05}", partner=self.partner(partner),
            product=self.product(sku), sold_on=day(sold_on), quantity=Decimal(units), net_amount=Decimal(amount),
            currency=currency, **more,
        )  # fmt: skip

    def published(self, code: str = "P1", **changes: Any) -> Program:
        program = program_create(actor=self.system, definition=definition(code, **changes))
        program_publish(actor=self.system, program_id=program.pk)
        return program

    def update(self, **scope: Any) -> Any:
        return accruals_update(actor=self.system, **scope)

    def accruals(self) -> dict[tuple[str, str, str], tuple[str, str, str]]:
        """(program, partner, period) → (measure, payout, reason)."""
        rows = Accrual.objects.values_list(
            "version__program__code", "partner__code", "period_key", "measure", "payout", "reason"
        )
        return {(a, b, c): (f"{m.normalize():f}", f"{p:.2f}", reason) for a, b, c, m, p, reason in rows}
