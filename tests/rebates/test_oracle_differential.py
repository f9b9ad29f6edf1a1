"""The production engine and the oracle, which share no line, on worlds made to be difficult: every row the same.

`REBATES_WORLDS=5000` looks at more worlds than the suite has time for, `REBATES_FIRST_WORLD=N` begins with another
seed.
"""

from __future__ import annotations

import os

import pytest

from tests.rebates.adversarial import world_of
from tests.rebates.engine_run import Engine
from tests.rebates.oracle import World, evaluate
from tests.rebates.shrinking import shrunk, told

pytestmark = pytest.mark.django_db

WORLDS = int(os.environ.get("REBATES_WORLDS", "60"))
FIRST = int(os.environ.get("REBATES_FIRST_WORLD", "0"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(0)
def test_engine_and_oracle_agree_to_the_row(engine: Engine, part: int) -> None:
    def differs(world: World) -> bool:
        return engine(world) != evaluate(world)

    for seed in range(FIRST + part, FIRST + WORLDS, PARTS):
        world = world_of(seed)
        if differs(world):
            smallest = shrunk(world, differs)
            pytest.fail(f"World {seed}, shrunk:\n{told(smallest, evaluate(smallest), engine(smallest))}", pytrace=False)
