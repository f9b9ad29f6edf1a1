"""What became of a partner's sales that a program did not count: the first condition that each of them fails.

A scope whose parts must all hold is tried part by part in the order of the document, then the programs of a `priority`
group that come first; so every sale has one fate, and the fates of a period add up to all that was sold in it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from rebates.engine.conditions import TRUE, All, Condition

from .conditions import compile_condition
from .parameters import LIVE, Parameters, Sources
from .plan import SALE, Measure, Plan, governs, rivals
from .signatures import bit_test
from .stages import cell_stages


@dataclass(frozen=True, slots=True)
class Asked:
    """The days of a version of the plan in one of its periods."""

    bucket: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Fate:
    """Sales with one fate: they fail `condition`, or belong to the program `rival`, or neither. `measured` of the
    `lines` are in `measure`; the others lack a rate, a cost, or who sold them.
    """

    condition: Condition | None
    rival: str
    lines: int
    measured: int
    measure: Decimal


def conjuncts(scope: Condition) -> Sequence[Condition]:
    """The parts of a scope that must all hold."""
    if scope == TRUE:
        return ()
    return scope.items if isinstance(scope, All) else (scope,)


def fates(plan: Plan, asked: Sequence[Asked], sources: Sources = LIVE) -> list[list[Fate]]:
    """The fates of each, in the order of the scope; sales that pass everything are the last. One statement."""
    found: list[dict[int, Fate]] = [{} for _one in asked]
    for number, index, *sums in _rows(plan, asked, sources) if asked else ():
        found[number][index] = Fate(*_reason(plan, asked[number].bucket, index), *sums)
    return [[one[index] for index in sorted(one)] for one in found]


def _rows(plan: Plan, asked: Sequence[Asked], sources: Sources) -> Iterator[tuple[Any, ...]]:
    p = Parameters()
    withs = ", ".join(f"{step.name} AS MATERIALIZED ({step.sql})" for step in cell_stages(plan, sources, p))
    branches = " UNION ALL ".join(_branch(plan, number, one) for number, one in enumerate(asked))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {withs} {branches}", p.values)
        yield from cursor.fetchall()


def _branch(plan: Plan, number: int, one: Asked) -> str:
    first, last = bisect_left(plan.boundaries, one.first) + 1, bisect_right(plan.boundaries, one.last)
    hurdles = _hurdles(plan, one.bucket)
    steps = " ".join(f"WHEN NOT {hurdle} THEN {index}" for index, hurdle in enumerate(hurdles))
    fate = f"CASE {steps} ELSE {len(hurdles)} END" if hurdles else "0"
    i = plan.measures.index(Measure.of(plan.versions[one.bucket].program))
    return f"""
        SELECT {number}, {fate} AS fate, sum(c.rows)::bigint, sum(c.n{i})::bigint, COALESCE(sum(c.m{i}), 0)
        FROM {plan.table("cell")} c WHERE c.basis = {SALE} AND c.segment BETWEEN {first} AND {last} GROUP BY fate"""


def _hurdles(plan: Plan, bucket: int) -> list[str]:
    own, scope = bit_test(plan, bucket, "c"), plan.versions[bucket].program.scope
    return [
        *(compile_condition(part, own) for part in conjuncts(scope)),
        *(f"NOT ({_governed(plan, rival)} AND {_scope(plan, rival)})" for rival in _ranked(plan, bucket)),
    ]


def _ranked(plan: Plan, bucket: int) -> list[int]:
    """The programs that come before, the first one first."""
    stacking = {other: plan.versions[other].program for other in rivals(plan.versions, bucket)}
    return sorted(stacking, key=lambda other: (stacking[other].stacking.priority, stacking[other].code))


def _scope(plan: Plan, bucket: int) -> str:
    return compile_condition(plan.versions[bucket].program.scope, bit_test(plan, bucket, "c"))


def _governed(plan: Plan, bucket: int) -> str:
    days = enumerate(plan.boundaries, 1)
    numbers = ", ".join(str(number) for number, day in days if governs(plan.versions[bucket], day))
    return f"c.segment IN ({numbers})" if numbers else "FALSE"


def _reason(plan: Plan, bucket: int, index: int) -> tuple[Condition | None, str]:
    """The condition and the rival of a fate."""
    parts, ranked = conjuncts(plan.versions[bucket].program.scope), _ranked(plan, bucket)
    condition = parts[index] if index < len(parts) else None
    place = index - len(parts)
    return condition, plan.versions[ranked[place]].program.code if 0 <= place < len(ranked) else ""
