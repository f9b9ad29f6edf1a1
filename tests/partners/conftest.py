from __future__ import annotations

from collections.abc import Iterator

import pytest

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
