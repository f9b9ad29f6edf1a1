"""Agreements among what ends, and tiers among what is lost: for the expiry simulator."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from partners.effects import Change, Effect, Ending, register_effects, register_endings
from partners.models import Agreement, Partner
from partners.models.profile import spoken
from partners.selectors.tier_simulation import tier_if
from partners.states.agreements import IN_FORCE
from partners.tiers.scheme import Tier


def agreements_ending(
    partner_ids: Collection[UUID] | None, first: dt.date, last: dt.date
) -> Mapping[UUID, Sequence[Ending]]:
    """Agreements in force whose last day it is, and that do not go on by themselves."""
    rows = Agreement.objects.filter(status__in=IN_FORCE, active_to__range=(first, last), auto_renew=False)
    rows = rows.filter(partner_id__in=partner_ids) if partner_ids is not None else rows
    found: dict[UUID, list[Ending]] = defaultdict(list)
    for row in rows.order_by("active_to", "number"):
        if row.active_to is not None:
            title = spoken(row.title_en, row.title_zh)
            found[row.partner_id].append(Ending("agreement", row.pk, row.active_to, title))
    return found


def tiers_lost(changes: Sequence[Change]) -> list[list[Effect]]:
    """The tier that the figures would reach with so many certified people fewer than today."""
    partners = {one.pk: one for one in Partner.objects.filter(pk__in={change.partner_id for change in changes})}
    return [_lost(partners[change.partner_id], change) for change in changes]


def _lost(partner: Partner, change: Change) -> list[Effect]:
    """What this step takes, beside what earlier ones took already and what the figures of today do not reach anyway."""
    now, before, after = (counts.get("", 0) for counts in (change.now, change.before, change.after))
    found = tier_if(partner, {"certified_people": Decimal(after - now)}) if after < before else None
    if found is None or not found.is_down:
        return []
    earlier = tier_if(partner, {"certified_people": Decimal(before - now)}) if before < now else None
    reached = earlier.assessment if earlier is not None else found.standing.assessment
    if reached.rank <= found.assessment.rank:
        return []
    text = _("Tier %(then)s instead of %(now)s") % {"now": _name(found.now), "then": _name(found.then)}
    losses = {currency: -amount for currency, amount in found.worth.items() if amount < 0}
    if not losses:
        return [Effect("tier", text)]
    return [Effect("tier", text, amount, currency) for currency, amount in sorted(losses.items())]


def _name(tier: Tier | None) -> str:
    return _("none") if tier is None else str(tier.name)


register_endings("agreements", agreements_ending)
register_effects("tiers", tiers_lost)
