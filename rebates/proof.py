"""The proof that money is where it belongs: accrued + payable + paid + forfeited = what the engine evaluates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from partners.models import Partner
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates import fiscal
from rebates.evaluations import evaluation_of
from rebates.models import Accrual, Adjustment, Program, ProgramVersion
from rebates.services.adjustments import OUTSIDE_THE_ENGINE
from rebates.states import VersionStatus
from rebates.versions import versions_in_force

OWED = (Account.ACCRUED, Account.PAYABLE, Account.PAID, Account.FORFEITED)
Place = tuple[UUID, UUID, str, str]
"""(partner, program, period, currency)"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the ledger and the engine disagree. `period` is empty for the sum over all periods."""

    partner_code: str
    program_code: str
    period: str
    currency: str
    ledger: Decimal
    engine: Decimal

    @property
    def amount(self) -> Decimal:
        return self.ledger - self.engine


def accruals_differences() -> list[Difference]:
    """Every disagreement by partner, program and currency; empty when the books are right.

    Sales whose event is still on its way show up here until they are accrued.
    """
    engine, ledger = _engine(), _ledger()
    wrong = [key for key in engine.keys() | ledger.keys() if engine.get(key, 0) != ledger.get(key, 0)]
    names = _names()
    found = [
        Difference(
            names[partner_id], names[program_id], "", currency,
            ledger.get((partner_id, program_id, currency), Decimal(0)),
            engine.get((partner_id, program_id, currency), Decimal(0)),
        )
        for partner_id, program_id, currency in wrong
    ]  # fmt: skip
    return sorted(found + _open_differences(names), key=lambda one: (one.partner_code, one.program_code, one.period))


def _open_differences(names: dict[UUID, str]) -> list[Difference]:
    """Open periods whose accrued balance is not that of their rows: right in sum, yet in the wrong period."""
    owed, accrued = open_owed(), open_accrued()
    return [
        Difference(
            names[place[0]], names[place[1]], place[2], place[3], accrued.get(place, Decimal(0)),
            owed.get(place, Decimal(0)),
        )
        for place in owed.keys() | accrued.keys()
        if owed.get(place, 0) != accrued.get(place, 0)
    ]  # fmt: skip


def _engine() -> dict[tuple[UUID, UUID, str], Decimal]:
    programs = dict(ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).values_list("pk", "program_id"))
    sums = defaultdict[tuple[UUID, UUID, str], Decimal](Decimal)
    for result in evaluation_of(versions_in_force()):
        sums[result.partner_id, programs[result.version_id], result.currency] += result.payout  # type: ignore[index]
    for place, granted in _granted().items():
        sums[place] += granted
    return sums


def _granted() -> dict[tuple[UUID, UUID, str], Decimal]:
    """What people granted in disputes, which no rule can give again."""
    rows = Adjustment.objects.filter(cause_type__in=OUTSIDE_THE_ENGINE).order_by()
    grouped = rows.values_list("partner_id", "version__program_id", "currency").annotate(Sum("amount"))
    return {(partner_id, program_id, currency): total for partner_id, program_id, currency, total in grouped}


def _ledger() -> dict[tuple[UUID, UUID, str], Decimal]:
    rows = balances(by=("partner_id", "program_id", "currency"), accounts=OWED)
    return {(row["partner_id"], row["program_id"], row["currency"]): row["balance"] for row in rows}


def open_owed() -> dict[Place, Decimal]:
    """What the accrual rows and the adjustments booked in open periods come to."""
    closed = {key for _, key in fiscal.closed_keys()}
    sums = defaultdict[Place, Decimal](Decimal)
    accruals = Accrual.objects.exclude(period_key__in=closed)
    adjustments = Adjustment.objects.exclude(booked_period_key__in=closed)
    for rows, period, amount in ((accruals, "period_key", "payout"), (adjustments, "booked_period_key", "amount")):
        grouped = rows.values_list("partner_id", "version__program_id", period, "currency").annotate(Sum(amount))
        for partner_id, program_id, key, currency, total in grouped:
            sums[partner_id, program_id, key, currency] += total
    return sums


def open_accrued() -> dict[Place, Decimal]:
    """The ledger's accrued balance of every open period."""
    closed = {key for _, key in fiscal.closed_keys()}
    rows = balances(by=("partner_id", "program_id", "period", "currency"), accounts=[Account.ACCRUED])
    return {
        (row["partner_id"], row["program_id"], row["period"], row["currency"]): row["balance"]
        for row in rows
        if row["period"] not in closed
    }


def _names() -> dict[UUID, str]:
    return dict(Partner.objects.values_list("pk", "code")) | dict(Program.objects.values_list("pk", "code"))
