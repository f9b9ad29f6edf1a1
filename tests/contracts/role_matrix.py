"""Every row there is: what the modules of `matrix/` say, one for each part of the product."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.contracts import matrix
from tests.contracts.matrix.row import Row

ROWS: dict[str, Row | list[Row]] = {}
for found in iter_modules(matrix.__path__):
    rows = getattr(import_module(f"{matrix.__name__}.{found.name}"), "ROWS", {})
    assert not rows.keys() & ROWS.keys(), f"{found.name} has rows that another module has"
    ROWS.update(rows)
