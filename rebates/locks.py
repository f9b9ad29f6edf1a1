"""Advisory locks of this app: held until the transaction ends, one space per tenant, taken before any row lock.

The registry of names: `accruals` is held by everything that changes accruals, adjustments, exceptions or closes a
period (the parts of a rebuild share it, as each has partners and programs of its own); `settlements` by whatever
numbers a settlement; `disputes` by whatever numbers a dispute; `bank_results` by whatever brings in or applies a bank's
file. Whoever needs more than one takes them in this order.
"""

from __future__ import annotations

from typing import Literal

from django.db import connection

from prm.db.scope import require_tenant_id

Name = Literal["accruals", "settlements", "disputes", "bank_results"]


def hold(name: Name, *, shared: bool = False) -> None:
    """Wait for the tenant's lock of this name. Statements after it see all that earlier holders committed.

    `shared` lets several in that change different rows, and nobody else.
    """
    if not connection.in_atomic_block:
        message = "an advisory lock of a transaction needs a transaction"
        raise RuntimeError(message)
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kind}(hashtextextended(%s, 0))", [f"rebates.{name}:{require_tenant_id()}"])
