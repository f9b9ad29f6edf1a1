"""A vendor with sales, and short ways to export them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from prm.exports.models import Export
from prm.exports.services import (
    export_request,
)
from prm.exports.work import export_run
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.tenancy.models import Tenant
from tests.rebates.world import World

NAMES = ["external_id", "partner_code", "partner_name", "sold_on", "quantity", "net_amount", "currency"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page in another test may have left its reader's language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def world(tenant: Tenant) -> Iterator[World]:
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant):
        yield World(tenant)


@pytest.fixture
def finance(world: World) -> Actor:
    return world.actor(Role.FINANCE)


def sell(world: World) -> None:
    world.partner("A", name="=1+1")
    world.sale("A", "2026-07-01", "100.50", currency="CNY", external_id="L2")
    world.sale("A", "2026-07-02", "-3.5", quantity="-0.25", currency="CNY", external_id="L1", reverses="L2")
    world.sale("B", "2026-07-03", "7", currency="CNY", external_id='with "quotes", and\nlines')


def ask(actor: Actor, **changes: Any) -> Export:
    return export_request(actor=actor, **{"kind": "sales", "format": "csv", "columns": NAMES} | changes)


def run(export: Export) -> Export:
    export_run(export.tenant, export.pk)
    export.refresh_from_db()
    return export


def content(export: Export) -> bytes:
    with file_open(export.file) as file:
        return file.read()


def table(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))
