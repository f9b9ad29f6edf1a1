"""Where the rows behind a metric are listed, for the surfaces that list them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from partners.metrics import Drill, Window, register_drill

OF_SALES = ("revenue", "revenue_growth", "orders", "new_customers", "product_lines", "return_rate")


def _none(_partner_id: UUID) -> Mapping[str, object]:
    return {}


def _sales(partner_id: UUID, window: Window) -> Mapping[str, str]:
    return {"partner": str(partner_id), "since": window.since.isoformat(), "until": window.until.isoformat()}


def _holders(partner_id: UUID, _window: Window) -> Mapping[str, str]:
    return {"partner": str(partner_id), "status": "valid"}


for code in OF_SALES:
    register_drill(code, "manager", Drill("manager:sales", _none, _sales))
register_drill("certified_people", "manager", Drill("manager:certificates", _none, _holders))
