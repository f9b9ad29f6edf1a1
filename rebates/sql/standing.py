"""What a partner is at the end of a period, beside its tier: here, and nowhere else, the engine reads the facts that
qualifiers ask for.

Each fact is one SELECT of runs of days of the partners looked at: (partner_id, starts, ends, name, who). It holds from
`starts` to `ends`, both included, '9999-12-31' where no end is known. `name` tells facts of one kind apart, `who` is
the person that has it; both are '' where there is nothing to tell.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from partners.counted import COUNTED_SQL
from rebates.engine.calculations import Standing
from rebates.engine.qualifiers import AgreementSigned, CertifiedPeople, NoOverdue, Qualifier

from .parameters import Parameters, Sources
from .plan import Plan
from .run import portions

Kind = type[Qualifier]


Where = Callable[[str], str]
"""From the name of a column to the condition that it is one of the partners looked at."""


def _overdue(sources: Sources, where: Where) -> str:
    """The newest row of a currency counts, until the day before the next one; 0 says that it is paid."""
    return f"""
        SELECT partner_id, as_of AS starts, ends, currency AS name, '' AS who
        FROM (
            SELECT partner_id, currency, amount, as_of, COALESCE(
                lead(as_of) OVER (PARTITION BY partner_id, currency ORDER BY as_of) - 1, DATE '9999-12-31'
            ) AS ends
            FROM {sources.overdue} WHERE {where("partner_id")}
        ) o WHERE amount > 0"""


def _certified(_sources: Sources, where: Where) -> str:
    counted = COUNTED_SQL.format(partners=where("q.partner_id"))
    return f"SELECT partner_id, starts, ends, code AS name, person_id::text AS who FROM ({counted}) c"


def _signed(_sources: Sources, where: Where) -> str:
    """The days on which an agreement is in force; one that renews by itself goes on until somebody gives notice."""
    return f"""
        SELECT partner_id, active_from AS starts, CASE
            WHEN active_to IS NULL OR auto_renew AND status IN ('active', 'expiring') THEN DATE '9999-12-31'
            ELSE active_to
        END AS ends, '' AS name, '' AS who
        FROM partners_agreement WHERE active_from IS NOT NULL AND {where("partner_id")}"""


RUNS: Mapping[Kind, Callable[[Sources, Where], str]] = {
    AgreementSigned: _signed,
    CertifiedPeople: _certified,
    NoOverdue: _overdue,
}


@dataclass(frozen=True, slots=True)
class Run:
    starts: date
    ends: date
    name: str
    who: str


class Standings:
    """The runs of every partner, loaded at once for the kinds that any program asks for."""

    def __init__(self, plan: Plan, sources: Sources, qualifiers: Iterable[Qualifier]) -> None:
        wanted = {type(one) for one in qualifiers} & RUNS.keys()
        self._runs = {kind: _load(plan, sources, RUNS[kind]) for kind in wanted}

    def on(self, partner_id: UUID, day: date, tier: str | None) -> Standing:
        return Standing(
            tier=tier,
            certified=_people(self._held(CertifiedPeople, partner_id, day)),
            agreement_signed=bool(self._held(AgreementSigned, partner_id, day)),
            overdue=bool(self._held(NoOverdue, partner_id, day)),
        )

    def _held(self, kind: Kind, partner_id: UUID, day: date) -> list[Run]:
        found = self._runs.get(kind, {}).get(partner_id, ())
        return [run for run in found if run.starts <= day <= run.ends]


def _people(runs: list[Run]) -> dict[str, int]:
    """People by certification; "" counts all that have any."""
    people: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        people[run.name].add(run.who)
        people[""].add(run.who)
    return {name: len(who) for name, who in people.items()}


def _load(plan: Plan, sources: Sources, runs: Callable[[Sources, Where], str]) -> Mapping[UUID, list[Run]]:
    p = Parameters()

    def where(column: str) -> str:
        return "TRUE" if plan.partner_ids is None else f"{column} = ANY({p(plan.partner_ids, 'uuid[]')})"

    text = f"SELECT partner_id, starts, ends, name, who FROM ({runs(sources, where)}) r WHERE {where('partner_id')}"
    found: dict[UUID, list[Run]] = defaultdict(list)
    for partner_id, *run in portions(text, p):
        found[partner_id].append(Run(*run))
    return found
