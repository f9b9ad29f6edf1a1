"""The evaluation of the active tenant: its calendar, its currency, and what of its budgets was settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from rebates import fiscal
from rebates.engine.budget import Claims
from rebates.engine.reach import has_budget
from rebates.engine.versions import Version
from rebates.models import Accrual, Adjustment
from rebates.sql import LIVE, Evaluation, Scope, Sources


def evaluation_of(
    versions: Sequence[Version], *, sources: Sources = LIVE, settled: bool = True, **limits: Any
) -> Evaluation:
    """The evaluation of whole families of versions within the `limits` of a `Scope`.

    `settled=False` leaves out what was settled of budgets: for what never was in force.
    """
    spent = settled_budgets(versions) if settled else {}
    scope = Scope(fiscal.calendar(), fiscal.base_currency(), sources=sources, settled=spent, **limits)
    return Evaluation(versions, scope)


def settled_budgets(versions: Sequence[Version]) -> Mapping[Hashable, Mapping[str, Claims]]:
    """By version and closed period what its partners were stated, adjustments included, before claw-backs."""
    ids: list[Any] = [version.id for version in versions if has_budget(version.program)]
    closed = {key for _kind, key in fiscal.closed_keys()} if ids else set()
    spent: dict[Hashable, dict[str, dict[str, Decimal]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    accruals = Accrual.objects.filter(version_id__in=ids, period_key__in=closed)
    for version_id, key, code, payout, steps in accruals.values_list(
        "version_id", "period_key", "partner__code", "payout", "explanation__steps"
    ):
        taken = sum((Decimal(step["amount"]) for step in steps or () if step["step"] == "clawback"), Decimal(0))
        spent[version_id][key][code] += payout - taken
    adjusted = Adjustment.objects.filter(version_id__in=ids, origin_period_key__in=closed).order_by()
    columns = ("version_id", "origin_period_key", "partner__code")
    for version_id, key, code, amount in adjusted.values_list(*columns).annotate(Sum("amount")):
        spent[version_id][key][code] += amount
    return spent
