"""A partner's objection to a statement line: opened in its review, argued, decided by the vendor, maybe by two people.

Every change holds the statement's row first, then the dispute's: whoever pays holds the statement too, so a line can't
slip into a payment while it is being disputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import round_money
from prm.outbox.services import emit
from prm.workflow.calendar import add_business_days, business_days_between
from prm.workflow.services import transition
from rebates import fiscal
from rebates.locks import hold
from rebates.models import Dispute, DisputeEntry, DisputeFile, Statement, StatementLine
from rebates.selectors.disputes import appeal_until
from rebates.selectors.reviews import review_settings, workdays
from rebates.services.reviews import statement_reviewed
from rebates.states import (
    DISPUTE_OPEN,
    DISPUTE_TRANSITIONS,
    DisputeReason,
    DisputeSide,
    DisputeStatus,
    StatementStatus,
)

Evidence = Sequence[tuple[str, "IO[bytes] | File[bytes]"]]
"""(name, content) of files."""

MOST_FILES = 5
MOST_TEXT = 4000


@transaction.atomic
def dispute_open(
    *, actor: Actor, line_id: UUID, reason: str, claimed: Decimal, text: str, files: Evidence = ()
) -> Dispute:
    """Object to a line of a statement in review; it is held back from payment. Emits `rebates.dispute.opened`.

    `claimed` is what the line should be. Raises `NotFound` for another partner's line, `StateError` after the review,
    `Conflict` (code `disputed_already`) for a second dispute of a line, `Invalid` for what is missing.
    """
    actor.require(Right.OWN_STATEMENTS_REVIEW)
    hold("disputes")
    line, statement = _disputable(actor, line_id)
    _check_claim(line, statement, reason, claimed, text)
    number = (Dispute.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    dispute: Dispute = Dispute.objects.create(
        number=number, statement=statement, line=line, partner_id=statement.partner_id, reason=reason,
        stated=line.amount, claimed=claimed, currency=statement.currency, opened_by_id=actor.id,
        opened_by_label=actor.label[:254], opened_at=clock.now(), due_on=_due(),
    )  # fmt: skip
    entry_write(actor, dispute, "open", text, files)
    facts = {"statement": str(statement), "reason": reason, "stated": str(line.amount), "claimed": str(claimed)}
    record(actor, "rebates.dispute.opened", dispute, facts)
    _emit("opened", dispute)
    return dispute


@transaction.atomic
def dispute_acknowledge(*, actor: Actor, dispute_id: UUID) -> Dispute:
    """Take it on: whoever does is its reviewer. Emits `rebates.dispute.acknowledged`."""
    actor.require(Right.DISPUTES_DECIDE)
    dispute = dispute_locked(actor, dispute_id)
    _step(actor, dispute, "acknowledge", "acknowledged")
    reviewer_set(actor, dispute)
    return dispute


@transaction.atomic
def dispute_ask(*, actor: Actor, dispute_id: UUID, text: str, files: Evidence = ()) -> Dispute:
    """Ask the partner for more; the clock stands still until it answers. Emits `rebates.dispute.asked`."""
    actor.require(Right.DISPUTES_DECIDE)
    dispute = dispute_locked(actor, dispute_id)
    _check_text(text, _("Say what you need to know."))
    _step(actor, dispute, "ask", "asked", text=text, files=files)
    reviewer_set(actor, dispute)
    dispute.paused_on = fiscal.today()
    dispute.save(update_fields=["paused_on"])
    return dispute


@transaction.atomic
def dispute_answer(*, actor: Actor, dispute_id: UUID, text: str, files: Evidence = ()) -> Dispute:
    """Add words or evidence while it is open. An answer to a question starts the clock again.

    Emits `rebates.dispute.answered`. Raises `StateError` once it is decided.
    """
    actor.require(Right.OWN_STATEMENTS_REVIEW)
    dispute = dispute_locked(actor, dispute_id)
    if not files:
        _check_text(text, _("Write an answer or add a file."))
    if dispute.status == DisputeStatus.AWAITING_PARTNER:
        _step(actor, dispute, "answer", "answered", text=text, files=files)
        clock_resume(dispute)
        return dispute
    if dispute.status not in DISPUTE_OPEN:
        raise StateError(_("%(number)s is decided.") % {"number": dispute})
    entry_write(actor, dispute, "said", text, files)
    record(actor, "rebates.dispute.said", dispute)
    _emit("answered", dispute)
    return dispute


@transaction.atomic
def dispute_withdraw(*, actor: Actor, dispute_id: UUID, text: str = "") -> Dispute:
    """The partner takes it back: the line is paid as stated. Emits `rebates.dispute.withdrawn`."""
    actor.require(Right.OWN_STATEMENTS_REVIEW)
    dispute = dispute_locked(actor, dispute_id)
    _step(actor, dispute, "withdraw", "withdrawn", text=text)
    return dispute


@transaction.atomic
def dispute_escalate(*, actor: Actor, dispute_id: UUID, text: str) -> Dispute:
    """Take it to another reviewer: the partner after a decision, the reviewer before one.

    Emits `rebates.dispute.escalated`. Raises `StateError` when it was decided for good, or too long ago.
    """
    own = actor.is_partner
    actor.require(Right.OWN_STATEMENTS_REVIEW if own else Right.DISPUTES_DECIDE)
    dispute = dispute_locked(actor, dispute_id)
    decided = dispute.status in (DisputeStatus.REJECTED, DisputeStatus.PARTLY_ACCEPTED)
    if own != decided and dispute.status in (*DISPUTE_OPEN, DisputeStatus.REJECTED, DisputeStatus.PARTLY_ACCEPTED):
        raise StateError(_("A partner takes a decision further, a reviewer an open dispute."))
    until = appeal_until(dispute)
    if until is not None and fiscal.today() > until:
        raise StateError(_("This was possible until %(day)s.") % {"day": until.isoformat()}, code="too_late")
    _check_text(text, _("Say why somebody else should look at it."))
    _escalate(actor, dispute, text)
    return dispute


@transaction.atomic
def disputes_escalate_due(*, actor: Actor) -> int:
    """Escalate what is undecided past its day. A dispute that waits for the partner is not late. Returns how many."""
    late = Dispute.objects.filter(due_on__lt=fiscal.today(), status__in=ON_THE_CLOCK).order_by("pk")
    count = 0
    for dispute_id in list(late.values_list("pk", flat=True)):
        dispute = dispute_locked(actor, dispute_id)
        if dispute.status in ON_THE_CLOCK and dispute.due_on < fiscal.today():
            _escalate(actor, dispute, "")
            count += 1
    return count


ON_THE_CLOCK = (DisputeStatus.OPENED, DisputeStatus.ACKNOWLEDGED, DisputeStatus.AWAITING_VENDOR)


def dispute_locked(actor: Actor, dispute_id: UUID) -> Dispute:
    """The dispute, locked after its statement; a partner's own only."""
    rows: Any = Dispute.objects.filter(pk=dispute_id)
    if actor.is_partner:
        rows = rows.filter(partner_id=actor.partner_id)
    statement_id = rows.values_list("statement_id", flat=True).first()
    if statement_id is None:
        raise NotFound
    Statement.objects.select_for_update().get(pk=statement_id)
    locked = rows.select_for_update(of=("self",)).select_related("statement__period", "line__version", "partner")
    return locked.get()  # type: ignore[no-any-return]


def reviewer_set(actor: Actor, dispute: Dispute) -> None:
    """The first who handles it stays its reviewer."""
    if dispute.reviewer_id is None:
        dispute.reviewer_id, dispute.reviewer_label = actor.person_id, actor.label[:254]
        dispute.save(update_fields=["reviewer_id", "reviewer_label"])


def clock_resume(dispute: Dispute) -> None:
    """Give back the business days for which the vendor waited."""
    if dispute.paused_on is None:
        return
    days = workdays()
    waited = business_days_between(dispute.paused_on, fiscal.today(), days)
    dispute.due_on, dispute.paused_on = add_business_days(dispute.due_on, waited, days), None
    dispute.save(update_fields=["due_on", "paused_on"])


def entry_write(actor: Actor, dispute: Dispute, verb: str, text: str, files: Evidence = ()) -> DisputeEntry:
    """Keep what was said and shown. Files are stored by content type and size (`prm.files`)."""
    if len(files) > MOST_FILES:
        raise Invalid(fields={"files": [_("At most %(count)s files at once.") % {"count": MOST_FILES}]})
    side = DisputeSide.PARTNER if actor.is_partner else DisputeSide.VENDOR
    if actor.kind == "system":
        side = DisputeSide.SYSTEM
    entry: DisputeEntry = DisputeEntry.objects.create(
        dispute=dispute, at=clock.now(), side=side, verb=verb, author_label=actor.label[:254], text=text.strip()
    )
    for name, content in files:
        stored = file_store(actor=actor, name=name, content=content, purpose="document")
        DisputeFile.objects.create(entry=entry, file=stored)
    return entry


def _step(actor: Actor, dispute: Dispute, verb: str, said: str, *, text: str = "", files: Evidence = ()) -> None:
    if len(text) > MOST_TEXT:
        raise Invalid(fields={"text": [_("At most %(count)s characters.") % {"count": MOST_TEXT}]})
    action = f"rebates.dispute.{said}"
    transition(dispute, verb, table=DISPUTE_TRANSITIONS, actor=actor, action=action, reason=text.strip())
    entry_write(actor, dispute, verb, text, files)
    _emit(said, dispute)


def _escalate(actor: Actor, dispute: Dispute, text: str) -> None:
    _step(actor, dispute, "escalate", "escalated", text=text)
    dispute.escalated_at, dispute.due_on, dispute.paused_on = clock.now(), _due(), None
    dispute.save(update_fields=["escalated_at", "due_on", "paused_on"])


def _due() -> dt.date:
    return add_business_days(fiscal.today(), review_settings().dispute_days, workdays())


def _emit(said: str, dispute: Dispute) -> None:
    emit(
        f"rebates.dispute.{said}",
        {
            "dispute_id": str(dispute.pk), "statement_id": str(dispute.statement_id),
            "partner_id": str(dispute.partner_id), "status": str(dispute.status),
        },
    )  # fmt: skip


def _disputable(actor: Actor, line_id: UUID) -> tuple[StatementLine, Statement]:
    line = StatementLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    statement = statement_reviewed(actor, line.statement_id)
    ends_on = statement.review_ends_on
    if statement.status != StatementStatus.IN_REVIEW or ends_on is None or fiscal.today() > ends_on:
        raise StateError(_("The review of %(number)s is over.") % {"number": statement}, code="review_over")
    if Dispute.objects.filter(line=line).exclude(status=DisputeStatus.WITHDRAWN).exists():
        raise Conflict(_("This line is disputed already."), code="disputed_already")
    return line, statement


def _check_claim(line: StatementLine, statement: Statement, reason: str, claimed: Decimal, text: str) -> None:
    faults: dict[str, list[str]] = {}
    if reason not in DisputeReason.values:
        faults["reason"] = [_("Choose a reason.")]
    if not text.strip():
        faults["text"] = [_("Say what is wrong with it.")]
    if len(text) > MOST_TEXT:
        faults["text"] = [_("At most %(count)s characters.") % {"count": MOST_TEXT}]
    if claimed == line.amount:
        faults["claimed"] = [_("This is what the statement says.")]
    elif abs(claimed) >= Decimal(10) ** 16 or round_money(claimed, statement.currency) != claimed:
        faults["claimed"] = [_("An amount in whole units of the currency's smallest coin.")]
    if faults:
        raise Invalid(fields=faults)


def _check_text(text: str, wanted: str) -> None:
    if not text.strip():
        raise Invalid(fields={"text": [wanted]})
