"""Advisory locks of this app: held until the transaction ends, one space per tenant, taken before any row lock.

`agreements` is held by whatever numbers an agreement, `applications` by whatever numbers an application or looks
whether an address has one, `tier_sweep` by whatever starts an evaluation of everybody, `tiers` by each evaluation.
"""

from __future__ import annotations

from typing import Literal

from django.db import connection

from prm.db.scope import require_tenant_id

Name = Literal["agreements", "applications", "tier_sweep", "tiers"]


def hold(name: Name) -> None:
    """Wait for the tenant's lock of this name. Statements after it see all that earlier holders committed."""
    if not connection.in_atomic_block:
        message = "an advisory lock of a transaction needs a transaction"
        raise RuntimeError(message)
    with connection.cursor() as cursor:
        key = f"partners.{name}:{require_tenant_id()}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
