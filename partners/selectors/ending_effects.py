"""Agreements among what ends, and tiers and leads among what is lost: for the expiry simulator."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from partners.effects import Change, Effect, Ending, register_effects, register_endings
from partners.models import Agreement, Partner
from partners.models.profile import spoken
from partners.selectors.tier_simulation import assessed
from partners.selectors.tiers import Standing, standings_of, tier_worths
from partners.states.agreements import IN_FORCE
from partners.tiers.money import Question, Worth
from partners.tiers.scheme import BenefitKind, Tier


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


@dataclass(frozen=True, slots=True)
class Fall:
    """From the tier that a partner has to the one that its figures then reach."""

    standing: Standing
    then: Tier | None

    @property
    def question(self) -> Question:
        return self.standing.partner.pk, self.standing.tier, self.then.code if self.then else ""


def tiers_lost(changes: Sequence[Change]) -> list[list[Effect]]:
    """The tier that the figures would reach with so many certified people fewer than today, and the leads that go with
    it: for all partners at once.
    """
    standings = standings_of(Partner.objects.filter(pk__in={change.partner_id for change in changes}))
    falls = [_fall(standings.get(change.partner_id), change) for change in changes]
    worths = tier_worths({fall.question for fall in falls if fall})
    return [_effects(fall, worths[fall.question]) if fall else [] for fall in falls]


def _fall(standing: Standing | None, change: Change) -> Fall | None:
    """What this step takes, beside what earlier ones took already and what the figures of today do not reach anyway."""
    now, before, after = (counts.get("", 0) for counts in (change.now, change.before, change.after))
    if standing is None or after >= before:
        return None
    then = assessed(standing, {"certified_people": Decimal(after - now)})
    earlier = assessed(standing, {"certified_people": Decimal(before - now)})
    if not then.rank < min(standing.rank, earlier.rank):
        return None
    return Fall(standing, standing.scheme.tier(then.rank))


def _effects(fall: Fall, worth: Worth) -> list[Effect]:
    now = fall.standing.now
    text = _("Tier %(then)s instead of %(now)s") % {"now": _name(now), "then": _name(fall.then)}
    losses = {currency: -amount for currency, amount in worth.items() if amount < 0}
    tiers = [Effect("tier", text, amount, currency) for currency, amount in losses.items()] or [Effect("tier", text)]
    kept = _leads(fall.then)
    gone = [one for one in _leads(now) if one not in kept]
    return tiers + [Effect("lead", _("No longer: %(benefit)s") % {"benefit": one}) for one in gone]


def _leads(tier: Tier | None) -> list[str]:
    """What the tier promises of leads."""
    return [str(one.text) for one in tier.benefits if one.kind == BenefitKind.LEADS] if tier else []


def _name(tier: Tier | None) -> str:
    return _("none") if tier is None else str(tier.name)


register_endings("agreements", agreements_ending)
register_effects("tiers", tiers_lost)
