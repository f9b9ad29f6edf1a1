"""A bank's file brought in, looked at, and applied by a second click: paid, failed and reversed, all of it or nothing.

The same bytes are one row and are applied once. Locks are taken in the order settlements, payments, statements.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, NotFound, StateError, TooLarge
from prm.files.content import PAYMENT_XML
from prm.files.services import MEGABYTE, file_store
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.orders import order_fields
from prm.runs.states import RUN_ACTIVE
from prm.workflow.services import transition_all
from rebates.bank_results.plan import PlannedLine, ResultPlan, plan_of
from rebates.bank_results.reading import content_of, read_content
from rebates.locks import hold
from rebates.models import ApplyRun, BankResult, BankResultLine, Payment, Settlement, Statement
from rebates.services.payments import check_against_ledger, payment_mark_failed, payment_reverse, payments_pay
from rebates.states import BANK_RESULT_TRANSITIONS, BankResultFormat, BankResultStatus, ResultOutcome

MOST_BYTES = 5 * MEGABYTE
WATCH = "rebates.bank_result.watch"
"""Internal: somebody has to work on the application until it has ended."""


@transaction.atomic
def bank_result_upload(*, actor: Actor, name: str, content: IO[bytes] | File[bytes]) -> BankResult:
    """Keep a bank's file (pain.002 or CSV) and change nothing yet; bytes that were here before are the row they were.

    Raises `TooLarge` above 5 MB, `Invalid` (code `unreadable_result`) for what can't be read as a whole or speaks of
    more than `MOST_LINES` payments.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    raw = content.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TooLarge(_("The file is too large. At most %(megabytes)d MB are accepted.") % {"megabytes": 5})
    read = read_content(raw)
    plan_of(read)
    digest = hashlib.sha256(raw).hexdigest()
    hold("bank_results")
    earlier: BankResult | None = BankResult.objects.select_related("file").filter(sha256=digest).first()
    if earlier is not None:
        record(actor, "rebates.bank_result.repeated", earlier, {"sha256": digest})
        return earlier
    file = file_store(actor=actor, name=name, content=ContentFile(raw), purpose="bank_result")
    is_message = file.content_type == PAYMENT_XML
    result: BankResult = BankResult.objects.create(
        file=file, sha256=digest, message=read.message, uploaded_by_label=actor.label[:254],
        format=BankResultFormat.PAIN002 if is_message else BankResultFormat.CSV,
    )  # fmt: skip
    facts = {"name": file.name, "sha256": digest, "format": result.format, "rows": len(read.entries)}
    record(actor, "rebates.bank_result.uploaded", result, facts)
    return result


@transaction.atomic
def bank_result_apply_start(*, actor: Actor, result_id: UUID, fingerprint: str) -> ApplyRun:
    """Let a worker apply it; what `bank_result_apply` would refuse at this moment is refused at once.

    Raises as that does, and `Conflict` (code `applying`) while somebody's application of the file is at work.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    result = _locked(result_id)
    other = ApplyRun.objects.filter(result=result, status__in=RUN_ACTIVE).first()
    if other is not None:
        text = _("%(who)s is applying this file at the moment.") % {"who": other.requested_by_label}
        raise Conflict(text, code="applying")
    _check_not_applied(result)
    _check_seen(plan_of(content_of(result)), fingerprint)
    run: ApplyRun = ApplyRun.objects.create(result=result, fingerprint=fingerprint, **order_fields(actor))
    record(actor, "rebates.bank_result.apply_requested", result)
    emit(WATCH, {"run_id": str(run.pk)})
    return run


@transaction.atomic
def bank_result_apply(
    *, actor: Actor, result_id: UUID, fingerprint: str, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> BankResult:
    """Mark every payment that the file speaks of; what it can't change is noted with why. All of it or nothing.

    `fingerprint` is that of the plan that was looked at. Raises `Conflict` (code `applied_already`) for a file that has
    been applied, (code `plan_changed`) when other changes would come of it by now, `StateError` when it has none.
    `tell` hears how many of all changes are made. Emits `rebates.bank_result.applied` and what the payments emit.
    """
    actor.require(Right.SETTLEMENTS_PAY)
    hold("bank_results")
    result = _locked(result_id)
    _check_not_applied(result)
    content = content_of(result)
    _lock_all(plan_of(content))
    plan = plan_of(content)
    _check_seen(plan, fingerprint)
    _note(result, plan)
    _change(actor, result, plan, tell)
    action = "rebates.bank_result.applied"
    transition_all(
        [result], "apply", table=BANK_RESULT_TRANSITIONS, actor=actor, action=action, reason=f"SHA-256 {result.sha256}",
        applied_at=clock.now(), applied_by_label=actor.label[:254],
    )  # fmt: skip
    emit(action, {"bank_result_id": str(result.pk)})
    return result


def _check_not_applied(result: BankResult) -> None:
    if result.status == BankResultStatus.APPLIED:
        raise Conflict(applied_text(result), code="applied_already")


def _check_seen(plan: ResultPlan, fingerprint: str) -> None:
    if not plan.changes:
        raise StateError(_("This file changes nothing."), code="nothing_to_apply")
    if plan.fingerprint != fingerprint:
        raise Conflict(_("By now the file would change other payments. Look at it again."), code="plan_changed")


def applied_text(result: BankResult) -> str:
    """Who applied it, and that nothing more comes of it."""
    text = _("%(who)s applied this file on %(day)s. It changes nothing any more.")
    zone = ZoneInfo(require_tenant().time_zone)
    day = result.applied_at.astimezone(zone).date().isoformat() if result.applied_at else ""
    return text % {"who": result.applied_by_label, "day": day}


def _locked(result_id: UUID) -> BankResult:
    rows = BankResult.objects.select_for_update(of=("self",)).select_related("file")
    result: BankResult | None = rows.filter(pk=result_id).first()
    if result is None:
        raise NotFound
    return result


def _lock_all(plan: ResultPlan) -> None:
    """Everything that will be touched, each kind in the order of ids: two files at once can't block one another."""
    payment_ids = {line.payment.pk for line in plan.changes if line.payment}
    payments = Payment.objects.filter(pk__in=payment_ids)
    settlement_ids = payments.values("settlement_id")
    list(Settlement.objects.select_for_update().filter(pk__in=settlement_ids).order_by("pk"))
    list(Payment.objects.select_for_update(of=("self",)).filter(settlement_id__in=settlement_ids).order_by("pk"))
    touched = payments.values("lines__statement_line__statement_id")
    list(Statement.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk"))


def _change(actor: Actor, result: BankResult, plan: ResultPlan, tell: Callable[[int, int], None]) -> None:
    by_settlement, done, total = defaultdict[UUID, list[PlannedLine]](list), 0, len(plan.changes)
    for line in plan.changes:
        by_settlement[_payment(line).settlement_id].append(line)
    for lines in by_settlement.values():
        paid = [line for line in lines if line.outcome == ResultOutcome.PAY]
        _pay(actor, result, paid)
        done += len(paid)
        for line in lines:
            tell(done, total)
            reason = line.reason or line.said
            if line.outcome == ResultOutcome.FAIL:
                payment_mark_failed(actor=actor, payment_id=_payment(line).pk, reason=reason)
            elif line.outcome == ResultOutcome.REVERSE:
                payment_reverse(actor=actor, payment_id=_payment(line).pk, reason=reason, reversed_on=line.on)
            done += line.outcome != ResultOutcome.PAY


def _pay(actor: Actor, result: BankResult, lines: Sequence[PlannedLine]) -> None:
    """The payments of one settlement, those of a day together."""
    by_day = defaultdict[dt.date, list[tuple[Payment, str]]](list)
    for line in lines:
        assert line.on is not None  # noqa: S101 (the plan pays nothing without a day)
        by_day[line.on].append((_payment(line), line.bank_reference or result.reference))
    for day, payments in sorted(by_day.items()):
        settlement = Settlement.objects.get(pk=payments[0][0].settlement_id)
        check_against_ledger(settlement)
        payments_pay(actor, settlement, payments, day, result.reference)


def _note(result: BankResult, plan: ResultPlan) -> None:
    lines = [
        BankResultLine(
            result=result, row=line.row, payment=line.payment, reference=line.reference, said=line.said,
            outcome=line.outcome, was=line.was, on=line.on, reason=line.reason, amount=line.amount,
            currency=line.currency,
        )
        for line in plan.lines
    ]  # fmt: skip
    BankResultLine.objects.bulk_create(lines, batch_size=2000)


def _payment(line: PlannedLine) -> Payment:
    assert line.payment is not None  # noqa: S101 (a change has one)
    return line.payment
