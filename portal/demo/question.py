"""The manager has wondered what a program would have cost with bands half as high again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from prm.identity.actor import Actor
from prm.tenancy.models import Tenant
from rebates.services.what_if import what_if_start
from rebates.whatif.work import what_if_run

PERIODS = 2


def question_ask(tenant: Tenant, manager: Actor, programs: Iterable[tuple[UUID, dict[str, Any]]]) -> None:
    """Of the first of these (id, document) with bands; answered on the spot."""
    program_id, document = next((key, one) for key, one in programs if "bands" in one["calculation"])
    calculation = document["calculation"]
    higher = [{**band, "from": f"{Decimal(band['from']) * 3 / 2:f}"} for band in calculation["bands"]]
    changed = {**document, "calculation": {**calculation, "bands": higher}}
    run = what_if_start(actor=manager, program_id=program_id, periods=PERIODS, definition=changed)
    what_if_run(tenant, run.pk)
