"""What if: a partner's tier with other figures, and what that would be worth a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from partners.metrics import metric
from partners.metrics.registry import known
from partners.models import Partner
from partners.selectors.tiers import Standing, partner_scheme, standing_get, standing_of, tier_worth
from partners.tiers.assess import Assessment, assess, changed
from partners.tiers.scheme import Tier
from prm.errors import Invalid
from prm.identity.actor import Actor

LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Simulation:
    """`now` is the tier that the partner has, `then` what the figures with the changes reach. `worth` is what `then`
    would have brought more over the last four quarters, by currency: less than nothing where the tier is lower.
    """

    standing: Standing
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


def tier_if(partner: Partner, changes: Mapping[str, Decimal]) -> Simulation | None:
    """For other parts of the house, which have authorised: such as `{"certified_people": Decimal(-2)}` when two
    certificates end. None where no scheme is in force for the partner.
    """
    row = partner_scheme(partner)
    if row is None:
        return None
    asked = {key.metric for key in row.scheme.figures()}
    return _simulated(standing_of(partner, row), {code: change for code, change in changes.items() if code in asked})


def _simulated(standing: Standing, changes: Mapping[str, Decimal]) -> Simulation:
    _check(standing, changes)
    scheme = standing.scheme
    found = assess(scheme, changed(standing.values, changes))
    then = scheme.tier(found.rank)
    worth: Mapping[str, Decimal] = {}
    if found.rank != standing.rank:
        worth = tier_worth(standing.partner.pk, standing.tier, then.code if then else "")
    return Simulation(standing, found, standing.now, then, worth)


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
