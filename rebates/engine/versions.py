"""Which days each version of a program governs.

A version holds from its `valid_from` to its `valid_to`. A version with a higher number replaces the lower ones from
its own `valid_from` on; the end of the program cuts all of them. So at most one version of a program governs a day.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .periods import Calendar, Period
from .program import Program


@dataclass(frozen=True, slots=True)
class Version:
    """A program as it is in force from `valid_from` to `valid_to`, both included; None is open."""

    id: Hashable
    program: Program
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, program: Program) -> "Version":
        """A program that stands alone, named by its code."""
        return cls(program.code, program, program.valid_from, program.valid_to)

    @property
    def is_empty(self) -> bool:
        """True when no day is left to it."""
        return self.valid_from is not None and self.valid_to is not None and self.valid_from > self.valid_to

    def days_of(self, period: Period) -> tuple[date, date] | None:
        """The part of the period in which it is in force; None when there is none."""
        start = max(period.start, self.valid_from or date.min)
        end = min(period.end, self.valid_to or date.max)
        return (start, end) if start <= end else None

    def periods(self, calendar: Calendar, since: date, until: date) -> list[Period]:
        """The periods, whole ones, that it governs for a day and that share a day with `since` to `until`."""
        first, last = max(since, self.valid_from or date.min), min(until, self.valid_to or date.max)
        return list(calendar.periods(self.program.period, first, last)) if first <= last else []


def in_force(numbered: Iterable[tuple[Hashable, int, Program]], *, ends_on: date | None = None) -> list[Version]:
    """The published versions of one program, `(id, number, program)` each, with the days left to them.

    A version that governs no day at all is left out.
    """
    versions: list[Version] = []
    replaced_from: date | None = None
    for version_id, _, program in sorted(numbered, key=lambda row: row[1], reverse=True):
        if replaced_from == date.min:
            break
        last = replaced_from - timedelta(days=1) if replaced_from else None
        version = Version(version_id, program, program.valid_from, _earliest(program.valid_to, last, ends_on))
        if not version.is_empty:
            versions.append(version)
        replaced_from = min(replaced_from or date.max, program.valid_from or date.min)
    return versions[::-1]


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
