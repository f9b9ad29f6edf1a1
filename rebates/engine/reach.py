"""How far the results of a program hang together: which days have to be looked at to be right about some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .calculations import Growth, NewCustomer
from .periods import Calendar, PeriodKind
from .program import Program
from .versions import Version


@dataclass(frozen=True, slots=True)
class Reach:
    """The days, None is open; `everybody` says that partners can't be told apart."""

    since: date | None
    until: date | None
    everybody: bool = False


def needs_history(program: Program) -> bool:
    """Whether a payout hangs on periods of other years: a baseline, an original's share, a customer, a budget."""
    return (
        isinstance(program.calculation, (Growth, NewCustomer))
        or program.returns == "at_sale_rate"
        or has_budget(program)
    )


def has_budget(program: Program) -> bool:
    return program.cap is not None and program.cap.program_total is not None


def is_simple(program: Program) -> bool:
    """Whether a payout hangs on nothing but the lines of its own partner and period."""
    return not needs_history(program) and not program.is_year_to_date and program.stacking.rule != "best"


def family(program: Program) -> tuple[str, str]:
    """Programs with the same key look at one another's payouts."""
    return ("best", program.stacking.group) if program.stacking.rule == "best" else ("program", program.code)


def reaches(versions: Sequence[Version], calendar: Calendar, since: date | None, until: date | None) -> list[Reach]:
    """For each version what has to be evaluated when something between two days changed."""
    members: dict[tuple[str, str], list[Program]] = {}
    for version in versions:
        members.setdefault(family(version.program), []).append(version.program)
    found = {key: _reach(programs, calendar, since, until) for key, programs in members.items()}
    return [found[family(version.program)] for version in versions]


def _reach(programs: Sequence[Program], calendar: Calendar, since: date | None, until: date | None) -> Reach:
    everybody = any(has_budget(program) for program in programs)
    if any(needs_history(program) for program in programs):
        return Reach(None, None, everybody)
    if any(program.is_year_to_date for program in programs):
        first = calendar.period(PeriodKind.YEAR, since).start if since else None
        last = calendar.period(PeriodKind.YEAR, until).end if until else None
        return Reach(first, last, everybody)
    return Reach(since, until, everybody)
