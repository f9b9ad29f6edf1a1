"""The minimum payout, looked at when a period is stated: what stays below it is carried over or forfeited.

A carried amount is two adjustments with one cause: out of the closing period, into the next one. Together they are
nothing, so the engine's word about the period stays what it was. What a program can't carry, because it governs no
later day, is paid.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from prm.identity.actor import Actor
from prm.ledger.accounts import Account
from prm.ledger.services import Posting, post
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.engine.program import MinimumPayout
from rebates.engine.versions import Version
from rebates.models import Accrual, Adjustment, Forfeit, ProgramVersion
from rebates.models import Period as PeriodRow
from rebates.versions import versions_in_force

CAUSE = "rebates.minimum"


@dataclass(frozen=True, slots=True)
class Small:
    """An amount of one version and partner that is above nothing and below its minimum."""

    version: Version
    program_id: UUID
    partner_id: UUID
    currency: str
    amount: Decimal
    minimum: MinimumPayout

    @property
    def version_id(self) -> UUID:
        return self.version.id  # type: ignore[return-value]

    def posting(self, debit: Account, credit: Account, amount: Decimal, period: str) -> Posting:
        return Posting(debit, credit, amount, self.currency, self.partner_id, self.program_id, period)


def minimum_apply(actor: Actor, row: PeriodRow, period: Period) -> None:
    """Carry over or forfeit what the closing period leaves below the minimum, with the journal of it."""
    small = _small_amounts(period)
    following = fiscal.calendar().period(period.kind, period.end + dt.timedelta(days=1))
    carried = [one for one in small if one.minimum.otherwise == "carry" and _governs_later(one.version, period)]
    forfeited = [one for one in small if one.minimum.otherwise == "forfeit"]
    for key, sign in ((period.key, -1), (following.key, 1)):
        Adjustment.objects.bulk_create([_adjustment(one, period.key, key, sign * one.amount) for one in carried])
    Forfeit.objects.bulk_create(
        Forfeit(version_id=one.version_id, partner_id=one.partner_id, period_key=period.key, amount=one.amount,
                currency=one.currency)
        for one in forfeited
    )  # fmt: skip
    postings = [
        *(one.posting(Account.EXPENSE, Account.ACCRUED, -one.amount, period.key) for one in carried),
        *(one.posting(Account.EXPENSE, Account.ACCRUED, one.amount, following.key) for one in carried),
        *(one.posting(Account.ACCRUED, Account.FORFEITED, one.amount, period.key) for one in forfeited),
    ]
    if postings:
        post(
            "rebates.minimum", key=f"rebates.minimum:{row.pk}", actor=actor, effective_on=fiscal.today(),
            postings=postings, cause_type="rebates.period", cause_id=str(row.pk),
        )  # fmt: skip


def _adjustment(one: Small, origin: str, booked: str, amount: Decimal) -> Adjustment:
    return Adjustment(
        version_id=one.version_id, partner_id=one.partner_id, origin_period_key=origin, booked_period_key=booked,
        amount=amount, currency=one.currency, cause_type=CAUSE, cause_id=origin,
    )  # fmt: skip


def _governs_later(version: Version, period: Period) -> bool:
    """A later version of the program counts, too: `versions_in_force` gives each its own days."""
    return any(
        one.program.code == version.program.code and (one.valid_to is None or one.valid_to > period.end)
        for one in versions_in_force()
    )


def _small_amounts(period: Period) -> list[Small]:
    """What the period and the adjustments booked in it come to, where that is between nothing and the minimum."""
    governing = _governing(period)
    sums = defaultdict[tuple[UUID, UUID, str], Decimal](Decimal)
    accruals = Accrual.objects.filter(version__program_id__in=governing, period_key=period.key)
    booked = Adjustment.objects.filter(version__program_id__in=governing, booked_period_key=period.key)
    for rows, amount in ((accruals, "payout"), (booked, "amount")):
        grouped = rows.order_by().values_list("version__program_id", "partner_id", "currency").annotate(Sum(amount))
        for program_id, partner_id, currency, total in grouped:
            sums[program_id, partner_id, currency] += total
    found = []
    for (program_id, partner_id, currency), total in sorted(sums.items()):
        version = governing[program_id]
        minimum = version.program.minimum_payout
        if minimum is not None and 0 < total < minimum.amount:
            found.append(Small(version, program_id, partner_id, currency, total, minimum))
    return found


def _governing(period: Period) -> dict[UUID, Version]:
    """By program with a minimum the version that stands at the end of the period, else its last one before."""
    versions = [one for one in versions_in_force() if one.program.period == period.kind]
    programs = dict(ProgramVersion.objects.filter(pk__in=[one.id for one in versions]).values_list("pk", "program_id"))
    begun = [one for one in versions if one.valid_from is None or one.valid_from <= period.end]
    last = {programs[one.id]: one for one in begun}  # type: ignore[index]
    return {key: one for key, one in last.items() if one.program.minimum_payout is not None}
