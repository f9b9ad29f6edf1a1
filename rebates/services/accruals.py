"""Accruals: what is earned so far, kept equal to what the engine says, with a journal for every cent that moves.

One recalculation at a time per tenant (`locks.hold("accruals")`). The rows, the exceptions and the journal change in
one transaction, and only by the difference to what is stored: running it again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from prm import clock
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ids import new_id
from prm.ledger.accounts import Account
from prm.ledger.services import Posting, post
from prm.money import round_digits
from prm.outbox.services import emit
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.evaluations import evaluation_of
from rebates.locks import hold
from rebates.models import Accrual, Adjustment, ProgramVersion
from rebates.recalculation import MEASURE_DIGITS, Cause, Comparison, Looked, Window, compare, stored_in, widened
from rebates.services.adjustments import adjustments_write
from rebates.services.exceptions import exceptions_write, orphans_write
from rebates.sql import LIVE, Evaluated, Evaluation, Sources
from rebates.states import VersionStatus
from rebates.versions import program_ids_with, versions_in_force

PARTNERS_NAMED = 500
WRITE_BATCH = 2000

Account_ = tuple[UUID, UUID, str, str]
"""(partner, program, period, currency): the account of a delta."""


@dataclass(frozen=True, slots=True)
class AccrualChange:
    """What a recalculation did. `is_empty` when everything was right already."""

    written: int
    deleted: int
    adjustments: int
    exceptions: int
    journal_id: UUID | None

    @property
    def is_empty(self) -> bool:
        return not (self.written or self.deleted or self.adjustments or self.exceptions)


@transaction.atomic
def accruals_update(
    *,
    actor: Actor,
    partner_ids: Iterable[UUID] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    program_ids: Collection[UUID] | None = None,
    cause: Cause | None = None,
) -> AccrualChange:
    """Recalculate the periods of these partners that share a day with `since` to `until`; None is all, or open.

    Writes accruals of open periods, books adjustments for closed ones, keeps the exceptions, posts one journal with
    the differences. Emits `rebates.accruals.updated` when anything changed.
    """
    actor.require(Right.PROGRAMS_PUBLISH)
    hold("accruals")
    customers = any(version.program.knows_customers for version in versions_in_force())
    window = widened(partner_ids, since, until, customers=customers)
    return _Run(window, program_ids).recalculate(actor, cause or Cause("rebates.recalculation", actor.label))


@transaction.atomic
def accruals_rebuild(*, actor: Actor) -> AccrualChange:
    """Recalculate everything, and bring the ledger's open periods to what the rows then say."""
    actor.require(Right.PROGRAMS_PUBLISH)
    hold("accruals")
    return _Run(Window(), None).recalculate(actor, Cause("rebates.rebuild", actor.label), from_ledger=True)


def accruals_part(
    *, actor: Actor, partner_ids: Collection[UUID] | None, program_ids: Collection[UUID], cause: Cause
) -> AccrualChange:
    """Recalculate some programs and partners for a rebuild, which holds the lock."""
    window = Window(None if partner_ids is None else tuple(sorted(partner_ids)))
    return _Run(window, program_ids).recalculate(actor, cause)


def accruals_correct(*, actor: Actor, cause: Cause) -> int:
    """After all parts of a rebuild: the lines that count in no program, and the ledger. Returns how many accounts of
    the ledger had to be corrected.
    """
    orphans_write()
    deltas = {account: amount for account, amount in _missing_in_ledger().items() if amount}
    _post(actor, deltas, cause)
    return len(deltas)


def period_evaluate(actor: Actor, period: Period, sources: Sources) -> tuple[Evaluation, list[Evaluated]]:
    """For a close, inside its transaction: the last recalculation of one period from a snapshot of its lines.

    Before it, whatever the period's lines do to earlier ones is booked, so that a return whose event is still on its
    way is on this statement and not on the next.
    """
    cause = Cause("rebates.period", period.key)
    accruals_update(actor=actor, since=period.start, until=period.end, cause=cause)
    run = _Run(Window.of(period), None, sources)
    run.recalculate(actor, cause)
    return run.evaluation, run.results


class _Run:
    """One recalculation: what was evaluated, and what it changed."""

    def __init__(self, window: Window, program_ids: Collection[UUID] | None, sources: Sources = LIVE) -> None:
        self.window, self.program_ids = window, program_ids_with(program_ids)
        self.evaluation = evaluation_of(
            versions_in_force(self.program_ids), sources=sources, partner_ids=window.partner_ids, since=window.since,
            until=window.until, kind=window.kind,
        )  # fmt: skip
        self.looked = Looked.of(window, self.evaluation)
        self.results: list[Evaluated] = []

    def recalculate(self, actor: Actor, cause: Cause, *, from_ledger: bool = False) -> AccrualChange:
        covers = self.looked.covers
        self.results = [one for one in self.evaluation if covers(one.version_id, one.partner_id, one.period)]  # type: ignore[arg-type]
        found = compare(self.results, stored_in(self.looked, self.program_ids), fiscal.closed_keys())
        _rows_write(found)
        adjusted = adjustments_write(found, self.looked, self.program_ids, cause)
        exceptions = exceptions_write(self.evaluation, self.looked, self.program_ids)
        deltas = _missing_in_ledger() if from_ledger else _deltas(found, adjusted)
        journal_id = _post(actor, deltas, cause)
        change = AccrualChange(len(found.write), len(found.delete), len(adjusted), exceptions, journal_id)
        if not change.is_empty:
            _announce(self.window, found, adjusted, cause)
        return change


def _rows_write(found: Comparison) -> None:
    now = clock.now()
    Accrual.objects.filter(pk__in=[row.id for row in found.delete]).delete()
    Accrual.objects.bulk_create(
        [_row(result, now) for result in found.write],
        batch_size=WRITE_BATCH,
        update_conflicts=True,
        unique_fields=["tenant", "version", "partner", "period_key"],
        update_fields=["measure", "payout", "currency", "reason", "explanation", "evaluated_at"],
    )


def _row(result: Evaluated, now: dt.datetime) -> Accrual:
    return Accrual(
        version_id=result.version_id,  # type: ignore[misc]
        partner_id=result.partner_id,
        period_kind=result.period.kind,
        period_key=result.period.key,
        period_start=result.period.start,
        period_end=result.period.end,
        measure=round_digits(result.measure, MEASURE_DIGITS),
        payout=result.payout,
        currency=result.currency,
        reason=result.reason,
        explanation=result.trace.to_json(),
        evaluated_at=now,
    )


def programs_of_versions() -> dict[UUID, UUID]:
    """version id → program id of all published versions."""
    return dict(ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).values_list("pk", "program_id"))


def _deltas(found: Comparison, adjusted: Sequence[Adjustment]) -> dict[Account_, Decimal]:
    """What moves between expense and accrued."""
    programs, deltas = programs_of_versions(), defaultdict[Account_, Decimal](Decimal)
    for result in found.write:
        key = (result.version_id, result.partner_id, result.period.key)
        before = found.before.get(key)  # type: ignore[arg-type]
        account = (result.partner_id, programs[result.version_id], result.period.key, result.currency)  # type: ignore[index]
        deltas[account] += result.payout - (before.payout if before else 0)
    for row in found.delete:
        deltas[row.partner_id, row.program_id, row.period.key, row.currency] -= row.payout
    for adjustment in adjusted:
        program_id = programs[adjustment.version_id]
        deltas[adjustment.partner_id, program_id, adjustment.booked_period_key, adjustment.currency] += (
            adjustment.amount
        )
    return deltas


def _missing_in_ledger() -> dict[Account_, Decimal]:
    """Rows and unstated adjustments of open periods less what the ledger has accrued for them."""
    from rebates.proof import open_accrued, open_owed

    deltas = defaultdict[Account_, Decimal](Decimal, open_owed())
    for account, amount in open_accrued().items():
        deltas[account] -= amount
    return deltas


def _post(actor: Actor, deltas: dict[Account_, Decimal], cause: Cause) -> UUID | None:
    postings = [
        Posting(Account.EXPENSE, Account.ACCRUED, amount, currency, partner_id, program_id, period)
        for (partner_id, program_id, period, currency), amount in sorted(deltas.items())
        if amount
    ]
    if not postings:
        return None
    # The key is new each time: the difference to the stored rows, written with it, is what makes a replay harmless.
    journal = post(
        "rebates.accrual",
        key=f"rebates.accrual:{new_id()}",
        actor=actor,
        effective_on=fiscal.today(),
        postings=postings,
        cause_type=cause.type,
        cause_id=cause.id[:64],
    )
    return journal.pk


def _announce(window: Window, found: Comparison, adjusted: Sequence[Adjustment], cause: Cause) -> None:
    partners = {row.partner_id for row in found.write} | {row.partner_id for row in found.delete}
    partners |= {adjustment.partner_id for adjustment in adjusted}
    payload = {
        "partner_ids": sorted(map(str, partners)) if len(partners) <= PARTNERS_NAMED else None,
        "since": window.since.isoformat() if window.since else None,
        "until": window.until.isoformat() if window.until else None,
        "cause": [cause.type, cause.id],
    }
    emit("rebates.accruals.updated", payload)
