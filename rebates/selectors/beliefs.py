"""What we believed on a day: balances as they were recorded by its end, beside today's, and what made the difference.

A day is the vendor's; what counts is when a journal was written, not the business date it bears.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from partners.models import Partner
from prm.db.scope import require_tenant
from prm.errors import Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.reports import believed, journals_since
from rebates import fiscal
from rebates.models import Program, ProgramVersion
from rebates.states import VersionStatus

STATIONS = (Account.ACCRUED, Account.PAYABLE, Account.PAID, Account.FORFEITED)
PLACE = ("partner_id", "program_id", "period", "currency")
AMOUNTS = tuple(f"{time}_{account}" for account in STATIONS for time in ("then", "now"))


@dataclass(frozen=True, slots=True)
class Belief:
    """What was recorded for a partner, program, period and currency by the end of a day, and what is today."""

    partner_id: UUID
    partner_code: str
    partner_name: str
    program_id: UUID
    program_code: str
    period: str
    currency: str
    then: Decimal
    now: Decimal
    then_accrued: Decimal
    now_accrued: Decimal
    then_payable: Decimal
    now_payable: Decimal
    then_paid: Decimal
    now_paid: Decimal
    then_forfeited: Decimal
    now_forfeited: Decimal

    @property
    def difference(self) -> Decimal:
        """Of what is earned in all: a payment moves money on, it does not change this."""
        return self.now - self.then


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after the day at the vendor. Raises `Invalid` for a day that is not over yet or not possible."""
    if day > fiscal.today():
        raise Invalid(fields={"on": [_("This day is in the future.")]})
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, ZoneInfo(require_tenant().time_zone))


def belief_list(
    actor: Actor, *, on: dt.date, partner_id: UUID | None = None, program_id: UUID | None = None, period: str = "",
    only_changed: bool = False,
) -> QuerySet[Any, dict[str, Any]]:  # fmt: skip
    """Balances by partner, program, period and currency, the largest difference first; shown by `beliefs_named`.

    `only_changed` keeps those of which any station is another today.
    """
    actor.require(Right.STATEMENTS_VIEW)
    rows = _believed(PLACE, on, partner_id, program_id, period).order_by(Abs(F("now") - F("then")).desc(), *PLACE)
    return rows.exclude(**{f"then_{name}": F(f"now_{name}") for name in STATIONS}) if only_changed else rows


def belief_totals(
    actor: Actor, *, on: dt.date, partner_id: UUID | None = None, program_id: UUID | None = None, period: str = ""
) -> list[dict[str, Any]]:
    """The same sums by currency."""
    actor.require(Right.STATEMENTS_VIEW)
    return list(_believed(("currency",), on, partner_id, program_id, period))


def beliefs_named(rows: Sequence[dict[str, Any]]) -> list[Belief]:
    """Rows of `belief_list` with the codes and names of their partners and programs."""
    partner_ids, program_ids = ({row[name] for row in rows} for name in ("partner_id", "program_id"))
    partners = {one.pk: one for one in Partner.objects.filter(pk__in=partner_ids)}
    programs = dict(Program.objects.filter(pk__in=program_ids).values_list("pk", "code"))
    return [
        Belief(
            partner_code=partners[row["partner_id"]].code, partner_name=partners[row["partner_id"]].name,
            program_code=programs[row["program_id"]], **row,
        )
        for row in rows
    ]  # fmt: skip


def belief_changes(
    actor: Actor, *, on: dt.date, partner_id: UUID, program_id: UUID, period: str, currency: str
) -> QuerySet[Any, dict[str, Any]]:
    """The journals recorded after the day that moved one place, newest first, with an amount for each station."""
    actor.require(Right.STATEMENTS_VIEW)
    return journals_since(
        since=end_of(on), accounts=STATIONS, partner_id=partner_id, program_id=program_id, period=period,
        currency=currency,
    )  # fmt: skip


def belief_get(
    actor: Actor, *, on: dt.date, partner_id: UUID, program_id: UUID, period: str, currency: str
) -> Belief:  # fmt: skip
    """One place. Raises `NotFound` when the books know nothing of it."""
    rows = belief_list(actor, on=on, partner_id=partner_id, program_id=program_id, period=period)
    found = beliefs_named(list(rows.filter(currency=currency)))
    if not found:
        raise NotFound
    return found[0]


def versions_known(actor: Actor, *, on: dt.date) -> list[ProgramVersion]:
    """The published versions of all programs; `is_known` says which were published by the end of the day.

    Of the versions known then only the last of each program is listed; all that came later are.
    """
    actor.require(Right.PROGRAMS_VIEW)
    moment = end_of(on)
    found: list[Any] = []
    published = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("program")
    versions: list[Any] = list(published.order_by("program__code", "-number"))
    for version in versions:
        version.is_known = version.published_at is not None and version.published_at < moment
        seen = found and found[-1].program_id == version.program_id and found[-1].is_known
        if not seen:
            found.append(version)
    return found


def _believed(
    by: Sequence[str], on: dt.date, partner_id: UUID | None, program_id: UUID | None, period: str
) -> QuerySet[Any, dict[str, Any]]:
    return believed(
        by=by, accounts=STATIONS, until=end_of(on), partner_ids=[partner_id] if partner_id else None,
        program_ids=[program_id] if program_id else None, periods=[period] if period else None,
    )  # fmt: skip
