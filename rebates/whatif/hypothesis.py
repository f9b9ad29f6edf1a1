"""A sale that was not made, beside those that were: one row of a temporary table, gone with the question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from prm.db.scope import require_tenant_id
from rebates.sql import Sources

TABLE = "rebates_whatif_line"
EXTERNAL_ID = "(what if)"
BOTH = f"(SELECT * FROM commerce_saleline UNION ALL SELECT * FROM {TABLE})"  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A sale line that is only thought of. `like` are the fields that it shares with the partner's latest sale."""

    partner_id: UUID
    product_id: UUID
    sold_on: date
    quantity: Decimal
    net_amount: Decimal
    currency: str
    like: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        own = {
            "id": 0, "tenant_id": str(require_tenant_id()), "external_id": EXTERNAL_ID, "reverses": "",
            "invoice_no": "", "deal_ref": "", "partner_id": str(self.partner_id), "product_id": str(self.product_id),
            "sold_on": self.sold_on, "quantity": self.quantity, "net_amount": self.net_amount,
            "currency": self.currency,
        }  # fmt: skip
        blank: dict[str, Any] = dict.fromkeys(LIKE, "") | {"days_to_pay": None, "attrs": {}}
        shared = blank | self.like
        return own | shared | {"attrs": json.dumps(shared["attrs"])}


LIKE = (
    "customer_code", "customer_name", "customer_segment", "customer_industry", "channel", "sold_by", "days_to_pay",
    "attrs",
)  # fmt: skip
"""What conditions of programs look at, apart from the product, the partner and the amounts."""


@contextmanager
def supposed(hypothesis: Hypothesis) -> Iterator[Sources]:
    """The sale lines as if this one were among them. Needs a transaction; no live table is touched."""
    row = hypothesis.row()
    names, values = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} (LIKE commerce_saleline) ON COMMIT DROP")
        cursor.execute(
            f"INSERT INTO {TABLE} ({names}, created_at) VALUES ({values}, now())",  # noqa: S608 (names of columns)
            row,
        )
    yield Sources(lines=BOTH)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
