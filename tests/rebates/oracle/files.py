"""A small world as rows of text, as the CSV files hold them, and the options of the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

Row = dict[str, str]
FILES = ("partners", "products", "sales", "fx", "targets")


@dataclass(frozen=True)
class World:
    """The rows of the five tables and the list of programs; `as_of` and the other options as the command has them."""

    partners: Sequence[Row]
    products: Sequence[Row]
    sales: Sequence[Row]
    programs: Sequence[dict[str, Any]]
    fx: Sequence[Row] = ()
    targets: Sequence[Row] = ()
    as_of: date | None = None
    base_currency: str = "USD"
    fiscal_start_month: int = 1


@dataclass(frozen=True)
class Output:
    """The rows of the three files, without their headers, sorted by code point."""

    accruals: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[tuple[str, ...]] = field(default_factory=list)
    exceptions: list[tuple[str, ...]] = field(default_factory=list)


HEADERS = {
    "partners": ("code", "name", "type", "region", "country", "tags", "tier", "tier_from"),
    "products": ("sku", "name", "line", "category", "brand", "unit_cost"),
    "sales": ("external_id", "partner_code", "sku", "sold_on", "quantity", "net_amount", "currency"),
    "fx": ("date", "from_currency", "to_currency", "rate"),
    "targets": ("program_code", "partner_code", "period", "target"),
}


def write(world: World, directory: Path) -> None:
    """The world as the command reads it; columns that no row has are left out where they are optional."""
    for name in FILES:
        rows = getattr(world, name)
        more = sorted({column for row in rows for column in row} - set(HEADERS[name]))
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*HEADERS[name], *more], restval="")
            writer.writeheader()
            writer.writerows(rows)
    text = json.dumps(world.programs, ensure_ascii=False)
    (directory / "programs.json").write_text(text, encoding="utf-8")


def read(directory: Path, programs: Sequence[dict[str, Any]], **options: Any) -> World:
    """The tables of a directory; one without a file is empty."""
    tables: dict[str, list[Row]] = {}
    for name in FILES:
        path = directory / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as file:
                tables[name] = list(csv.DictReader(file))
    return World(programs=programs, **tables, **options)
