"""A scratch vendor for one evaluation: temporary tables with the columns of the live ones, gone with the transaction.

They are filled by COPY, which row-level security forbids on the live tables, and read by the very statements that read
those. Nothing of them is seen by anybody else or left behind.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction

from rebates.sql import Sources

# What the evaluation reads, in the order in which rows are given to `Scratch.fill`.
COLUMNS: dict[str, tuple[str, ...]] = {
    "partners": ("id", "code", "type", "region", "country", "tags"),
    "tiers": ("partner_id", "tier", "valid_from"),
    "products": ("id", "sku", "line", "category", "brand", "unit_cost"),
    "rates": ("from_currency", "to_currency", "valid_from", "rate"),
    "lines": (
        "id", "external_id", "partner_id", "product_id", "sold_on", "quantity", "net_amount", "currency", "customer_code",
        "customer_segment", "customer_industry", "channel", "deal_ref", "days_to_pay", "sold_by", "reverses", "attrs",
    ),
}  # fmt: skip
_LIVE = {
    "partners": "partners_partner",
    "tiers": "partners_tierchange",
    "products": "commerce_product",
    "rates": "commerce_exchangerate",
    "lines": "commerce_saleline",
}
_KEYS = {
    "partners": "id",
    "products": "id",
    "lines": "external_id",
    "rates": "from_currency, to_currency, valid_from",
}


@dataclass(frozen=True, slots=True)
class Scratch:
    """Empty tables to be filled. `sources` names them for the engine."""

    sources: Sources

    def fill(self, table: str, rows: Iterable[Iterable[Any]]) -> int:
        """Append rows given in the order of `COLUMNS[table]`; None is null, lists become arrays. Returns their number."""
        name = getattr(self.sources, table)
        with connection.cursor() as cursor:
            copy = f"COPY {name} ({', '.join(COLUMNS[table])}) FROM STDIN (FORMAT csv)"
            cursor.copy_expert(copy, _Feed(rows))  # type: ignore[attr-defined]
            return int(cursor.rowcount)

    def ready(self) -> None:
        """Index and analyse after filling: without them the planner works blind."""
        with connection.cursor() as cursor:
            for table, key in _KEYS.items():
                cursor.execute(f"CREATE INDEX ON {getattr(self.sources, table)} ({key})")
            for table in COLUMNS:
                cursor.execute(f"ANALYZE {getattr(self.sources, table)}")


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Temporary tables inside a transaction that is rolled back at the end, whatever happens."""
    sources = Sources(**{table: f"pg_temp.scratch_{table}" for table in COLUMNS})
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table, columns in COLUMNS.items():
                cursor.execute(
                    f"CREATE TEMPORARY TABLE scratch_{table} ON COMMIT DROP AS"
                    f" SELECT {', '.join(columns)} FROM {_LIVE[table]} WITH NO DATA"
                )
        yield Scratch(sources)
        transaction.set_rollback(True)


class _Feed(io.TextIOBase):
    """Rows as a file for COPY, turned into text in portions: memory does not grow with their number."""

    def __init__(self, rows: Iterable[Iterable[Any]]) -> None:
        self.rows = iter(rows)

    def read(self, size: int | None = -1) -> str:
        """The next portion; psycopg2 takes more than it asks for."""
        return "".join(",".join(map(_cell, row)) + "\n" for row in islice(self.rows, 200))


def _cell(value: Any) -> str:
    """A CSV cell. Texts are always quoted, so that an empty one is not taken for null."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in value)
        value = "{" + ",".join(f'"{item}"' for item in quoted) + "}"
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)
