"""Programs in force that pay a partner nothing for a period, each with what kept the partner's sales from counting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db.models import Count

from partners.models import Partner, TierChange
from prm.errors import NotFound
from prm.identity.actor import Actor
from rebates import fiscal
from rebates.discretion import is_private
from rebates.engine.conditions import All, AnyOf, Cell, Condition, Not, Test, matches, tests_of
from rebates.engine.periods import Period
from rebates.engine.versions import Version
from rebates.models import Accrual, ProgramVersion, SaleException
from rebates.policies import earnings_of
from rebates.sql.fates import Asked, Fate, conjuncts, fates
from rebates.sql.plan import make_plan
from rebates.states import UnpaidCause
from rebates.versions import versions_in_force

PRIVATE = frozenset({"partner.code", "partner.tags"})
"""Whom a program is for by name, or by what the vendor calls its partners: nothing to tell another partner."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Sales that a program did not count: `lines` of them, worth `measure` in its own measure (None: not shown).

    By cause there is a `condition` that they fail, the `program` that they belong to, or the `faults` of the exceptions
    list with their numbers.
    """

    cause: UnpaidCause
    lines: int
    measure: Decimal | None
    condition: Condition | None = None
    program: str = ""
    faults: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that the partner could meet on no day, whatever it sold, and what the partner is in its place."""

    condition: Condition
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A version that pays nothing for a period. `first` and `last` are the days of the period that it governs.

    With an `accrual` sales count, and its explanation says why they earn nothing. Without one there is what the partner
    does not meet (`unmet`), else what kept its sales (`kept`), else nothing was sold.
    """

    version: ProgramVersion
    period: Period
    first: dt.date
    last: dt.date
    accrual: Accrual | None = None
    unmet: tuple[Unmet, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def cause(self) -> UnpaidCause:
        if self.accrual is not None:
            return UnpaidCause.PAYS_NOTHING
        if self.unmet:
            return UnpaidCause.PARTNER
        return self.kept[0].cause if self.kept else UnpaidCause.NO_SALE


@dataclass(frozen=True, slots=True)
class _Place:
    """A version, one of its periods that has begun, and its days in it."""

    version: Version
    bucket: int
    period: Period
    first: dt.date
    last: dt.date

    @property
    def key(self) -> tuple[object, str]:
        return self.version.id, self.period.key


def unpaid_programs(actor: Actor, partner_id: UUID | None = None, *, on: Period) -> list[Unpaid]:
    """The programs in force in a period that pay the partner nothing for it, those with sales first.

    A program of another length is looked at in each of its periods that shares a day with this one and has begun. A
    number of queries that neither sales nor programs raise. Raises `NotFound`, `Forbidden`.
    """
    owner = earnings_of(actor, partner_id)
    partner = Partner.objects.filter(pk=owner).first() if owner else None
    if partner is None:
        raise NotFound
    versions = versions_in_force()
    places = list(_places(versions, on))
    accruals: dict[tuple[object, str], Accrual] = {
        (one.version_id, one.period_key): one
        for one in Accrual.objects.filter(
            partner=partner, period_start__lte=on.end, period_end__gte=on.start
        ).select_related("version__program")
    }
    silent = [place for place in places if place.key not in accruals]
    told: Iterable[Unpaid] = _Teller(partner, versions, silent).told()
    if actor.is_partner:
        told = [_veiled(one) for one in told if _may_be_told(one)]
    found = [*_paying_nothing(places, accruals), *told]
    return sorted(found, key=_order)


def _places(versions: Sequence[Version], on: Period) -> Iterator[_Place]:
    today = fiscal.today()
    for bucket, version in enumerate(versions):
        for period in version.periods(fiscal.calendar(), on.start, on.end):
            days = version.days_of(period)
            if days is not None and days[0] <= today:
                yield _Place(version, bucket, period, *days)


def _paying_nothing(
    places: Iterable[_Place], accruals: Mapping[tuple[object, str], Accrual]
) -> Iterator[Unpaid]:  # fmt: skip
    for place in places:
        accrual = accruals.get(place.key)
        if accrual is not None and not accrual.payout:
            yield Unpaid(accrual.version, place.period, place.first, place.last, accrual)


def _veiled(one: Unpaid) -> Unpaid:
    if not is_private(one.version.definition):
        return one
    return replace(one, kept=tuple(replace(kept, measure=None) for kept in one.kept))


def _may_be_told(one: Unpaid) -> bool:
    shown = [unmet.condition for unmet in one.unmet] + [kept.condition for kept in one.kept if kept.condition]
    return not any(test.field in PRIVATE for condition in shown for test in tests_of(condition))


def _order(one: Unpaid) -> tuple[int, str, dt.date]:
    ranks = {UnpaidCause.PAYS_NOTHING: 0, UnpaidCause.NO_SALE: 2, UnpaidCause.PARTNER: 3}
    return ranks.get(one.cause, 1), one.version.program.code, one.first


class _Teller:
    """Tells of one partner's places without an accrual."""

    def __init__(self, partner: Partner, versions: Sequence[Version], places: Sequence[_Place]) -> None:
        self._partner, self._versions, self._places = partner, versions, places
        changes = TierChange.objects.filter(partner=partner).order_by("valid_from")
        self._tiers = [(dt.date.min, ""), *changes.values_list("valid_from", "tier")] if places else []

    def told(self) -> Iterator[Unpaid]:
        ids = {place.version.id for place in self._places}
        rows = ProgramVersion.objects.select_related("program").in_bulk(ids)
        unmet = [self._unmet(place) for place in self._places]
        open_ = [place for place, found in zip(self._places, unmet, strict=True) if not found]
        kept = dict(zip((place.key for place in open_), self._kept(open_), strict=True))
        for place, found in zip(self._places, unmet, strict=True):
            row = rows[place.version.id]
            yield Unpaid(row, place.period, place.first, place.last, None, tuple(found), tuple(kept.get(place.key, ())))

    def _unmet(self, place: _Place) -> list[Unmet]:
        """The conditions that no sale of this partner could meet on any day of the place."""
        rules, found = place.version.program, []
        held = self._held(place.period.end, place.period.end)
        if rules.partner_as_of == "sale":
            held = self._held(place.first, place.last)
        for condition in conjuncts(rules.scope):
            if not any(self._could_meet(condition, tier) for tier in held):
                names = {test.field for test in tests_of(condition) if _is_of_partner(test)}
                found.append(Unmet(condition, self._values(sorted(names), held)))
        return found

    def _could_meet(self, condition: Condition, tier: str, *, hopeful: bool = True) -> bool:
        """Whether a sale could meet the condition; `hopeful` is what is taken for the answer of tests on the sale."""
        match condition:
            case Test():
                cell = partial(self._cell, tier=tier)
                return matches(condition, cell) if _is_of_partner(condition) else hopeful
            case Not(item=item):
                return not self._could_meet(item, tier, hopeful=not hopeful)
            case All(items=items):
                return all(self._could_meet(item, tier, hopeful=hopeful) for item in items)
            case AnyOf(items=items):
                return any(self._could_meet(item, tier, hopeful=hopeful) for item in items)

    def _held(self, first: dt.date, last: dt.date) -> list[str]:
        """The tiers of the partner on these days; an empty one for none."""
        ends = [since for since, _tier in self._tiers[1:]] + [dt.date.max]
        spans = zip(self._tiers, ends, strict=True)
        return [tier for (since, tier), end in spans if since <= last and first < end]

    def _cell(self, name: str, tier: str) -> Cell:
        value = tier if name == "partner.tier" else getattr(self._partner, name.removeprefix("partner."))
        return tuple(value) if isinstance(value, list) else value or None

    def _values(self, names: Sequence[str], held: Sequence[str]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            cells = [self._cell(name, tier) for tier in held]
            found += [str(part) for cell in cells for part in (cell if isinstance(cell, tuple) else (cell or "",))]
        return tuple(dict.fromkeys(part for part in found if part))

    def _kept(self, places: Sequence[_Place]) -> list[list[Kept]]:
        windows: list[tuple[dt.date, dt.date] | None] = [None] * len(self._versions)
        for place in places:
            first, last = windows[place.bucket] or (place.first, place.last)
            windows[place.bucket] = min(first, place.first), max(last, place.last)
        plan = make_plan(
            self._versions, calendar=fiscal.calendar(), base_currency=fiscal.base_currency(), windows=windows,
            partner_ids=[self._partner.pk],
        )  # fmt: skip
        if plan is None:
            return [[] for _place in places]
        found = fates(plan, [Asked(place.bucket, place.first, place.last) for place in places])
        through = [place for place, row in zip(places, found, strict=True) if any(_passes(one) for one in row)]
        faults = self._faults(through)
        closed = fiscal.closed_keys() if through else frozenset()
        return [
            [
                part
                for one in row
                for part in _kept(one, faults.get(place.key, {}), (place.period.kind, place.period.key) in closed)
            ]
            for place, row in zip(places, found, strict=True)
        ]

    def _faults(self, places: Sequence[_Place]) -> dict[tuple[object, str], dict[str, int]]:
        """How often which fault stands on the exceptions list, by place."""
        if not places:
            return {}
        rows = SaleException.objects.filter(
            sale_line__partner=self._partner, version_id__in={place.version.id for place in places}
        ).order_by("reason")
        listed = list(
            rows.values_list("version_id", "sale_line__sold_on", "reason").annotate(count=Count("sale_line_id"))
        )
        found: dict[tuple[object, str], dict[str, int]] = {}
        for place in places:
            for version_id, day, reason, count in listed:
                if version_id == place.version.id and place.first <= day <= place.last:
                    counts = found.setdefault(place.key, {})
                    counts[reason] = counts.get(reason, 0) + count
        return found


def _is_of_partner(test: Test) -> bool:
    return test.field.startswith("partner.")


def _passes(fate: Fate) -> bool:
    return fate.condition is None and not fate.rival


def _kept(fate: Fate, faults: Mapping[str, int], is_closed: bool) -> Iterator[Kept]:
    """A sale that passes everything waits for a fault to be put right, or was recorded after the close, or just now."""
    plain = Kept(UnpaidCause.CONDITION, fate.lines, fate.measure, fate.condition, fate.rival)
    if fate.condition is not None:
        yield plain
    elif fate.rival:
        yield replace(plain, cause=UnpaidCause.PRIORITY)
    else:
        waiting = fate.lines - fate.measured
        if waiting:
            yield Kept(UnpaidCause.FAULT, waiting, Decimal(0), faults=faults)
        if fate.measured:
            yield Kept(UnpaidCause.LATE if is_closed else UnpaidCause.PENDING, fate.measured, fate.measure)
