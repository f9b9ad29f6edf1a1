"""Makes a world on which two evaluations differ as small as it can, for people to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.rebates.oracle import Output, World
from tests.rebates.oracle.files import FILES, Row

Differs = Callable[[World], bool]
NEEDED = {"code", "currency", "period", "calculation", "external_id", "partner_code", "sku", "sold_on", "quantity"}


def shrunk(world: World, differs: Differs) -> World:
    """Takes away whatever is not needed for the difference, until nothing more can be taken away."""
    while True:
        smaller = next((candidate for candidate in _candidates(world) if differs(candidate)), None)
        if smaller is None:
            return world
        world = smaller


def _candidates(world: World) -> Iterator[World]:
    for name in ("programs", "sales", "fx", "targets", "partners"):
        rows = list(getattr(world, name))
        for size in (len(rows) // 2, len(rows) // 4, 1):
            for start in range(0, len(rows), size) if size else ():
                yield replace(world, **{name: rows[:start] + rows[start + size :]})
    if world.as_of is not None:
        yield replace(world, as_of=None)
    if world.fiscal_start_month != 1:
        yield replace(world, fiscal_start_month=1)
    yield from _simpler_programs(world)
    yield from _emptier_rows(world)


def _simpler_programs(world: World) -> Iterator[World]:
    programs = list(world.programs)
    for i, program in enumerate(programs):
        for document in _simpler(program):
            yield replace(world, programs=[*programs[:i], document, *programs[i + 1 :]])


def _simpler(program: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in program.keys() - NEEDED:
        yield {name: part for name, part in program.items() if name != key}
    qualifiers = program.get("qualifiers", [])
    if len(qualifiers) > 1:
        yield from (program | {"qualifiers": [qualifier]} for qualifier in qualifiers)
    calculation = program["calculation"]
    for name in ("bands", "curve", "rates"):
        parts = calculation.get(name, [])
        for i in range(len(parts)) if len(parts) > 1 else ():
            yield program | {"calculation": calculation | {name: parts[:i] + parts[i + 1 :]}}
    for key in ("cap_per_customer", "min_first_order", "pay_on", "without_baseline", "cumulative"):
        if key in calculation:
            yield program | {"calculation": {name: part for name, part in calculation.items() if name != key}}


def _emptier_rows(world: World) -> Iterator[World]:
    rows = list(world.sales)
    for i, row in enumerate(rows):
        for column, cell in row.items():
            if cell and column not in NEEDED | {"net_amount", "currency"}:
                yield replace(world, sales=[*rows[:i], row | {column: ""}, *rows[i + 1 :]])


def told(world: World, expected: Output, actual: Output) -> str:
    """Options, programs, tables, and the rows that only one of the two has."""
    options = f"as_of={world.as_of} base_currency={world.base_currency} fiscal_start_month={world.fiscal_start_month}"
    parts = [options, *(json.dumps(program) for program in world.programs)]
    for name in FILES:
        parts += [f"{name}.csv:", *(f"  {_row(row)}" for row in getattr(world, name))]
    for name in ("accruals", "lines", "exceptions"):
        ours, theirs = getattr(expected, name), getattr(actual, name)
        if ours != theirs:
            parts += [f"{name}.csv, oracle:", *(f"  {row}{'' if row in theirs else '   <--'}" for row in ours)]
            parts += [f"{name}.csv, engine:", *(f"  {row}{'' if row in ours else '   <--'}" for row in theirs)]
    return "\n".join(parts)


def _row(row: Row) -> str:
    return " ".join(f"{column}={cell}" for column, cell in row.items() if cell)
