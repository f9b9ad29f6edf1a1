"""Closing a period: its numbers are frozen into statements and become payable. There is no way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm import clock
from prm.errors import Conflict, Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.services import Posting, post
from prm.outbox.services import emit
from prm.workflow.services import transition
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.locks import hold
from rebates.models import AcceptedException, Accrual, Adjustment, SaleException, Statement, StatementLine
from rebates.models import Period as PeriodRow
from rebates.selectors.disputes import open_before
from rebates.services.accruals import period_evaluate
from rebates.services.freeze import shares_write, snapshot, statements_write
from rebates.services.minimum import minimum_apply
from rebates.states import PERIOD_TRANSITIONS, CloseStep, PeriodStatus

NO_RATE = Q(reason__startswith="no_rate")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. `count` things stand in the way unless `ok`; `blocks`: it can't be waived."""

    name: str
    ok: bool
    count: int
    blocks: bool


def period_checklist(actor: Actor, kind: str, key: str) -> list[Check]:
    """What a close looks at: `open`, `over`, `earlier`, `rates`, `exceptions`, `disputes`.

    `rates` are lines that lack an exchange rate, `exceptions` all other faulty lines, `disputes` those that earlier
    statements still wait for; the close does not. Raises `Invalid` for an unknown period."""
    actor.require(Right.PERIODS_CLOSE)
    period = fiscal.period_named(kind, key)
    closed = (period.kind, period.key) in fiscal.closed_keys()
    earlier, faulty = len(earlier_open(period)), exceptions_in(period)
    rates, exceptions = faulty.filter(NO_RATE).count(), faulty.exclude(NO_RATE).count()
    disputes = open_before(period).count()
    return [
        Check("open", not closed, int(closed), blocks=True),
        Check("over", fiscal.today() > period.end, max(0, (period.end - fiscal.today()).days + 1), blocks=True),
        Check("earlier", not earlier, earlier, blocks=True),
        Check("rates", not rates, rates, blocks=False),
        Check("exceptions", not exceptions, exceptions, blocks=False),
        Check("disputes", not disputes, disputes, blocks=False),
    ]


@transaction.atomic
def period_close(
    *,
    actor: Actor,
    kind: str,
    key: str,
    accept_exceptions: bool = False,
    reason: str = "",
    tell: Callable[[CloseStep], None] = lambda _step: None,
) -> PeriodRow:
    """Close a period: statements for every partner and currency with an amount, ledger accrued → payable.

    One of two closes at once wins, the other gets `StateError`. Raises `StateError` before the period is over or while
    an earlier one with amounts is open, `Conflict` (code `exceptions_open`) while lines are on the exceptions list,
    unless `accept_exceptions` with a `reason`; `Invalid` for an unknown period. `tell` hears of each step before it is
    taken. Emits `rebates.period.closed`.
    """
    actor.require(Right.PERIODS_CLOSE)
    hold("accruals")
    period = fiscal.period_named(kind, key)
    row = _locked(period)
    _check_time(period)
    tell(CloseStep.EVALUATE)
    with snapshot(period) as lines:
        evaluated, results = period_evaluate(Actor.system("rebates.period_close"), period, lines)
        _check_exceptions(period, accept_exceptions, reason)
        _keep_exceptions(row, period)
        tell(CloseStep.STATEMENTS)
        minimum_apply(actor, row, period)
        statements = statements_write(actor, row)
        tell(CloseStep.SHARES)
        shares_write(row, period, evaluated, results)
    tell(CloseStep.LEDGER)
    _post(actor, row)
    row.closed_at, row.closed_by_label = clock.now(), actor.label[:254]
    row.save(update_fields=["closed_at", "closed_by_label"])
    transition(row, "close", table=PERIOD_TRANSITIONS, actor=actor, action="rebates.period.closed", reason=reason)
    payload = {"period_id": str(row.pk), "kind": row.kind, "key": row.key, "statements": len(statements)}
    emit("rebates.period.closed", payload)
    return row


def period_close_check(period: Period, *, accept_exceptions: bool, reason: str) -> None:
    """What `period_close` would refuse at this moment, without waiting for anybody. Raises as it does."""
    row = PeriodRow.objects.filter(kind=period.kind, key=period.key).first()
    if row is not None:
        _check_open(row)
    _check_time(period)
    _check_exceptions(period, accept_exceptions, reason)


def exceptions_in(period: Period) -> QuerySet[SaleException]:
    """Open exceptions of lines sold in the period, as far as programs of its kind are concerned."""
    of_kind = Q(version__isnull=True) | Q(version__definition__period=str(period.kind))
    return SaleException.objects.filter(of_kind, sale_line__sold_on__range=(period.start, period.end))


def earlier_open(period: Period) -> list[str]:
    """Keys of earlier periods of the kind that have an amount to state and are open, oldest first."""
    closed = [key for kind, key in fiscal.closed_keys() if kind == period.kind]
    accruals = Accrual.objects.filter(period_kind=period.kind, period_end__lt=period.start).exclude(payout=0)
    keys = set(accruals.exclude(period_key__in=closed).values_list("period_key", flat=True).distinct())
    booked = Adjustment.objects.exclude(booked_period_key__in=closed).values_list("booked_period_key", flat=True)
    calendar = fiscal.calendar()
    for key in booked.distinct():
        other = calendar.from_key(key)
        if other.kind == period.kind and other.end < period.start:
            keys.add(key)
    return sorted(keys)


def _locked(period: Period) -> PeriodRow:
    defaults = {"starts_on": period.start, "ends_on": period.end}
    row, _made = PeriodRow.objects.select_for_update().get_or_create(
        kind=period.kind, key=period.key, defaults=defaults
    )
    _check_open(row)
    return row


def _check_open(row: PeriodRow) -> None:
    if row.status == PeriodStatus.CLOSED:
        names = {"period": row.key, "who": row.closed_by_label}
        raise StateError(_("%(period)s is closed already, by %(who)s.") % names, code="already_closed")


def _check_time(period: Period) -> None:
    if fiscal.today() <= period.end:
        names = {"period": period.key, "day": period.end.isoformat()}
        raise StateError(_("%(period)s is not over before the end of %(day)s.") % names, code="not_over")
    earlier = earlier_open(period)
    if earlier:
        raise StateError(_("Close %(period)s first.") % {"period": earlier[0]}, code="earlier_open")


def _check_exceptions(period: Period, accept: bool, reason: str) -> None:
    count = exceptions_in(period).count()
    if not count:
        return
    if not accept:
        text = ngettext(
            "%(count)s line of the period is on the exceptions list.",
            "%(count)s lines of the period are on the exceptions list.",
            count,
        )
        raise Conflict(text % {"count": count}, code="exceptions_open")
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why the period is closed with open exceptions.")]})


def _keep_exceptions(row: PeriodRow, period: Period) -> None:
    """Which lines the close leaves out: the list forgets them when their fault is put right."""
    rows = exceptions_in(period).select_related("version")
    left_out = {(one.sale_line_id, one.version and one.version.program_id): one.reason for one in rows}
    AcceptedException.objects.bulk_create(
        [
            AcceptedException(period=row, sale_line_id=line_id, program_id=program_id, reason=reason)
            for (line_id, program_id), reason in left_out.items()
        ],
        batch_size=2000,
    )


def _post(actor: Actor, row: PeriodRow) -> None:
    postings = moves_of(
        Statement.objects.filter(period=row).values_list("pk", flat=True), Account.ACCRUED, Account.PAYABLE
    )
    if postings:
        post(
            "rebates.close",
            key=f"rebates.close:{row.pk}",
            actor=actor,
            effective_on=fiscal.today(),
            postings=postings,
            cause_type="rebates.period",
            cause_id=str(row.pk),
        )


def moves_of(
    statement_ids: Sequence[UUID] | QuerySet[Statement, UUID], debit: Account, credit: Account
) -> list[Posting]:
    """What the statements owe, by partner, program, period and currency, from one account to the other."""
    places = ("statement__partner_id", "version__program_id", "statement__period__key", "statement__currency")
    rows = StatementLine.objects.filter(statement_id__in=statement_ids).values_list(*places)
    return [
        Posting(debit, credit, amount, currency, partner_id, program_id, key)
        for partner_id, program_id, key, currency, amount in rows.annotate(Sum("amount")).order_by(*places)
        if amount
    ]
