"""What the end of certificates does to a partner's tier, for whoever warns of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from partners.effects import Change, Effect, register_effects
from partners.models import Partner
from partners.selectors.tier_simulation import Simulation, tier_if


def tier_lost(changes: Sequence[Change]) -> list[list[Effect]]:
    """For each change the tier that its figures would then be those of, and what that costs a year."""
    partners = Partner.objects.in_bulk({one.partner_id for one in changes})
    return [_effects(partners[one.partner_id], one) if one.partner_id in partners else [] for one in changes]


def _effects(partner: Partner, change: Change) -> list[Effect]:
    fewer = Decimal(change.after.get("", 0) - change.before.get("", 0))
    found = tier_if(partner, {"certified_people": fewer}) if fewer else None
    if found is None or not _is_lost(found):
        return []
    now, then = (str(one.name) if one else _("no tier") for one in (found.now, found.then))
    text = _("The criteria of %(now)s are no longer met; the figures are those of %(then)s") % {
        "now": now, "then": then,
    }  # fmt: skip
    if len(found.worth) == 1:
        [(currency, amount)] = found.worth.items()
        return [Effect("tier", text, -amount, currency)]
    return [Effect("tier", text)]


def _is_lost(found: Simulation) -> bool:
    """By this alone: who does not meet the criteria today loses nothing more by it."""
    return found.is_down and found.standing.assessment.rank >= found.standing.rank


register_effects("tier", tier_lost)
