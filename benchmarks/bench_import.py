"""Import of 500,000 sale lines against COPY of the same file into a bare table with the same columns."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, connections, transaction

from prm.identity.actor import Actor
from prm.imports.services import import_file_now
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant

LINES = 500_000
PARTNERS, PRODUCTS = 700, 300
ACTOR = Actor.system("benchmark")
COLUMNS = (
    "external_id text, partner_code text, sku text, sold_on date, quantity numeric, net_amount numeric, currency text,"
    " invoice_no text, customer_code text, customer_name text, customer_segment text, channel text,"
    " days_to_pay integer, sold_by text, reverses text"
)


def main(lines: int = LINES) -> dict[str, float]:
    """{"import_500k": ratio of seconds}; both are measured twice, in turn, and the best of each counts."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        write_sales(path, lines)
        bare, product = [], []
        for _ in range(2):
            bare.append(copy_seconds(path))
            product.append(import_seconds(path, Path(folder), lines))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {lines:,} lines: COPY {min(bare):.2f} s, import {min(product):.2f} s, this process at most {peak} MB")
    return {"import_500k": min(product) / min(bare)}


def write_sales(path: Path, lines: int, seed: int = 7) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(part.split()[0] for part in COLUMNS.split(",")) + "\n")
        file.writelines(_rows(random.Random(seed), lines))


def _rows(chance: random.Random, lines: int) -> Iterator[str]:
    for number in range(lines):
        invoice, position = divmod(number, 5)
        customer = chance.randrange(20_000)
        yield (
            f"SO{100_000 + invoice}-{position},P{chance.randrange(PARTNERS)},SKU-{chance.randrange(PRODUCTS)},"
            f"2026-{chance.randrange(12) + 1:02d}-{chance.randrange(28) + 1:02d},{chance.randrange(1, 40)},"
            f"{chance.randrange(100, 9_000_000) / 100:.2f},CNY,INV{100_000 + invoice},C{customer:05d},"
            f"Customer {customer} 有限公司,SMB,direct,{chance.randrange(10, 90)},Seller {customer % 50},\n"
        )


def copy_seconds(path: Path) -> float:
    """As the owner, into an ordinary logged table without key or index; until the commit."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare ({COLUMNS})")
        try:
            with path.open("rb") as file:
                return _timed(lambda: cursor.copy_expert("COPY bench_bare FROM STDIN (FORMAT csv, HEADER)", file))
        finally:
            cursor.execute("DROP TABLE bench_bare")


def import_seconds(path: Path, folder: Path, lines: int) -> float:
    """The product's import in a vendor of its own, until the commit."""
    tenant = Tenant.objects.create(slug=f"bench{time.time_ns() % 10**12}", name="Bench")
    with tenant_context(tenant):
        _master_data(folder)
    seconds = _timed(lambda: _import(tenant, path, lines))
    _empty(tenant)
    return seconds


def _import(tenant: Tenant, path: Path, lines: int) -> None:
    with tenant_context(tenant):
        result = import_file_now(actor=ACTOR, kind="sales", path=path)
    assert (result.accepted, result.refused) == (lines, 0)


def _master_data(folder: Path) -> None:
    partners, products = folder / "partners.csv", folder / "products.csv"
    rows = [f"P{i},Partner {i},reseller,East,CN" for i in range(PARTNERS)]
    partners.write_text("\n".join(["code,name,type,region,country", *rows]))
    rows = [f"SKU-{i},Product {i},Line {i % 8},Category {i % 20}" for i in range(PRODUCTS)]
    products.write_text("\n".join(["sku,name,line,category", *rows]))
    import_file_now(actor=ACTOR, kind="partners", path=partners)
    import_file_now(actor=ACTOR, kind="products", path=products)


def _empty(tenant: Tenant) -> None:
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("DELETE FROM commerce_saleline")
    transaction.get_connection("owner").close()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
