"""What rebates a partner would lose with its certified people: for the expiry simulator of `partners.effects`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from partners.effects import Change, Effect, register_effects
from rebates.engine.program import Program as Rules
from rebates.engine.qualifiers import CertifiedPeople
from rebates.models import Accrual
from rebates.versions import versions_in_force


def rebates_lost(changes: Sequence[Change]) -> list[list[Effect]]:
    """The programs that would count too few people, each with what it brought in its newest period."""
    asking = [
        (version, qualifier)
        for version in versions_in_force()
        for qualifier in version.program.qualifiers
        if isinstance(qualifier, CertifiedPeople)
    ]
    if not asking:
        return [[] for _change in changes]
    worth = _worth({change.partner_id for change in changes}, [version.id for version, _one in asking])
    found: list[list[Effect]] = []
    for change in changes:
        effects: dict[str, Effect] = {}
        for version, qualifier in asking:
            ends = version.valid_to
            if (ends is None or ends >= change.day) and _is_lost(change, qualifier):
                rules = version.program
                amount = worth.get((change.partner_id, rules.code))
                if amount is not None and amount.payout > 0:
                    effects[rules.code] = Effect("rebate", _name(rules), amount.payout, amount.currency)
        found.append(list(effects.values()))
    return found


def _is_lost(change: Change, qualifier: CertifiedPeople) -> bool:
    code = qualifier.certification or ""
    return change.before.get(code, 0) >= qualifier.minimum > change.after.get(code, 0)


def _worth(partner_ids: set[UUID], version_ids: Sequence[Any]) -> dict[tuple[UUID, str], Accrual]:
    """The newest accrual of each partner and program."""
    rows = Accrual.objects.filter(partner_id__in=partner_ids, version_id__in=version_ids)
    rows = rows.select_related("version__program").order_by("period_start")
    return {(row.partner_id, row.version.program.code): row for row in rows}


def _name(rules: Rules) -> str:
    return rules.name_in("zh-hans" if (get_language() or "en").startswith("zh") else "en")


register_effects("rebates", rebates_lost)
