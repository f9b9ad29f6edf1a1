"""The figures that a recommendation looks at: metrics, what an exit would find open, and what other topics register.

register(RenewalInput("at_risk", values))      # values(partner_ids, today) -> {partner_id: Decimal}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from partners.exits import checks
from partners.metrics import Window, WindowKind, WindowSpec, metrics, values
from partners.models import TierStay
from partners.selectors.suspension import suspended_ids
from partners.states.suspensions import SuspensionScope
from partners.states.tiers import STAY_LOSING
from prm.db.scope import require_tenant

Values = Callable[[Sequence[UUID], dt.date], Mapping[UUID, Decimal]]
YEAR = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
QUARTER = WindowSpec(WindowKind.TRAILING_DAYS, 90)
OPEN = {"disputes": "rebates.disputes", "clawbacks": "rebates.clawbacks"}
"""Input → the exit check that counts it."""


@dataclass(frozen=True, slots=True)
class RenewalInput:
    code: str
    values: Values


_inputs: dict[str, RenewalInput] = {}


def register(found: RenewalInput) -> None:
    _inputs[found.code] = found


def figures_of(partner_ids: Sequence[UUID], today: dt.date) -> dict[UUID, dict[str, Decimal]]:
    """Partner → input → value, in a fixed number of statements for the metrics."""
    found: dict[UUID, dict[str, Decimal]] = {key: {} for key in partner_ids}
    for one in _inputs.values():
        for key, value in one.values(partner_ids, today).items():
            if key in found:
                found[key][one.code] = value
    return found


def metric_of(code: str, spec: WindowSpec) -> Values:
    """The values of a metric; nothing while no app has registered it."""

    def read(partner_ids: Sequence[UUID], today: dt.date) -> Mapping[UUID, Decimal]:
        if code not in {one.code for one in metrics()}:
            return {}
        window: Window = spec.window(today, require_tenant().fiscal_start_month)
        rows = values(code, window, only=list(partner_ids))
        return {key: row.value for key, row in rows.items() if row.value is not None}

    return read


def _open_of(code: str) -> Values:
    def read(partner_ids: Sequence[UUID], _today: dt.date) -> Mapping[UUID, Decimal]:
        check = next((one for one in checks() if one.code == code), None)
        return {key: Decimal(check.count(key)) for key in partner_ids} if check is not None else {}

    return read


def _suspensions(partner_ids: Sequence[UUID], today: dt.date) -> Mapping[UUID, Decimal]:
    held: set[UUID] = set()
    for scope in SuspensionScope.values:
        held.update(suspended_ids(scope, today).filter(partner_id__in=list(partner_ids)))
    return {key: Decimal(int(key in held)) for key in partner_ids}


register(RenewalInput("revenue", metric_of("revenue", YEAR)))
register(RenewalInput("growth", metric_of("revenue_growth", YEAR)))
register(RenewalInput("recent_orders", metric_of("orders", QUARTER)))
register(RenewalInput("certified_people", metric_of("certified_people", WindowSpec(WindowKind.AS_OF))))


def _at_risk(partner_ids: Sequence[UUID], _today: dt.date) -> Mapping[UUID, Decimal]:
    losing = TierStay.objects.filter(partner_id__in=list(partner_ids), status__in=STAY_LOSING)
    return dict.fromkeys(losing.values_list("partner_id", flat=True), Decimal(1))


register(RenewalInput("at_risk", _at_risk))
register(RenewalInput("suspensions", _suspensions))
for _code, _check in OPEN.items():
    register(RenewalInput(_code, _open_of(_check)))
