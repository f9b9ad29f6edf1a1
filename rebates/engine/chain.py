"""Payouts that depend on one another: the best of a group, the year's earlier periods, the budget of a program.

Pure: takes what every program, partner and period comes to after step 5, gives their payouts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .budget import Budget, Claims
from .calculations import Aggregate
from .evaluate import Contender, Payout, Qualified, best_of, finished, granted, qualified
from .periods import Period
from .versions import Version

Place = tuple[int, str, Hashable]
"""(index of the version, period key, partner)"""

Rates = Callable[[str, date], Decimal | None]
"""The rate of a currency in base currency on a day."""


@dataclass(frozen=True, slots=True)
class Row:
    """The aggregate of a version, partner and period with a line in scope."""

    bucket: int
    period: Period
    partner: Hashable
    aggregate: Aggregate

    @property
    def place(self) -> Place:
        return self.bucket, self.period.key, self.partner


@dataclass(frozen=True, slots=True)
class Chain:
    """`codes` gives the code of a partner, `settled` by version id and period key what was settled of its budget."""

    versions: Sequence[Version]
    rates: Rates
    codes: Mapping[Hashable, str]
    as_of: date | None = None
    settled: Mapping[Hashable, Mapping[str, Claims]] = field(default_factory=dict)

    def payouts(self, rows: Sequence[Row]) -> dict[Place, Payout]:
        """The payout of every row before at-sale claw-backs."""
        found = {row.place: qualified(self.versions[row.bucket].program, row.aggregate) for row in rows}
        lost = self._lost(rows, found)
        by_code: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_code[self.versions[row.bucket].program.code].append(row)
        payouts: dict[Place, Payout] = {}
        for own in by_code.values():
            payouts |= self._program(own, found, lost)
        return payouts

    def _lost(self, rows: Sequence[Row], found: Mapping[Place, Qualified]) -> dict[Place, str]:
        """By place the reason why another program of a `best` group pays."""
        groups: dict[tuple[str, str, Hashable], list[Row]] = defaultdict(list)
        for row in rows:
            stacking = self.versions[row.bucket].program.stacking
            if stacking.rule == "best":
                groups[stacking.group, row.period.key, row.partner].append(row)
        lost: dict[Place, str] = {}
        for (group, _key, _partner), contenders in groups.items():
            lost |= self._losers(contenders, found, self._currencies(group))
        return lost

    def _currencies(self, group: str) -> set[str]:
        """The currencies of a `best` group, whether or not its programs have anything to compare."""
        programs = (version.program for version in self.versions)
        return {one.currency for one in programs if one.stacking.rule == "best" and one.stacking.group == group}

    def _losers(self, rows: Sequence[Row], found: Mapping[Place, Qualified], currencies: set[str]) -> dict[Place, str]:
        programs = [self.versions[row.bucket].program for row in rows]
        sums: dict[str, Contender] = {}
        for row, program in zip(rows, programs, strict=True):
            day = min(row.period.end, self.as_of or date.max)
            rate = Decimal(1) if len(currencies) == 1 else self.rates(program.currency, day)
            before = sums.get(program.code)
            amount = found[row.place].amount
            # Two versions of one program may share a period: together they are one contender.
            sums[program.code] = Contender(program.code, amount + before.amount if before else amount, rate)  # type: ignore[operator]
        reasons = best_of(sums.values())
        return {
            row.place: reasons[program.code]
            for row, program in zip(rows, programs, strict=True)
            if program.code in reasons
        }

    def _program(
        self, rows: Sequence[Row], found: Mapping[Place, Qualified], lost: Mapping[Place, str]
    ) -> dict[Place, Payout]:
        """One program, its versions included, period after period."""
        budgets: dict[int, Budget] = {}
        earned: dict[tuple[Hashable, int], Decimal] = defaultdict(Decimal)
        payouts: dict[Place, Payout] = {}
        for together in _in_order(rows):
            version = self.versions[together[0].bucket]
            given = {}
            for row in together:
                earlier = earned[row.partner, row.period.year]
                place = row.place
                given[place] = finished(version.program, found[place], lost_to=lost.get(place, ""), earlier=earlier)
            given = self._budgeted(version, together, given, budgets, payouts)
            for row in together:
                if version.program.is_year_to_date:
                    earned[row.partner, row.period.year] += given[row.place].granted
            payouts |= given
        return payouts

    def _budgeted(
        self,
        version: Version,
        rows: Sequence[Row],
        given: dict[Place, Payout],
        budgets: dict[int, Budget],
        payouts: Mapping[Place, Payout],
    ) -> dict[Place, Payout]:
        program, bucket = version.program, rows[0].bucket
        if program.cap is None or program.cap.program_total is None:
            return given
        if bucket not in budgets:
            set_aside = {**self.settled.get(version.id, {}), **self._spent(budgets, payouts)}
            budgets[bucket] = Budget(program.cap.program_total, program.currency, set_aside)
        claims = {self.codes[row.partner]: given[row.place].rounded for row in rows}
        amounts = budgets[bucket].grant(rows[0].period.key, claims)
        return {row.place: granted(program, given[row.place], amounts[self.codes[row.partner]]) for row in rows}

    def _spent(self, budgets: Mapping[int, Budget], payouts: Mapping[Place, Payout]) -> Mapping[str, Claims]:
        """What the program's earlier versions granted, under keys that no period has."""
        spent: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for (bucket, key, partner), payout in payouts.items():
            if bucket in budgets:
                spent[f"{bucket}:{key}"][self.codes[partner]] = payout.granted
        return spent


def _in_order(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each period and version together, oldest first."""
    together: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for row in rows:
        together[row.period.start, row.bucket].append(row)
    return [together[key] for key in sorted(together)]
