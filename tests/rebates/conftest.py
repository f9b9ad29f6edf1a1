from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.rebates.engine_run import Engine, engine_in
from tests.rebates.golden import printed_numbers, worked_numbers
from tests.rebates.world import World


@pytest.fixture
def world(db: None) -> Iterator[World]:
    tenant = Tenant.objects.create(slug="acme", name="Acme", base_currency="USD", time_zone="Asia/Shanghai")
    with tenant_context(tenant):
        found = World(tenant)
        found.no_review()
        yield found


@pytest.fixture(scope="session")
def research_numbers(shared_data: Path) -> dict[str, list[Fraction]]:
    """What the collected examples print, by name."""
    research = shared_data.parent / "research"
    if not research.is_dir():
        pytest.skip("../shared/research is not here")
    return printed_numbers(research)


@pytest.fixture(scope="session")
def worked(shared_data: Path) -> dict[str, list[Fraction]]:
    """What the worked examples expect, by their ids."""
    return worked_numbers(shared_data)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """`engine(world)`: the production engine's output files."""
    return engine_in(tmp_path)
