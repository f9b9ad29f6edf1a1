"""A vendor of an installation whose sums can be added up in the head: every partner sells the same, and earns 2 %."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.models import Sum
from django.db.utils import InterfaceError, OperationalError

from commerce.models import SaleLine
from prm.exports.models import ACTIVE, Export
from prm.exports.services import WATCH
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.models import Entry, Journal
from prm.ledger.selectors import balances
from prm.outbox.models import Delivery
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE
from prm.tenancy.context import tenant_context
from prm.testing.api import make_key
from prm.testing.installation import PATIENCE, Installation
from prm.testing.make import Cast, make_cast, make_tenant
from prm.testing.processes import wait_until
from rebates.models import Accrual, CloseRun, Rebuild
from rebates.services.closing import WATCH as CLOSE_WATCH
from tests.rebates.world import World, day

PARTNERS, LINES, AMOUNT = 40, 25, Decimal("100.04")
PAYOUT = Decimal("50.02")
"""Of a partner that has sold `LINES` lines: 2 % of 2,501.00."""
TOTAL = PARTNERS * PAYOUT

_numbers = itertools.count(1)


@dataclass
class Vendor:
    """`vendor.do(work)` works inside the vendor, in one transaction."""

    installation: Installation
    cast: Cast
    token: str
    lines: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def slug(self) -> str:
        return str(self.cast.tenant.slug)

    @property
    def world(self) -> World:
        return World(self.cast.tenant)

    def do(self, work: Callable[[], Any]) -> Any:
        with tenant_context(self.cast.tenant):
            return work()

    def actor(self, role: Role, name: str = "") -> Actor:
        return self.do(lambda: self.world.actor(role, name))  # type: ignore[no-any-return]

    def publish(self, code: str = "P1") -> None:
        self.do(lambda: self.world.published(code))

    def sell(self, on: str, *, announced: bool = True) -> None:
        """`LINES` lines of every partner on one day, as an import leaves them, and its event."""

        def write() -> None:
            partners = [self.world.partner(f"D{number:03}") for number in range(PARTNERS)]
            product = self.world.product()
            SaleLine.objects.bulk_create(
                SaleLine(
                    external_id=f"{on}-{next(self.lines):06}", partner=partner, product=product, sold_on=day(on),
                    quantity=Decimal(1), net_amount=AMOUNT, currency="USD",
                )
                for partner in partners
                for _line in range(LINES)
            )  # fmt: skip
            if announced:
                emit("commerce.sales.recorded", {"import_id": None, "partner_ids": None, "since": on, "until": on})

        self.do(write)

    def post(self, path: str, body: Any = None, *, key: str) -> Any:
        return self.installation.post(self.slug, self.token, path, body or {}, key=key)

    # What is true in the end

    def settle(self) -> None:
        """Wait until nothing is left to do."""
        wait_until(self._is_settled, PATIENCE, f"the end of {self.slug}'s work", step=0.1)

    def _is_settled(self) -> bool:
        try:
            return not self.do(self._is_busy)
        except (OperationalError, InterfaceError):
            connections["default"].close()
            return False

    def _is_busy(self) -> bool:
        # Whoever watches a run looks again after it has ended; that is not waited for.
        waiting = Delivery.objects.filter(done_at=None).exclude(message__topic__in=[WATCH, CLOSE_WATCH])
        running = Rebuild.objects.filter(status="running").exists()
        closing = CloseRun.objects.filter(status__in=RUN_ACTIVE).exists()
        return waiting.exists() or running or closing or Export.objects.filter(status__in=ACTIVE).exists()

    def proof(self) -> str:
        """What the proof command says; it raises `CommandError` for a difference."""
        output = StringIO()
        call_command("rebates_prove", tenant=self.slug, stdout=output, no_color=True)
        return output.getvalue().strip()

    def balances(self) -> dict[str, Decimal]:
        """By account, of those that are not 0."""
        rows = self.do(lambda: list(balances(by=("account",))))
        return {Account(row["account"]): row["balance"] for row in rows if row["balance"]}

    def books_balance(self) -> bool:
        sums = self.do(lambda: Entry.objects.aggregate(debit=Sum("debit"), credit=Sum("credit")))
        return bool(sums["debit"] == sums["credit"])

    def journals(self, kind: str) -> int:
        return self.do(lambda: Journal.objects.filter(kind=kind).count())  # type: ignore[no-any-return]

    def accruals(self) -> tuple[int, Decimal]:
        """Rows, and what they pay together."""
        rows = self.do(lambda: list(Accrual.objects.values_list("payout", flat=True)))
        return len(rows), sum(rows, Decimal(0))


def vendor_make(installation: Installation) -> Vendor:
    """With people, a key of the API that may do everything a key may, and statements that need no review."""
    tenant = make_tenant(f"v{next(_numbers)}", base_currency="USD")
    cast = make_cast(tenant)
    with tenant_context(tenant):
        World(tenant).no_review()
    return Vendor(installation, cast, make_key(cast))
