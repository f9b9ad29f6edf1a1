"""The demo vendor's scorecards: one for everybody, another one for integrators, with scores of the past year."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from partners.services.scorecards import line_set, scorecard_create, scorecard_publish
from partners.services.scores import scores_begin
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role

NAMES = {"en": ("All partners", "Integrators"), "zh": ("全部伙伴", "集成商")}
GROWTH = {"metric": "revenue_growth", "target": "0.15", "floor": "-0.10", "weight": 3}
ORDERS = {"metric": "orders", "target": "60", "floor": "10", "weight": 2}
LINES = {"metric": "product_lines", "target": "4", "floor": "1", "weight": 1}
RETURNS = {"metric": "return_rate", "target": "0.02", "floor": "0.08", "weight": 1}
QUARTER = {"window": "trailing_months", "length": 3}
PROMISES = ("applications_on_time", "statements_on_time", "payments_on_time", "disputes_on_time", "actions_on_time")


def scorecards_make(staff: Mapping[Role, Membership], revenue: Decimal) -> None:
    """`revenue` is what a good partner sells in twelve months, in the vendor's currency."""
    manager = Actor.user(staff[Role.CHANNEL_MANAGER])
    general, integrators = NAMES["zh" if require_tenant().locale.startswith("zh") else "en"]
    sold = {"metric": "revenue", "target": str(revenue), "floor": str(revenue / 5), "weight": 4}
    _publish(manager, general, [], [sold, GROWTH, ORDERS | QUARTER, LINES | QUARTER, RETURNS])
    _publish(manager, integrators, ["integrator"], [sold | {"weight": 2}, GROWTH, ORDERS | QUARTER])
    scores_begin(actor=Actor.system("partners.scores"))


def _publish(manager: Actor, name: str, types: list[str], lines: list[dict[str, Any]]) -> None:
    version = scorecard_create(actor=manager, name=name, partner_types=types).versions.get()
    promises = [{"side": "vendor", "metric": code, "target": "0.95", "floor": "0.7", "weight": 1} for code in PROMISES]
    for line in [*({"side": "partner", **line} for line in lines), *promises]:
        exact = {key: Decimal(line[key]) for key in ("target", "floor")}
        line_set(actor=manager, version_id=version.pk, **line | exact)
    scorecard_publish(actor=manager, version_id=version.pk)
