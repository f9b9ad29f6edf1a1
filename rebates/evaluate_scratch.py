"""A scratch vendor: temporary tables under the names of the live ones, gone with the transaction.

PostgreSQL looks for a name among the temporary tables first, so the product's own imports fill these and the
product's own statements read them, while the live tables stay untouched: no row of them, no dead row, no lock.
Nothing is left behind.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction

from prm.ids import new_id
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

# What imports write and evaluations read, with the key by which each is found.
TABLES: Mapping[str, str] = {
    "partners_partner": "tenant_id, code",
    "partners_tierchange": "tenant_id, partner_id, valid_from",
    "commerce_product": "tenant_id, sku",
    "commerce_exchangerate": "tenant_id, from_currency, to_currency, valid_from",
    "commerce_overdue": "tenant_id, partner_id, as_of, currency",
    "commerce_saleline": "tenant_id, external_id",
    "rebates_target": "tenant_id, program_code, partner_id, period_key",
}


@contextmanager
def scratch_vendor(base_currency: str = "USD", fiscal_start_month: int = 1) -> Iterator[Tenant]:
    """Be a vendor that exists nowhere, with empty tables, in a transaction that is rolled back at the end."""
    vendor = Tenant(id=new_id(), slug="scratch", base_currency=base_currency, fiscal_start_month=fiscal_start_month)
    with tenant_context(vendor):
        with connection.cursor() as cursor:
            for table, key in TABLES.items():
                cursor.execute(
                    f"CREATE TEMPORARY TABLE {table} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY"
                    " INCLUDING CONSTRAINTS) ON COMMIT DROP"
                )
                cursor.execute(f"CREATE UNIQUE INDEX ON {table} ({key})")
        yield vendor
        transaction.set_rollback(True)


def scratch_analyze() -> None:
    """Statistics of what was imported: without them the planner works blind."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
