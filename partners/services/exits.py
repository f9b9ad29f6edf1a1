"""A partner leaves: notice, a checklist, waivers by a second person, and the end, which takes its access at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.exits import ExitCheck, blockers, checks
from partners.models import DataExport, Exit, ExitWaiver, Partner
from partners.policies.lifecycle import require_decide
from partners.selectors.suspension import is_suspended
from partners.services.data_exports import data_export_request
from partners.services.locking import partner_locked
from partners.services.returning import partner_return
from partners.services.suspensions import reason_read
from partners.states.exits import EXIT_TRANSITIONS, ExitReason, ExitStatus
from partners.states.partner import PARTNER_TRANSITIONS, PartnerStatus
from partners.states.suspensions import SuspensionScope
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.identity.services.partner_access import partner_access_end
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE
from prm.workflow.services import transition, transition_check

LONGEST = dt.timedelta(days=3 * 365)


@transaction.atomic
def exit_start(
    *,
    actor: Actor,
    partner_id: UUID,
    reason_code: str,
    reason: str,
    last_day: dt.date,
    notice_on: dt.date | None = None,
) -> Exit:
    """Notice is given (today, unless told otherwise); the partner is leaving until its last day.

    Emits `partners.exit.started`. Raises `Invalid` with `fields`, `StateError` when the partner can't leave now.
    """
    require_decide(actor)
    partner = partner_locked(partner_id)
    noticed = notice_on or clock.today(require_tenant())
    _check(reason_code, noticed, last_day)
    text = reason_read(reason)
    transition_check(partner, "leave", table=PARTNER_TRANSITIONS)
    found: Exit = Exit.objects.create(
        partner=partner, reason_code=reason_code, reason=text, notice_on=noticed, last_day=last_day,
        before=partner.status, started_by_id=actor.person_id, started_by_label=actor.label[:254],
    )  # fmt: skip
    facts = {"reason": text, "since": noticed.isoformat(), "last_day": last_day.isoformat()}
    record(actor, "partners.exit.started", found, facts)
    _move(actor, partner, "leave", text)
    emit("partners.exit.started", _payload(found))
    return found


@transaction.atomic
def exit_reschedule(*, actor: Actor, exit_id: UUID, last_day: dt.date, reason: str) -> Exit:
    """Another last day. Raises `Invalid` for one before the notice, `StateError` when the exit is over."""
    require_decide(actor)
    found, _partner = exit_locked(exit_id)
    _require_open(found)
    text = reason_read(reason)
    _check(found.reason_code, found.notice_on, last_day)
    before, found.last_day = found.last_day, last_day
    found.save(update_fields=["last_day"])
    record(
        actor, "partners.exit.rescheduled", found,
        {"before": before.isoformat(), "last_day": last_day.isoformat(), "reason": text},
    )  # fmt: skip
    emit("partners.exit.rescheduled", _payload(found))
    return found


@transaction.atomic
def exit_waive(*, actor: Actor, exit_id: UUID, check_code: str, reason: str) -> ExitWaiver:
    """Let a blocking check stay as it is; should more come up later, it blocks again.

    Raises `Forbidden` for whoever started the exit and for programs, `NotFound` for an unknown check, `StateError` when
    nothing is left of it.
    """
    require_decide(actor)
    if actor.kind != "user":
        raise Forbidden(_("A person waives a check, not a program."))
    found, partner = exit_locked(exit_id)
    _require_open(found)
    if actor.is_person(found.started_by_id):
        raise Forbidden(_("You started this exit; somebody else has to waive a check."), code="same_person")
    check = next((one for one in checks() if one.code == check_code and one.blocks), None)
    if check is None:
        raise NotFound
    text, count = reason_read(reason), check.count(partner.pk)
    if not count:
        raise StateError(_("Nothing is left of this check."), code="clear_already")
    waiver: ExitWaiver = ExitWaiver.objects.create(
        exit=found, check_code=check.code, count=count, reason=text, started_by_id=found.started_by_id,
        waived_by_id=actor.person_id, waived_by_label=actor.label[:254],
    )  # fmt: skip
    record(actor, "partners.exit.waived", found, {"check": check.code, "count": count, "reason": text})
    return waiver


@transaction.atomic
def exit_finish(*, actor: Actor, exit_id: UUID, reason: str) -> Exit:
    """The end: the partner's people are out, its data is packed for it, the partnership is over.

    Emits `partners.exit.finished`. Raises `StateError` before the last day, `Conflict` (code `exit_blocked`) while a
    blocking check is neither clear nor waived.
    """
    require_decide(actor)
    found, partner = exit_locked(exit_id)
    text = reason_read(reason)
    transition_check(found, "finish", table=EXIT_TRANSITIONS)
    if clock.today(require_tenant()) < found.last_day:
        day = found.last_day.isoformat()
        raise StateError(_("The last day is %(day)s; the exit can be finished then.") % {"day": day}, code="too_early")
    if left := _names(exit_blockers(found)):
        raise Conflict(_("This is not in order yet: %(names)s.") % {"names": left}, code="exit_blocked")
    _end(actor, found, partner, text)
    return found


@transaction.atomic
def exit_at_once(*, actor: Actor, partner_id: UUID, reason: str) -> Exit:
    """Notice, last day and end in one, for a partner of which nothing is open: it gets its archive all the same.

    Emits `partners.exit.finished`. Raises `Conflict` (code `exit_needed`) where a check blocks or an exit is under way.
    """
    require_decide(actor)
    partner = partner_locked(partner_id)
    text = reason_read(reason)
    if partner.status == PartnerStatus.EXITING:
        raise Conflict(_("This partner is leaving. Finish its exit."), code="exit_needed")
    transition_check(partner, "end", table=PARTNER_TRANSITIONS)
    today = clock.today(require_tenant())
    found: Exit = Exit.objects.create(
        partner=partner, reason_code=ExitReason.OTHER, reason=text, notice_on=today, last_day=today,
        before=partner.status, started_by_id=actor.person_id, started_by_label=actor.label[:254],
    )  # fmt: skip
    if left := _names(blockers(partner.pk)):
        text = _("This is not in order yet: %(names)s. Start an exit.") % {"names": left}
        raise Conflict(text, code="exit_needed")
    _end(actor, found, partner, text)
    return found


@transaction.atomic
def exit_cancel(*, actor: Actor, exit_id: UUID, reason: str) -> Exit:
    """The partner stays, in the state before. What was suspended stays suspended. Emits `partners.exit.cancelled`."""
    require_decide(actor)
    found, partner = exit_locked(exit_id)
    text = reason_read(reason)
    transition_check(found, "cancel", table=EXIT_TRANSITIONS)
    _close(actor, found, "cancel", text)
    partner_return(actor, partner, "stay", text, found.before)
    if is_suspended(partner.pk, SuspensionScope.ALL):
        _move(actor, partner, "suspend", text)
    emit("partners.exit.cancelled", _payload(found))
    return found


def exit_blockers(found: Exit) -> list[ExitCheck]:
    """Blocking checks that are neither clear nor waived as far as they reach now."""
    waived: dict[str, int] = {}
    for code, count in found.waivers.values_list("check_code", "count"):
        waived[code] = max(count, waived.get(code, 0))
    left = blockers(found.partner_id)
    return [check for check in left if check.count(found.partner_id) > waived.get(check.code, 0)]


def exit_locked(exit_id: UUID) -> tuple[Exit, Partner]:
    """The exit and its partner, locked, the partner first. Raises `NotFound`."""
    partner_id = Exit.objects.filter(pk=exit_id).values_list("partner_id", flat=True).first()
    if partner_id is None:
        raise NotFound
    partner = partner_locked(partner_id)
    found = Exit.objects.select_for_update().get(pk=exit_id)
    found.partner = partner
    return found, partner


def _require_open(found: Exit) -> None:
    if found.status != ExitStatus.OPEN:
        raise StateError(_("This exit is over."))


def _check(reason_code: str, notice_on: dt.date, last_day: dt.date) -> None:
    if reason_code not in ExitReason.values:
        raise Invalid(fields={"reason_code": [_("There is no such choice.")]})
    if last_day < notice_on:
        raise Invalid(fields={"last_day": [_("The last day is before the notice.")]})
    if last_day - notice_on > LONGEST:
        raise Invalid(fields={"last_day": [_("More than three years after the notice.")]})


def _names(left: Iterable[ExitCheck]) -> str:
    return ", ".join(str(check.name) for check in left)


def _end(actor: Actor, found: Exit, partner: Partner, reason: str) -> None:
    found.checklist = [
        {"code": check.code, "count": check.count(partner.pk), "blocks": check.blocks} for check in checks()
    ]
    people = users_with(Right.OWN_TEAM_MANAGE, partner_id=partner.pk)
    found.administrator_ids = [str(one.pk) for one in people]
    _close(actor, found, "finish", reason)
    _pack(found)
    _move(actor, partner, "end", reason)
    partner_access_end(actor=actor, partner_id=partner.pk, reason=reason)
    emit("partners.exit.finished", _payload(found))


def _close(actor: Actor, found: Exit, verb: str, reason: str) -> None:
    found.closed_at, found.closed_by_label, found.close_reason = clock.now(), actor.label[:254], reason
    found.save(update_fields=["closed_at", "closed_by_label", "close_reason", "checklist", "administrator_ids"])
    action = f"partners.exit.{'finished' if verb == 'finish' else 'cancelled'}"
    transition(found, verb, table=EXIT_TRANSITIONS, actor=actor, action=action, reason=reason)


def _pack(found: Exit) -> None:
    """The archive for the partner: the one that its people have just asked for will do."""
    rows = DataExport.objects.select_for_update().filter(partner=found.partner, status__in=RUN_ACTIVE)
    running = rows.first()
    if running is None:
        data_export_request(actor=Actor.system("partners.exits"), partner_id=found.partner_id, exit=found)
        return
    running.exit = found
    running.save(update_fields=["exit"])


def _move(actor: Actor, partner: Partner, verb: str, reason: str) -> None:
    transition(partner, verb, table=PARTNER_TRANSITIONS, actor=actor, action=f"partners.partner.{verb}", reason=reason)
    emit("partners.partner.changed", {"partner_id": str(partner.pk)})


def _payload(found: Exit) -> dict[str, str]:
    return {"exit_id": str(found.pk), "partner_id": str(found.partner_id)}
