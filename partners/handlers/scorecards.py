"""A scorecard in force is scored by a worker."""

from __future__ import annotations

from typing import Any

from prm.db.scope import require_tenant_id
from prm.outbox.registry import subscribe
from prm.tenancy.celery import HEADER


@subscribe("partners.scorecard.published")
def scorecard_published(_payload: dict[str, Any]) -> None:
    from partners.tasks.scorecards import begin

    begin.apply_async(headers={HEADER: str(require_tenant_id())})
