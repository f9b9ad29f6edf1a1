"""The vendor's decision of a dispute, and the adjustment that it books."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.services import Posting, post
from prm.money import plain, round_money
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_check
from rebates import fiscal
from rebates.locks import hold
from rebates.models import DISPUTE_CAUSE, Adjustment, Dispute
from rebates.services.disputes import MOST_TEXT, dispute_locked, entry_write, reviewer_set
from rebates.states import DISPUTE_TRANSITIONS, DisputeDecision, DisputeOutcome, DisputeStatus

VERBS = {
    DisputeDecision.ACCEPTED: "accept",
    DisputeDecision.PARTLY_ACCEPTED: "accept_partly",
    DisputeDecision.REJECTED: "reject",
}


@transaction.atomic
def dispute_decide(
    *, actor: Actor, dispute_id: UUID, decision: str, outcome: str, text: str = "", granted: Decimal | None = None,
    by_data: bool = False,
) -> Dispute:  # fmt: skip
    """Decide: the line is released, what is granted becomes an adjustment of the open period.

    `granted` is what a partly accepted dispute adds to the line. `by_data`: accepted, and corrected data will bring
    the difference through the engine, so that nothing is booked twice. An escalated dispute is decided for good, by
    somebody else than its first reviewer (`Forbidden`, code `same_person`). Of two decisions at once one wins, the
    other gets `StateError`. Raises `Invalid` for a missing reason. Emits `rebates.dispute.decided`.
    """
    actor.require(Right.DISPUTES_DECIDE)
    hold("accruals")
    dispute = dispute_locked(actor, dispute_id)
    _check_person(actor, dispute)
    _check_words(decision, outcome, text)
    which = "final" if dispute.status == DisputeStatus.ESCALATED else "first"
    verb, action = VERBS[DisputeDecision(decision)], "rebates.dispute.decided"
    transition_check(dispute, verb, table=DISPUTE_TRANSITIONS)
    by_data = by_data and decision == DisputeDecision.ACCEPTED
    total = (dispute.granted or Decimal(0)) if by_data else _granted(dispute, decision, granted)
    added = total - (dispute.granted or 0)
    if which == "first":
        reviewer_set(actor, dispute)
    dispute.decision, dispute.outcome, dispute.granted = decision, outcome, total
    dispute.by_data, dispute.paused_on, dispute.decided_at = by_data, None, clock.now()
    dispute.decided_by_id, dispute.decided_by_label = actor.person_id, actor.label[:254]
    # First the decision, then the state that must not be without one (constraint).
    dispute.save(update_fields=DECIDED)
    transition(dispute, verb, table=DISPUTE_TRANSITIONS, actor=actor, action=action, reason=text.strip())
    entry_write(actor, dispute, verb, text)
    booked = _book(actor, dispute, added, which)
    payload = {
        "dispute_id": str(dispute.pk), "statement_id": str(dispute.statement_id), "partner_id": str(dispute.partner_id),
        "decision": decision, "is_final": which == "final", "adjustment_id": str(booked.pk) if booked else None,
    }  # fmt: skip
    emit(action, payload)
    return dispute


DECIDED = [
    "decision", "outcome", "granted", "by_data", "paused_on", "decided_at", "decided_by_id", "decided_by_label",
]  # fmt: skip


def _check_person(actor: Actor, dispute: Dispute) -> None:
    if actor.kind != "user":
        raise Forbidden(_("A person decides disputes, not a program."))
    if dispute.status == DisputeStatus.ESCALATED and actor.is_person(dispute.reviewer_id):
        raise Forbidden(
            _("You reviewed %(number)s first; somebody else has to decide it now.") % {"number": dispute},
            code="same_person",
        )


def _check_words(decision: str, outcome: str, text: str) -> None:
    faults: dict[str, list[str]] = {}
    if decision not in DisputeDecision.values:
        faults["decision"] = [_("Choose a decision.")]
    if outcome not in DisputeOutcome.values:
        faults["outcome"] = [_("Choose what was the matter.")]
    if decision != DisputeDecision.ACCEPTED and not text.strip():
        faults["text"] = [_("Say why: the partner reads it.")]
    if len(text) > MOST_TEXT:
        faults["text"] = [_("At most %(count)s characters.") % {"count": MOST_TEXT}]
    if faults:
        raise Invalid(fields=faults)


def _granted(dispute: Dispute, decision: str, granted: Decimal | None) -> Decimal:
    """What the line gets on top in all, an earlier decision included."""
    so_far, claim = dispute.granted or Decimal(0), dispute.claimed - dispute.stated
    if decision != DisputeDecision.PARTLY_ACCEPTED:
        return claim if decision == DisputeDecision.ACCEPTED else so_far
    low, high = sorted([so_far, claim])
    if granted is None or not low < granted < high or round_money(granted, dispute.currency) != granted:
        names = {"low": plain(low), "high": plain(high)}
        raise Invalid(fields={"granted": [_("An amount between %(low)s and %(high)s.") % names]})
    return granted


def _book(actor: Actor, dispute: Dispute, amount: Decimal, which: str) -> Adjustment | None:
    """The adjustment and its posting, expense → accrued, in the period that the next statement is made of."""
    if not amount:
        return None
    line, booked = dispute.line, fiscal.booking_period(dispute.statement.period.kind)
    adjustment: Adjustment = Adjustment.objects.create(
        version=line.version, partner_id=dispute.partner_id, origin_period_key=line.period_key,
        booked_period_key=booked.key, amount=amount, currency=dispute.currency, cause_type=DISPUTE_CAUSE,
        cause_id=str(dispute.pk),
    )  # fmt: skip
    posting = Posting(
        Account.EXPENSE, Account.ACCRUED, amount, dispute.currency, dispute.partner_id, line.version.program_id,
        booked.key,
    )  # fmt: skip
    post(
        "rebates.dispute", key=f"rebates.dispute:{dispute.pk}:{which}", actor=actor, effective_on=fiscal.today(),
        postings=[posting], cause_type=DISPUTE_CAUSE, cause_id=str(dispute.pk),
    )  # fmt: skip
    return adjustment
