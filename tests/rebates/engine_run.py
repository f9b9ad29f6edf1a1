"""The production engine on a world, as `rebates_evaluate` runs it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from rebates.evaluate import Request, files_evaluate
from tests.rebates.oracle import Output, World
from tests.rebates.oracle.files import FILES, write

Engine = Callable[[World], Output]


def rows_of(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def output_of(out: Path) -> Output:
    """The three files; of a refused line's reason only that it was refused."""
    exceptions = [
        (name, code, "refused" if reason.startswith("refused: ") else reason)
        for name, code, reason in rows_of(out / "exceptions.csv")
    ]
    return Output(rows_of(out / "accruals.csv"), rows_of(out / "lines.csv"), sorted(exceptions))


def engine_in(directory: Path) -> Engine:
    def run(world: World) -> Output:
        write(world, directory)
        files = {name: directory / f"{name}.csv" for name in FILES}
        files_evaluate(
            Request(
                **files, programs=directory / "programs.json", out=directory / "out", as_of=world.as_of,
                base_currency=world.base_currency, fiscal_start_month=world.fiscal_start_month,
            )
        )  # fmt: skip
        return output_of(directory / "out")

    return run
