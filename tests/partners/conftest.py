from __future__ import annotations

from collections.abc import Iterator

import pytest

from prm.tenancy.context import tenant_context
from prm.testing.importing import PARTNERS, PRODUCTS, Importer
from prm.testing.make import Cast


@pytest.fixture
def importer(cast: Cast) -> Iterator[Importer]:
    """`acme` is active, with partners A and B, products X1 and X2."""
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("partners", PARTNERS)
        importer.now("products", PRODUCTS)
        yield importer
