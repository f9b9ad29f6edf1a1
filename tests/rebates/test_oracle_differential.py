"""The production engine and the oracle, which share no line, on worlds made to be difficult: every row the same.

`REBATES_WORLDS=5000` looks at more worlds than the suite has time for, `REBATES_FIRST_WORLD=N` begins with another
seed.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rebates.evaluate import Request, files_evaluate
from tests.rebates.adversarial import world_of
from tests.rebates.oracle import Output, World, evaluate
from tests.rebates.oracle.files import write
from tests.rebates.shrinking import shrunk, told

pytestmark = pytest.mark.django_db

WORLDS = int(os.environ.get("REBATES_WORLDS", "100"))
FIRST = int(os.environ.get("REBATES_FIRST_WORLD", "0"))
PARTS = 4

Engine = Callable[[World], Output]


def rows_of(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    def run(world: World) -> Output:
        write(world, tmp_path)
        files = {name: tmp_path / f"{name}.csv" for name in ("partners", "products", "sales", "fx", "targets")}
        files_evaluate(
            Request(
                **files, programs=tmp_path / "programs.json", out=tmp_path / "out", as_of=world.as_of,
                base_currency=world.base_currency, fiscal_start_month=world.fiscal_start_month,
            )
        )  # fmt: skip
        exceptions = [
            (name, code, "refused" if reason.startswith("refused: ") else reason)
            for name, code, reason in rows_of(tmp_path / "out" / "exceptions.csv")
        ]
        return Output(
            rows_of(tmp_path / "out" / "accruals.csv"), rows_of(tmp_path / "out" / "lines.csv"), sorted(exceptions)
        )

    return run


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
