from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from partners.services.agreement_watch import agreements_watch
from prm.identity.actor import Actor
from prm.tenancy.context import tenant_context
from prm.testing.importing import PARTNERS, PRODUCTS, Importer
from prm.testing.make import Cast
from tests.partners.ladder import GOLD, SILVER, document, evaluate, on, publish, sell


@pytest.fixture
def importer(cast: Cast) -> Iterator[Importer]:
    """`acme` is active, with partners A and B, products X1 and X2."""
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("partners", PARTNERS)
        importer.now("products", PRODUCTS)
        yield importer


@pytest.fixture
def vendor(cast: Cast) -> Iterator[Importer]:
    """`acme` is active, with products to sell; its partner P-1 has people, P-2 has none."""
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("products", PRODUCTS)
        yield importer


@pytest.fixture
def falling(vendor: Importer, cast: Cast) -> Importer:
    """P-1 is silver since 2025-03-10 by one sale of 2025-03-01, which leaves its window on 2026-03-01."""
    with on("2025-03-10"):
        publish(cast.administrator, document(SILVER, GOLD))
        sell(vendor, "s1", "2025-03-01", "500")
        evaluate()
    return vendor


@pytest.fixture
def second_of_march(cast: Cast) -> Iterator[Any]:
    """`acme` is active, and it is the morning of 2 March 2026 there."""
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False) as clock, tenant_context(cast.tenant):
        yield clock


@pytest.fixture
def at(second_of_march: Any) -> Any:
    """Move the clock to noon of a day at the vendor, and let the watch run."""

    def move(day: str | dt.date, *, watch: bool = True) -> int:
        second_of_march.move_to(dt.datetime.fromisoformat(f"{day}T04:00:00+00:00"))
        return agreements_watch(actor=Actor.system("partners.watch")) if watch else 0

    return move


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    """Active, on a Thursday in November 2026 at 10:00 in Shanghai; `move` sets its clock."""
    with time_machine.travel("2026-11-26T02:00:00Z", tick=False) as now, tenant_context(cast.tenant):
        cast.now = now  # type: ignore[attr-defined]
        yield cast
