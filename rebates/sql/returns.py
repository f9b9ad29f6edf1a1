"""At-sale returns: what each takes back of the share that its original was allocated, in the period of the return."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from prm.money import exact, from_units
from rebates.engine.chain import Place
from rebates.engine.clawback import Return, taken_back
from rebates.engine.evaluate import Payout

from .allocation import allocated_rows
from .direct import returned_days_sql
from .parameters import Parameters, Sources
from .plan import Plan
from .run import portions


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A return line with its negative share of the payout of a version, partner and period."""

    place: Place
    line_id: int
    external_id: str
    sold_on: date
    amount: Decimal


@dataclass(slots=True)
class Claws:
    """What was taken back, by version, period and partner."""

    lines: list[TakenBack] = field(default_factory=list)
    sums: dict[Place, Decimal] = field(default_factory=dict)
    _used: set[Place] = field(default_factory=set)

    def add(self, line: TakenBack) -> None:
        self.lines.append(line)
        with exact():
            self.sums[line.place] = self.sums.get(line.place, Decimal(0)) - line.amount

    def applied(self, place: Place, payout: Payout) -> Payout:
        self._used.add(place)
        return replace(payout, taken_back=self.sums[place]) if place in self.sums else payout

    def left(self) -> list[Place]:
        """Where something was taken back and nothing else was looked at so far."""
        return [place for place in self.sums if place not in self._used]


def take_back(plan: Plan, sources: Sources, payouts: Mapping[Place, Payout]) -> Claws:
    """The claw-backs of all versions of the plan that take returns at the rate of the sale."""
    claws = Claws()
    buckets = [
        bucket
        for bucket in sorted({span.bucket for span in plan.spans})
        if plan.versions[bucket].program.returns == "at_sale_rate"
    ]
    days = _returned_days(plan, sources) if buckets else ()
    for bucket in buckets if days else ():
        for line in _version_lines(plan, sources, bucket, payouts, days):
            claws.add(line)
    return claws


def _version_lines(
    plan: Plan, sources: Sources, bucket: int, payouts: Mapping[Place, Payout], days: Sequence[tuple[UUID, date]]
) -> Iterator[TakenBack]:
    program = plan.versions[bucket].program
    wanted = {(partner_id, plan.calendar.period(program.period, day).key) for partner_id, day in days}
    shares = {
        (partner_id, plan.calendar.from_key(key)): payout.granted
        for (found, key, partner_id), payout in payouts.items()
        if found == bucket and (partner_id, key) in wanted
    }
    originals: dict[tuple[UUID, str], tuple[Decimal, int, list[Return]]] = {}
    for partner_id, external_id, quantity, units, line_id, own_id, sold_on, returned in allocated_rows(
        plan, sources, bucket, shares, returned=True
    ):
        entry = originals.setdefault((partner_id, external_id), (quantity, int(units), []))
        entry[2].append(Return(sold_on, own_id, max(-returned, Decimal(0)), line_id))
    for (partner_id, _external_id), (quantity, units, returns) in originals.items():
        allocated = from_units(units, program.currency)
        for one, amount in taken_back(allocated, quantity, returns, program.currency):
            key = plan.calendar.period(program.period, one.sold_on).key
            yield TakenBack((bucket, key, partner_id), one.line, one.external_id, one.sold_on, -amount)


def _returned_days(plan: Plan, sources: Sources) -> Sequence[tuple[UUID, date]]:
    """(partner, day) of the sales that were returned."""
    p = Parameters()
    return list(portions(returned_days_sql(sources, plan, p), p, plan))
