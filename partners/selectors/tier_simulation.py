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
    would have brought more over the last four quarters, by currency: less than nothing where the tier is lower.
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


def simulate(actor: Actor, changes: Mapping[str, Decimal], partner_id: UUID | None = None) -> Simulation:
    """Reads the partner's own figures; writes nothing. Raises `Invalid` with `fields` by metric."""
    return _simulated(standing_get(actor, partner_id), changes)


def what_it_takes(standing: Standing, goal: TierResult) -> dict[str, Decimal]:
    """Changes that bring the partner to the tier, as few of them as are told apart easily: growth comes along where
    more of what grows is enough. Empty where they would not be enough.
    """
    changes: dict[str, Decimal] = {}
    for check in goal.open:
        code, limit = check.criterion.key.metric, check.criterion.at_least or check.criterion.at_most
        change = check.missing if check.missing is not None and metric(code).adds else limit
        if change is not None:
            changes[code] = max(change, changes.get(code, change))
    steps = {code: change for code, change in changes.items() if metric(code).growth_of not in changes}
    enough = (one for one in (steps, changes) if assessed(standing, one).rank >= goal.rank)
    return next(enough, {})


def assessed(standing: Standing, changes: Mapping[str, Decimal]) -> Assessment:
    """What the partner's figures reach with the changes; those that the tiers do not look at change nothing."""
    return assess(standing.scheme, _grown(standing, changed(standing.values, changes), changes))


def _simulated(standing: Standing, changes: Mapping[str, Decimal]) -> Simulation:
    _check(standing, changes)
    found = assessed(standing, changes)
    then = standing.scheme.tier(found.rank)
    worth: Mapping[str, Decimal] = {}
    if found.rank != standing.rank:
        worth = tier_worth(standing.partner.pk, standing.tier, then.code if then else "")
    return Simulation(standing, changes, found, standing.now, then, worth)


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
