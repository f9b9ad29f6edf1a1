"""What a bank's file would change now: each entry with its payment, what becomes of it, or why nothing does."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice

from django.utils.translation import gettext as _

from prm.ledger.lock import locked_until
from rebates import fiscal
from rebates.bank_results.entries import MOST_ENTRIES, Content, Entry, Verdict, unreadable
from rebates.models import Payment
from rebates.pain001 import block_id, message_id
from rebates.states import RESULT_CHANGES, PaymentStatus, PayoutForm, ResultOutcome

BATCH = 2000
MOVES_MONEY = (ResultOutcome.PAY, ResultOutcome.REVERSE)
MOST_LINES = 2 * MOST_ENTRIES
_OURS = re.compile(r"-S-(\d{5,9})-(\d{1,4})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """`on` is the day of the payment or of its return, `was` the payment's state before."""

    row: int
    reference: str
    said: str
    outcome: ResultOutcome
    payment: Payment | None = None
    on: dt.date | None = None
    reason: str = ""
    amount: Decimal | None = None
    currency: str = ""
    bank_reference: str = ""

    @property
    def was(self) -> str:
        return str(self.payment.status) if self.payment else ""

    def get_outcome_display(self) -> str:
        return str(self.outcome.label)

    def get_was_display(self) -> str:
        return str(PaymentStatus(self.was).label) if self.was else ""

    @property
    def is_change(self) -> bool:
        return self.outcome in RESULT_CHANGES


@dataclass(frozen=True)
class ResultPlan:
    lines: list[PlannedLine]

    @cached_property
    def changes(self) -> list[PlannedLine]:
        return [line for line in self.lines if line.is_change]

    @cached_property
    def fingerprint(self) -> str:
        """Of the changes: whoever applies them says which ones were seen."""
        told = sorted((str(_payment(one).pk), _payment(one).attempt, one.outcome, one.on, one.reason)
                      for one in self.changes)  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def plan_of(content: Content) -> ResultPlan:
    """Reads the payments as they are now; whoever applies it holds their locks.

    Raises `Unreadable` for more than `MOST_LINES`: entries about whole messages multiply.
    """
    found = _payments(content.entries)
    every = (line for entry in content.entries for line in _lines(entry, found))
    lines = list(islice(every, MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        raise unreadable(_("The file speaks of payments more than %(most)d times. Split it.") % {"most": MOST_LINES})
    return ResultPlan(_without_locked(_without_contradictions(lines)))


@dataclass(frozen=True, slots=True)
class _Found:
    by_number: dict[int, Payment]
    by_message: dict[str, list[Payment]]
    """The message that carries payments → these."""


def _payments(entries: Sequence[Entry]) -> _Found:
    numbers = sorted({entry.number for entry in entries if entry.number is not None})
    rows = Payment.objects.select_related("settlement", "partner", "transfer")
    by_number: dict[int, Payment] = {}
    for start in range(0, len(numbers), BATCH):
        by_number |= {one.number: one for one in rows.filter(number__in=numbers[start : start + BATCH])}
    by_message: dict[str, list[Payment]] = {}
    for message in {entry.message for entry in entries if not entry.reference}:
        if found := _OURS.search(message):
            carried = rows.filter(transfer__settlement__number=int(found[1]), transfer__run=int(found[2]))
            by_message[message] = [one for one in carried.order_by("number") if _message(one) == message]
    return _Found(by_number, by_message)


def _message(payment: Payment) -> str:
    """Of the file for the bank that carries it, "" while none does."""
    return message_id(payment.settlement, payment.transfer.run) if payment.transfer else ""


def _lines(entry: Entry, found: _Found) -> Iterator[PlannedLine]:
    if entry.reference:
        yield _line(entry, found.by_number.get(entry.number) if entry.number is not None else None)
        return
    meant = [
        payment
        for payment in found.by_message.get(entry.message, [])
        if not entry.block or entry.block == block_id(entry.message, payment.currency)
    ]
    if not meant:
        yield _line(entry, None)
    for payment in meant:
        yield _line(entry, payment)


def _line(entry: Entry, payment: Payment | None) -> PlannedLine:
    outcome = _outcome(entry, payment)
    return PlannedLine(
        row=entry.row, reference=str(payment) if payment and not entry.reference else entry.reference or entry.message,
        said=entry.said, outcome=outcome, payment=payment, on=entry.on, reason=entry.reason, amount=entry.amount,
        currency=entry.currency, bank_reference=entry.bank_reference,
    )  # fmt: skip


def _outcome(entry: Entry, payment: Payment | None) -> ResultOutcome:
    if payment is None:
        return ResultOutcome.UNKNOWN
    return _wrong_one(entry, payment) or _verdict(entry, payment)


def _wrong_one(entry: Entry, payment: Payment) -> ResultOutcome | None:
    """Why this is not about what the payment is now, if it is not."""
    if payment.form != PayoutForm.CASH or not payment.amount:
        return ResultOutcome.OTHER_FORM
    if entry.attempt is not None and entry.attempt != payment.attempt:
        return ResultOutcome.STALE
    if entry.message and entry.message != _message(payment):
        runs = range(1, payment.transfer.run if payment.transfer else 100)
        earlier = {message_id(payment.settlement, run) for run in runs}
        return ResultOutcome.STALE if entry.message in earlier else ResultOutcome.FOREIGN
    if entry.amount is not None and entry.amount != payment.amount:
        return ResultOutcome.DIFFERS
    if entry.currency and entry.currency != payment.currency:
        return ResultOutcome.DIFFERS
    return None


# (the bank's verdict, the payment's state) → what becomes of it; a pair that is not here is not possible.
_STEPS: dict[tuple[Verdict, str], ResultOutcome] = {
    (Verdict.PAID, PaymentStatus.EXPORTED): ResultOutcome.PAY,
    (Verdict.PAID, PaymentStatus.PAID): ResultOutcome.SAME,
    (Verdict.FAILED, PaymentStatus.EXPORTED): ResultOutcome.FAIL,
    (Verdict.FAILED, PaymentStatus.FAILED): ResultOutcome.SAME,
    (Verdict.REVERSED, PaymentStatus.PAID): ResultOutcome.REVERSE,
    (Verdict.REVERSED, PaymentStatus.REVERSED): ResultOutcome.SAME,
    (Verdict.REJECTED, PaymentStatus.EXPORTED): ResultOutcome.FAIL,
    (Verdict.REJECTED, PaymentStatus.PAID): ResultOutcome.REVERSE,
    (Verdict.REJECTED, PaymentStatus.FAILED): ResultOutcome.SAME,
    (Verdict.REJECTED, PaymentStatus.REVERSED): ResultOutcome.SAME,
}


def _verdict(entry: Entry, payment: Payment) -> ResultOutcome:
    if entry.verdict == Verdict.UNREAD:
        return ResultOutcome.UNREAD
    if entry.verdict == Verdict.PENDING:
        return ResultOutcome.PENDING
    step = _STEPS.get((entry.verdict, payment.status), ResultOutcome.IMPOSSIBLE)
    if step not in (ResultOutcome.PAY, ResultOutcome.REVERSE):
        return step
    if entry.on is None:
        return ResultOutcome.NO_DAY
    if entry.on > fiscal.today():
        return ResultOutcome.FUTURE
    too_early = step == ResultOutcome.REVERSE and payment.paid_on is not None and entry.on < payment.paid_on
    return ResultOutcome.TOO_EARLY if too_early else step


def _without_contradictions(lines: Sequence[PlannedLine]) -> list[PlannedLine]:
    """A payment changes once: the same said again is nothing new, and two different things are neither of them."""
    steps = defaultdict[int, set[tuple[ResultOutcome, dt.date | None]]](set)
    for line in lines:
        if line.is_change:
            # A failure moves no money: its day is the one on which it is recorded, whatever the file says.
            steps[_payment(line).number].add((line.outcome, None if line.outcome == ResultOutcome.FAIL else line.on))
    seen: set[int] = set()
    kept = []
    for line in lines:
        if not line.is_change:
            kept.append(line)
            continue
        number = _payment(line).number
        if len(steps[number]) > 1:
            kept.append(replace(line, outcome=ResultOutcome.CONTRADICTS))
        else:
            kept.append(replace(line, outcome=ResultOutcome.SAME) if number in seen else line)
        seen.add(number)
    return kept


def _without_locked(lines: Sequence[PlannedLine]) -> list[PlannedLine]:
    """What would be booked on a day whose books are locked is left out."""
    until = locked_until()
    return [
        replace(line, outcome=ResultOutcome.LOCKED)
        if until is not None and line.outcome in MOVES_MONEY and line.on is not None and line.on <= until
        else line
        for line in lines
    ]


def _payment(line: PlannedLine) -> Payment:
    assert line.payment is not None  # noqa: S101 (a change has one)
    return line.payment
