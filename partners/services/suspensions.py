"""Holding a partner's leads, registrations, payouts or everything for a time, and letting go again."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Partner, Suspension
from partners.policies.lifecycle import require_decide
from partners.services.locking import partner_locked
from partners.services.returning import partner_return
from partners.states.partner import PARTNER_TRANSITIONS, PartnerStatus
from partners.states.suspensions import (
    SUSPENSION_OPEN,
    SUSPENSION_TRANSITIONS,
    SuspensionReason,
    SuspensionScope,
    SuspensionStatus,
)
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.workflow.services import transition

REASON_LENGTH = 500


@transaction.atomic
def suspension_start(
    *,
    actor: Actor,
    partner_id: UUID,
    scope: str,
    reason_code: str,
    reason: str,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Suspension:
    """Hold this scope from that day (today) until the last day, or until it is lifted; `all` suspends the partner.

    Emits `partners.suspension.started` when it begins. Raises `Invalid` with `fields`, `Conflict` (code
    `suspended_already`) while one of the scope is open, `StateError` for a partnership that has ended.
    """
    require_decide(actor)
    partner = partner_locked(partner_id)
    today = clock.today(require_tenant())
    first = starts_on or today
    _check(scope, reason_code, reason)
    _check_days(first, ends_on, today)
    if partner.status == PartnerStatus.ENDED:
        raise StateError(_("The partnership has ended."))
    if Suspension.objects.filter(partner=partner, scope=scope, status__in=SUSPENSION_OPEN).exists():
        raise Conflict(_("This is suspended already."), code="suspended_already")
    suspension: Suspension = Suspension.objects.create(
        partner=partner, scope=scope, reason_code=reason_code, reason=reason.strip(), starts_on=first, ends_on=ends_on,
        suspended_by_id=actor.id, suspended_by_label=actor.label[:254],
    )  # fmt: skip
    facts = {"scope": scope, "since": first.isoformat(), "until": ends_on.isoformat() if ends_on else ""}
    record(actor, "partners.suspension.ordered", suspension, facts | {"reason": suspension.reason})
    if first <= today:
        suspension_begin(actor, partner, suspension)
    return suspension


@transaction.atomic
def suspension_lift(*, actor: Actor, suspension_id: UUID, reason: str) -> Suspension:
    """Let go from today on; a planned one never begins. Emits `partners.suspension.lifted`.

    Raises `Invalid` without a reason, `StateError` when it is over already.
    """
    require_decide(actor)
    found = Suspension.objects.filter(pk=suspension_id).first()
    if found is None:
        raise NotFound
    partner = partner_locked(found.partner_id)
    suspension = Suspension.objects.select_for_update().get(pk=suspension_id)
    suspension.partner = partner
    text = reason_read(reason)
    verb = "cancel" if suspension.status == SuspensionStatus.PLANNED else "lift"
    _close(suspension, actor, verb, text)
    _resume(actor, partner, suspension, text)
    return suspension


@transaction.atomic
def suspensions_apply(*, actor: Actor) -> int:
    """Begin what was planned for today, end what has run out; returns how many. Doing it again changes nothing."""
    today = clock.today(require_tenant())
    rows = Suspension.objects.filter(status__in=SUSPENSION_OPEN).order_by("partner_id", "id")
    due = rows.filter(status=SuspensionStatus.PLANNED, starts_on__lte=today) | rows.filter(ends_on__lt=today)
    changed = 0
    for pk, partner_id in due.values_list("pk", "partner_id"):
        partner = partner_locked(partner_id)
        suspension = Suspension.objects.select_for_update().get(pk=pk)
        suspension.partner = partner
        if suspension.status == SuspensionStatus.PLANNED and suspension.starts_on <= today:
            suspension_begin(actor, partner, suspension)
            changed += 1
        if suspension.status == SuspensionStatus.IN_FORCE and suspension.ends_on and suspension.ends_on < today:
            _close(suspension, actor, "run_out", "")
            _resume(actor, partner, suspension, str(_("The suspension has run out.")))
            changed += 1
    return changed


def suspension_begin(actor: Actor, partner: Partner, suspension: Suspension) -> None:
    """The caller holds the partner's lock."""
    transition(
        suspension, "begin", table=SUSPENSION_TRANSITIONS, actor=actor, action="partners.suspension.began",
        reason=suspension.reason,
    )  # fmt: skip
    if suspension.scope == SuspensionScope.ALL and "suspend" in PARTNER_TRANSITIONS[PartnerStatus(partner.status)]:
        _move(actor, partner, "suspend", suspension.reason)
    emit("partners.suspension.started", _payload(suspension))


def suspension_mirror(actor: Actor, partner: Partner, verb: str, reason: str) -> None:
    """The row that goes with a state that was changed by itself: `suspend` and `resume` of a partner."""
    if verb == "suspend":
        if _all_of(partner, SuspensionStatus.IN_FORCE):
            return
        for planned in _all_of(partner, SuspensionStatus.PLANNED):
            _close(planned, actor, "cancel", reason)
        suspension: Suspension = Suspension.objects.create(
            partner=partner, scope=SuspensionScope.ALL, reason_code=SuspensionReason.OTHER, reason=reason,
            starts_on=clock.today(require_tenant()), suspended_by_id=actor.id, suspended_by_label=actor.label[:254],
        )  # fmt: skip
        suspension_begin(actor, partner, suspension)
        return
    for suspension in _all_of(partner, SuspensionStatus.IN_FORCE):
        _close(suspension, actor, "lift", reason)


def _all_of(partner: Partner, status: str) -> list[Suspension]:
    rows = Suspension.objects.select_for_update().filter(partner=partner, scope=SuspensionScope.ALL, status=status)
    return list(rows)


def reason_read(reason: str) -> str:
    """The text, stripped. Raises `Invalid` for none and for one that is too long."""
    text = reason.strip()
    if not text:
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    if len(text) > REASON_LENGTH or "\0" in text:
        raise Invalid(fields={"reason": [_("The text is longer than %(max)s characters.") % {"max": REASON_LENGTH}]})
    return text


def _check_days(first: dt.date, last: dt.date | None, today: dt.date) -> None:
    if first < today:
        raise Invalid(fields={"starts_on": [_("A suspension cannot begin in the past.")]})
    if last is not None and last < first:
        raise Invalid(fields={"ends_on": [_("The last day is before the first.")]})


def _check(scope: str, reason_code: str, reason: str) -> None:
    if scope not in SuspensionScope.values:
        raise Invalid(fields={"scope": [_("There is no such choice.")]})
    if reason_code not in SuspensionReason.values:
        raise Invalid(fields={"reason_code": [_("There is no such choice.")]})
    reason_read(reason)


def _close(suspension: Suspension, actor: Actor, verb: str, reason: str) -> None:
    suspension.lifted_on = clock.today(require_tenant()) if verb == "lift" else None
    suspension.lift_reason, suspension.lifted_by_label = reason, actor.label[:254]
    suspension.save(update_fields=["lifted_on", "lift_reason", "lifted_by_label"])
    action = {"lift": "partners.suspension.lifted", "cancel": "partners.suspension.cancelled"}.get(
        verb, "partners.suspension.over"
    )
    transition(suspension, verb, table=SUSPENSION_TRANSITIONS, actor=actor, action=action, reason=reason)
    emit("partners.suspension.lifted", _payload(suspension))


def _resume(actor: Actor, partner: Partner, suspension: Suspension, reason: str) -> None:
    if suspension.scope == SuspensionScope.ALL and partner.status == PartnerStatus.SUSPENDED:
        partner_return(actor, partner, "resume", reason)


def _move(actor: Actor, partner: Partner, verb: str, reason: str) -> None:
    transition(partner, verb, table=PARTNER_TRANSITIONS, actor=actor, action=f"partners.partner.{verb}", reason=reason)
    emit("partners.partner.changed", {"partner_id": str(partner.pk)})


def _payload(suspension: Suspension) -> dict[str, str]:
    return {
        "suspension_id": str(suspension.pk),
        "partner_id": str(suspension.partner_id),
        "scope": suspension.scope,
    }
