"""The liability report: what is owed to partners at the start of a span of days, what moved it, and its end.

Everything is a sum of ledger entries by the business date of their journals, so the end of one month is the start of
the next and the end of today is the balance of the books.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from partners.models import Partner
from prm.db.scope import require_tenant
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.reports import OPENING, month_changes, movements
from prm.ledger.selectors import balances
from rebates.models import Adjustment, Program
from rebates.services.adjustments import OUTSIDE_THE_ENGINE
from rebates.services.minimum import CAUSE as MINIMUM

OWED = (Account.ACCRUED, Account.PAYABLE)
ZERO = Decimal(0)
# Which journals are which movement. Every other kind is told as `others`, never left out.
MOVES = {
    "rebates.accrual": "accruals", "rebates.dispute": "adjustments", "rebates.close": "closes",
    "rebates.payment": "payments", "rebates.minimum": "forfeits",
}  # fmt: skip
COLUMNS = ("accruals", "adjustments", "payments", "forfeits", "reversals", "others")
Place = tuple[UUID | None, UUID | None, str]
"""(partner, program, currency); None where the report does not tell them apart."""


@dataclass(slots=True)
class LiabilityRow:
    """What is owed for one program (or partner) in one currency. `closed` is what closes moved from accrued to payable.

    opening + accruals + adjustments + payments + forfeits + reversals + others = closing, payments being negative.
    """

    currency: str
    program_id: UUID | None = None
    program_code: str = ""
    partner_id: UUID | None = None
    partner_code: str = ""
    partner_name: str = ""
    opening_accrued: Decimal = ZERO
    opening_payable: Decimal = ZERO
    accruals: Decimal = ZERO
    adjustments: Decimal = ZERO
    payments: Decimal = ZERO
    forfeits: Decimal = ZERO
    reversals: Decimal = ZERO
    others: Decimal = ZERO
    closed: Decimal = ZERO
    closing_accrued: Decimal = ZERO
    closing_payable: Decimal = ZERO

    @property
    def opening(self) -> Decimal:
        return self.opening_accrued + self.opening_payable

    @property
    def closing(self) -> Decimal:
        return self.closing_accrued + self.closing_payable

    @property
    def is_empty(self) -> bool:
        return not any((self.opening, self.closing, self.closed, *(getattr(self, name) for name in COLUMNS)))

    def add(self, other: LiabilityRow) -> None:
        for name in (*COLUMNS, "closed", "opening_accrued", "opening_payable", "closing_accrued", "closing_payable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Liability:
    """`ledger` is what the books owe at the end by currency, asked for on its own; it equals the totals."""

    since: dt.date
    until: dt.date
    rows: list[LiabilityRow] = field(default_factory=list)
    totals: list[LiabilityRow] = field(default_factory=list)
    ledger: dict[str, Decimal] = field(default_factory=dict)

    @property
    def reconciles(self) -> bool:
        closing = {row.currency: row.closing for row in self.totals if row.closing}
        return closing == {currency: amount for currency, amount in self.ledger.items() if amount}


def liability(
    actor: Actor, *, since: dt.date, until: dt.date, by: str = "program", partner_id: UUID | None = None,
    program_id: UUID | None = None,
) -> Liability:  # fmt: skip
    """The report from `since` to `until`, both included, by `program` or by `partner`. Raises `Invalid`."""
    actor.require(Right.STATEMENTS_VIEW)
    if until < since:
        raise Invalid(fields={"until": [_("The last day is before the first.")]})
    rows = _rows(since, until, by, partner_id, program_id)
    found = _named([row for row in rows if not row.is_empty])
    return Liability(since, until, found, _totals(found), _ledger(until, partner_id, program_id))


def liability_months(
    actor: Actor, *, until: dt.date, months: int = 13, program_id: UUID | None = None
) -> list[dict[str, Any]]:
    """`month`, `currency`, `accrued` and `payable` at the end of each of the last months, the oldest first."""
    actor.require(Right.STATEMENTS_VIEW)
    changes = month_changes(accounts=OWED, until=until, program_ids=_only(program_id))
    moved: dict[tuple[str, dt.date, str], Decimal] = {}
    for row in changes:
        moved[row["currency"], row["month"], row["account"]] = row["amount"]
    told = []
    last = until.year * 12 + until.month - 1
    shown = [dt.date(index // 12, index % 12 + 1, 1) for index in range(last - months + 1, last + 1)]
    for currency in sorted({currency for currency, _month, _account in moved}):
        for month in shown:
            row = {"month": month, "currency": currency}
            for account in OWED:
                row[account.value] = sum(
                    (amount for (code, when, name), amount in moved.items()
                     if code == currency and when <= month and name == account),
                    ZERO,
                )  # fmt: skip
            told.append(row)
    return told


def _rows(
    since: dt.date, until: dt.date, by: str, partner_id: UUID | None, program_id: UUID | None
) -> Iterable[LiabilityRow]:
    dimension = "partner_id" if by == "partner" else "program_id"
    found: dict[Place, LiabilityRow] = {}
    for move in movements(
        by=(dimension, "currency"), accounts=OWED, since=since, until=until, partner_ids=_only(partner_id),
        program_ids=_only(program_id),
    ):  # fmt: skip
        _book(_row(found, dimension, move[dimension], move["currency"]), move)
    adjusted = _adjusted_within_accruals(since, until, partner_id, program_id)
    path = "partner_id" if by == "partner" else "version__program_id"
    for key, currency, amount in adjusted.values_list(path, "currency").annotate(Sum("amount")).order_by():
        row = _row(found, dimension, key, currency)
        row.adjustments += amount
        row.accruals -= amount
    return found.values()


def _row(found: dict[Place, LiabilityRow], dimension: str, key: UUID | None, currency: str) -> LiabilityRow:
    is_partner = dimension == "partner_id"
    place = (key, None, currency) if is_partner else (None, key, currency)
    if place not in found:
        found[place] = LiabilityRow(currency, partner_id=place[0], program_id=place[1])
    return found[place]


def _book(row: LiabilityRow, move: dict[str, Any]) -> None:
    amount, account = move["amount"], move["account"]
    side = "accrued" if account == Account.ACCRUED else "payable"
    setattr(row, f"closing_{side}", getattr(row, f"closing_{side}") + amount)
    if move["kind"] == OPENING:
        setattr(row, f"opening_{side}", getattr(row, f"opening_{side}") + amount)
        return
    name = "reversals" if move["is_reversal"] else MOVES.get(move["kind"], "others")
    if name == "closes":
        # Out of one account of what is owed and into the other: told once, by what became payable.
        row.closed += amount if account == Account.PAYABLE else ZERO
    else:
        setattr(row, name, getattr(row, name) + amount)


def _adjusted_within_accruals(
    since: dt.date, until: dt.date, partner_id: UUID | None, program_id: UUID | None
) -> QuerySet[Adjustment]:
    """Adjustments posted in the journal of a recalculation, which does not tell them from the accruals of open periods.

    Their day is that of the recalculation at the vendor, which is the journal's too.
    """
    zone = ZoneInfo(require_tenant().time_zone)
    first = dt.datetime.combine(since, dt.time.min, zone)
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min, zone)
    rows: QuerySet[Adjustment] = Adjustment.objects.filter(created_at__gte=first, created_at__lt=end)
    rows = rows.exclude(cause_type__in=(*OUTSIDE_THE_ENGINE, MINIMUM))
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    return rows.filter(version__program_id=program_id) if program_id else rows


def _named(rows: list[LiabilityRow]) -> list[LiabilityRow]:
    programs = dict(Program.objects.filter(pk__in={row.program_id for row in rows}).values_list("pk", "code"))
    partners = {
        key: (code, name)
        for key, code, name in Partner.objects.filter(pk__in={row.partner_id for row in rows}).values_list(
            "pk", "code", "name"
        )
    }
    for row in rows:
        row.program_code = programs.get(row.program_id, "") if row.program_id else ""
        row.partner_code, row.partner_name = partners.get(row.partner_id, ("", "")) if row.partner_id else ("", "")
    return sorted(rows, key=lambda row: (row.program_code, row.partner_code, row.currency))


def _totals(rows: Sequence[LiabilityRow]) -> list[LiabilityRow]:
    totals: dict[str, LiabilityRow] = {}
    for row in rows:
        totals.setdefault(row.currency, LiabilityRow(row.currency)).add(row)
    return [totals[currency] for currency in sorted(totals)]


def _ledger(until: dt.date, partner_id: UUID | None, program_id: UUID | None) -> dict[str, Decimal]:
    sums = defaultdict[str, Decimal](Decimal)
    found = balances(
        by=("currency",), accounts=OWED, until=until, partner_ids=_only(partner_id), program_ids=_only(program_id)
    )  # fmt: skip
    for row in found:
        sums[row["currency"]] += row["balance"]
    return dict(sums)


def _only(key: UUID | None) -> list[UUID] | None:
    return None if key is None else [key]
