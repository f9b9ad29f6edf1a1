from __future__ import annotations

from collections.abc import Iterator

import pytest

from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.rebates.world import World


@pytest.fixture
def world(db: None) -> Iterator[World]:
    tenant = Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")
    with tenant_context(tenant):
        found = World(tenant)
        found.no_review()
        yield found
