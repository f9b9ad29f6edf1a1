"""What if: a partner's tier with other figures, and what that would be worth a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from partners.metrics import metric, values
from partners.metrics.registry import known
from partners.selectors.tiers import Standing, standing_get, tier_worth
from partners.tiers.assess import Assessment, TierResult, assess, changed
from partners.tiers.scheme import Key, Tier
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Invalid
from prm.identity.actor import Actor

LARGEST = Decimal(10) ** 12
Values = dict[Key, Decimal | None]


@dataclass(frozen=True, slots=True)
class Simulation:
    """`now` is the tier that the partner has, `then` what the figures with the changes reach. `worth` is what `then`
    would have brought more over the last four quarters, by currency: less than nothing where the tier is lower, and
    where the tier is kept against what the figures without the changes reach.
    """

    standing: Standing
    changes: Mapping[str, Decimal]
    assessment: Assessment
    now: Tier | None
    then: Tier | None
    worth: Mapping[str, Decimal]

    @property
    def is_up(self) -> bool:
        return self.assessment.rank > self.standing.rank

    @property
    def is_down(self) -> bool:
        return self.assessment.rank < self.standing.rank

    @property
    def is_kept(self) -> bool:
        """The tier, which the figures of today do not reach any more."""
        return self.standing.assessment.rank < self.standing.rank == self.assessment.rank


def simulate(actor: Actor, changes: Mapping[str, Decimal], partner_id: UUID | None = None) -> Simulation:
    """Reads the partner's own figures; writes nothing. Raises `Invalid` with `fields` by metric."""
    return _simulated(standing_get(actor, partner_id), changes)


@dataclass(frozen=True, slots=True)
class Way:
    """What would bring the partner to the next tier, or keep it on its own where it is about to lose that."""

    goal: Tier
    changes: Mapping[str, Decimal]
    worth: Mapping[str, Decimal]
    is_kept: bool


def shortest_way(standing: Standing) -> Way | None:
    """As few changes as are told apart easily: growth comes along where more of what grows is enough."""
    present = standing.assessment.of(standing.rank)
    is_kept = present is not None and not present.is_reached
    goal = present if is_kept else standing.next
    if goal is None:
        return None
    changes = _missing(goal)
    steps = {code: change for code, change in changes.items() if metric(code).growth_of not in changes}
    found = next((one for one in (steps, changes) if one and assessed(standing, one).rank >= goal.rank), None)
    if found is None:
        return None
    before = standing.assessment.code if is_kept else standing.tier
    return Way(goal.tier, found, tier_worth(standing.partner.pk, before, goal.tier.code), is_kept)


def _missing(goal: TierResult) -> dict[str, Decimal]:
    changes: dict[str, Decimal] = {}
    for check in goal.open:
        code, one = check.criterion.key.metric, check.criterion
        limit = one.at_least if one.at_least is not None else one.at_most
        change = check.missing if check.missing is not None and metric(code).adds else limit
        if change is not None:
            changes[code] = max(change, changes.get(code, change))
    return changes


def assessed(standing: Standing, changes: Mapping[str, Decimal]) -> Assessment:
    """What the partner's figures reach with the changes; those that the tiers do not look at change nothing."""
    return assess(standing.scheme, _grown(standing, changed(standing.values, changes), changes))


def _simulated(standing: Standing, changes: Mapping[str, Decimal]) -> Simulation:
    _check(standing, changes)
    found = assessed(standing, changes)
    before = standing.assessment.code if found.rank == standing.rank else standing.tier
    worth = tier_worth(standing.partner.pk, before, found.code)
    return Simulation(standing, changes, found, standing.now, standing.scheme.tier(found.rank), worth)


def _grown(standing: Standing, moved: Values, changes: Mapping[str, Decimal]) -> Values:
    """More of a figure is also more growth of it, unless somebody says what the growth would be."""
    found, partner_id = dict(moved), standing.partner.pk
    day = standing.looked_on or clock.today(require_tenant())
    for key, value in moved.items():
        figure = metric(key.metric)
        change = changes.get(figure.growth_of) if key.metric not in changes else None
        if change and value is not None:
            window = key.window.window(day, require_tenant().fiscal_start_month).year_before
            before = values(figure.growth_of, window, [partner_id])[partner_id].value
            grown = value + change / before if before else value
            found[key] = max(grown, figure.lowest) if figure.lowest is not None else grown
    return found


def _check(standing: Standing, changes: Mapping[str, Decimal]) -> None:
    asked = {key.metric for key in standing.scheme.figures()}
    faults = {}
    for code, change in changes.items():
        if not known(code) or code not in asked:
            faults[code] = [_("The tiers do not look at this figure.")]
        elif not change.is_finite() or abs(change) >= LARGEST:
            faults[code] = [_("This number is too large.")]
        elif not metric(code).adds and metric(code).highest is not None and change > (metric(code).highest or 0):
            faults[code] = [_("This figure is never that large.")]
    if faults:
        raise Invalid(fields=faults)
