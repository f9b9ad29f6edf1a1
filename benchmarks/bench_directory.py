"""The directory's first page at 100 and at 100,000 partners, through the whole middleware stack, and a filtered one."""

from __future__ import annotations

import statistics
import time

from django.db import connection
from django.test import Client

from benchmarks.bench_home import _get
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import make_cast, make_tenant

FEW, MANY = 100, 100_000
ROUNDS, REQUESTS = 7, 6
PAGES = {"directory_page": "/m/partners/?all=1", "directory_filtered": "/m/partners/?status=active&tag=all&sort=-since"}

FILL = """
    INSERT INTO partners_partner
        (id, tenant_id, code, name, legal_name, type, region, country, tags, status, created_at, updated_at)
    SELECT uuidv7(), %(tenant)s, 'B-' || i, 'Company ' || md5(i::text), '', 'T' || i %% 9, 'R' || i %% 10, 'CN',
           ARRAY['t' || i %% 20, 'all'], 'active', now() - i * interval '1 minute', now()
    FROM generate_series(1, %(count)s) AS i
"""
TIERS = """
    INSERT INTO partners_tierchange (id, tenant_id, created_at, partner_id, tier, valid_from)
    SELECT uuidv7(), tenant_id, now(), id, 'tier ' || substr(code, 3)::int % 4, DATE '0001-01-01' FROM partners_partner
    WHERE code LIKE 'B-%'
"""


def main() -> dict[str, float]:
    times: dict[tuple[str, int], list[float]] = {}
    clients = {count: _vendor(count) for count in (FEW, MANY)}
    for _round in range(ROUNDS + 1):
        for count, client in clients.items():
            for name, url in PAGES.items():
                started = time.perf_counter()
                for _request in range(REQUESTS):
                    _get(client, url)
                times.setdefault((name, count), []).append(time.perf_counter() - started)
    # The first round warms the plans and the templates up.
    middle = {key: statistics.median(found[1:]) for key, found in times.items()}
    return {name: middle[name, MANY] / middle[name, FEW] for name in PAGES}


def _vendor(count: int) -> Client:
    tenant: Tenant = make_tenant(f"bench{count}")
    cast = make_cast(tenant)
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(FILL, {"tenant": str(tenant.pk), "count": count})
        cursor.execute(TIERS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_partner, partners_partnertag, partners_tierchange, partners_suspension")
    client = Client(SERVER_NAME=f"{tenant.slug}.localhost")
    client.force_login(cast.user(Role.CHANNEL_MANAGER))
    return client
