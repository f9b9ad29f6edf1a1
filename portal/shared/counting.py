"""Where one sale line counts and why: every program in force on its day, with the conditions it meets and fails.

A restated return stands in the shoes of its original: its day, its product, its partner's attributes of that day. Tiers
are those of the sale day, or of the period's last day where the program says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from commerce.selectors import sale_list
from partners.selectors.partners import tier_history
from portal.shared.wording import exception_text
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.engine.conditions import ATTRIBUTE, All, Cell, Condition, matches
from rebates.engine.periods import Calendar, Period
from rebates.engine.sentence import condition_phrase
from rebates.engine.versions import Version
from rebates.selectors.accruals import accrual_list, exception_list
from rebates.selectors.programs import effective_versions


@dataclass(frozen=True, slots=True)
class Counting:
    """One program and the line. `state` is counts, exception or out; `failing` are the conditions it does not meet."""

    version: Version
    name: str
    period: Period
    state: str
    failing: list[str]
    wrong: str = ""
    remedy: str = ""
    accrual: Any = None


@dataclass(frozen=True, slots=True)
class LineStory:
    """`fault` is what keeps it out of every program, such as a return without its original."""

    original: Any
    returns: list[Any]
    programs: list[Counting]
    fault: tuple[str, str] | None


def story_of(actor: Actor, line: Any) -> LineStory:
    """A few queries, whatever the number of programs. Who may not see accruals is told of returns only."""
    original = _original(actor, line)
    returns = list(sale_list(actor, partner_id=line.partner_id).filter(reverses=line.external_id)[:20])
    if not actor.can(Right.ACCRUALS_VIEW):
        return LineStory(original, returns, [], None)
    reasons = {row.version_id: row.reason for row in exception_list(actor).filter(sale_line_id=line.pk)}
    fault = exception_text(reasons[None]) if None in reasons else None
    programs = [] if fault else _programs(actor, line, original, reasons)
    return LineStory(original, returns, programs, fault)


def is_return(line: Any) -> bool:
    return bool(line.quantity < 0 or line.net_amount < 0)


def _original(actor: Actor, line: Any) -> Any:
    if not line.reverses or not is_return(line):
        return None
    return sale_list(actor, partner_id=line.partner_id).filter(external_id=line.reverses).first()


def _programs(actor: Actor, line: Any, original: Any, reasons: dict[UUID | None, str]) -> list[Counting]:
    calendar = Calendar(require_tenant().fiscal_start_month)
    tiers = list(tier_history(actor, line.partner_id))
    days = sorted({line.sold_on, (original or line).sold_on})
    found = []
    for version in effective_versions(actor, days[0], days[-1]):
        stands_for = original if original is not None and version.program.returns == "restate" else line
        if _governs(version, stands_for):
            period = calendar.period(version.program.period, stands_for.sold_on)
            found.append(_counting(version, period, stands_for, tiers, reasons))
    return _with_accruals(actor, line, found)


def _governs(version: Version, line: Any) -> bool:
    return bool((version.valid_from or dt.date.min) <= line.sold_on <= (version.valid_to or dt.date.max))


def _counting(
    version: Version, period: Period, line: Any, tiers: Sequence[Any], reasons: dict[UUID | None, str]
) -> Counting:
    rules, language = version.program, get_language() or "en"
    spoken = "zh-hans" if language.startswith("zh") else "en"
    at_end = min(period.end, clock.today(require_tenant()))
    cells = _Cells(line, _tier_on(tiers, at_end if rules.partner_as_of == "period_end" else line.sold_on))
    name = rules.name_in(spoken)
    reason = reasons.get(version.id)  # type: ignore[call-overload]
    if reason:
        wrong, remedy = exception_text(reason)
        return Counting(version, name, period, "exception", [], wrong, remedy)
    failing = [condition_phrase(part, spoken) for part in _parts(rules.scope) if not matches(part, cells.of)]
    return Counting(version, name, period, "out" if failing else "counts", failing)


def _parts(scope: Condition) -> Sequence[Condition]:
    """The conditions that must hold one by one, so that the ones that fail can be named."""
    return scope.items if isinstance(scope, All) else (scope,)


def _tier_on(tiers: Sequence[Any], day: dt.date) -> str:
    """`tiers` are the newest first."""
    return next((str(change.tier) for change in tiers if change.valid_from <= day), "")


class _Cells:
    """What a line holds for each field of a condition."""

    def __init__(self, line: Any, tier: str) -> None:
        self._line, self._tier = line, tier

    def of(self, name: str) -> Cell:
        room, _sep, column = name.partition(".")
        if name.startswith(ATTRIBUTE):
            value = self._line.attrs.get(name.removeprefix(ATTRIBUTE))
            return None if value is None else str(value)
        if name == "partner.tier":
            return self._tier or None
        if name == "partner.tags":
            return tuple(self._line.partner.tags)
        if name == "sale.deal_registered":
            return bool(self._line.deal_ref)
        return self._plain(room, column)

    def _plain(self, room: str, column: str) -> Cell:
        owner = {"product": self._line.product, "partner": self._line.partner}.get(room, self._line)
        value: Any = getattr(owner, column)
        if isinstance(value, int):
            return Decimal(value)
        return value if value != "" else None


def _with_accruals(actor: Actor, line: Any, found: list[Counting]) -> list[Counting]:
    """The accrual that each counting program made of it, in one query."""
    wanted: Any = [one.version.id for one in found if one.state == "counts"]
    accruals = {
        (accrual.version_id, accrual.period_key): accrual
        for accrual in accrual_list(actor, partner_id=line.partner_id).filter(version_id__in=wanted)
    }
    rank = {"exception": 0, "counts": 1, "out": 2}
    told = [
        replace(one, accrual=accruals.get((one.version.id, one.period.key)))  # type: ignore[arg-type]
        for one in found
    ]
    return sorted(told, key=lambda one: (rank[one.state], one.name))
